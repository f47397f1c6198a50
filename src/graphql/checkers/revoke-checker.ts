import { builder } from '../builder.ts';
import { AccessDeniedFailure, expectingFailures, NoSuchEntityFailure } from '../failures.ts';
import { NULL_RESULT } from '../null-answer.ts';

const RevokeCheckerInput = builder.inputType('RevokeCheckerInput', {
  description: 'Which checker is revoked',
  fields: (t) => ({ checkerId: t.string({ required: true, description: 'Id of the checker' }) }),
});

const RevokeCheckerSuccess = builder.objectRef<{ readonly checkerId: string }>('RevokeCheckerSuccess').implement({
  description: 'The checker was revoked',
  fields: (t) => ({ checkerId: t.exposeString('checkerId', { description: 'Id of the checker that was' }) }),
});

builder.mutationField('revokeChecker', (t) =>
  t.field({
    type: RevokeCheckerSuccess,
    nullable: true,
    description:
      'Revokes a checker: its token ends at once, and it is listed no more. For the user or role that made it, for whoever is allowed ' +
      `rolegate:RevokeChecker in each account of its scope, and for the operator. A gateway extension. ${NULL_RESULT}`,
    args: { input: t.arg({ type: RevokeCheckerInput, required: true, description: 'Which checker' }) },
    errors: {
      types: [AccessDeniedFailure, NoSuchEntityFailure],
      union: { name: 'RevokeCheckerResult', description: 'The revoked checker, or why it was not revoked' },
    },
    resolve: (_root, { input }, { sessions, caller, now, origin }) =>
      expectingFailures(async () => {
        await sessions.revokeChecker(caller, input.checkerId, now, origin);
        return input;
      }),
  }),
);
