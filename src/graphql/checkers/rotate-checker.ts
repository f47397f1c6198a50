import type { IssuedChecker } from '../../session/checkers.ts';
import { builder } from '../builder.ts';
import { AccessDeniedFailure, expectingFailures, NoSuchEntityFailure, ValidationFailure } from '../failures.ts';
import { NULL_RESULT } from '../null-answer.ts';
import { Checker, checkerValue } from './checker.ts';
import { TOKEN_DESCRIPTION } from './create-checker.ts';

const RotateCheckerInput = builder.inputType('RotateCheckerInput', {
  description: 'Which checker gets another token, and until when',
  fields: (t) => ({
    checkerId: t.string({ description: 'Id of the checker. Left out: the calling checker' }),
    expiresAt: t.field({
      type: 'DateTime',
      description:
        'When its token expires, at most 366 days from now; not for the calling checker. Left out: as before',
    }),
  }),
});

const RotateCheckerSuccess = builder.objectRef<IssuedChecker>('RotateCheckerSuccess').implement({
  description: 'The checker has another token; the old one has ended',
  fields: (t) => ({
    checker: t.field({ type: Checker, description: 'The checker', resolve: ({ checker }) => checkerValue(checker) }),
    token: t.exposeString('token', { description: TOKEN_DESCRIPTION }),
  }),
});

builder.mutationField('rotateChecker', (t) =>
  t.field({
    type: RotateCheckerSuccess,
    nullable: true,
    description:
      'Gives a checker another token, and ends the old one at once. For the checker itself, whose end it does not move; for the user or ' +
      'role that made it, with rolegate:RotateChecker in each account of its scope; and for the operator. A gateway extension. ' +
      NULL_RESULT,
    args: { input: t.arg({ type: RotateCheckerInput, description: 'Which checker, and until when' }) },
    errors: {
      types: [AccessDeniedFailure, ValidationFailure, NoSuchEntityFailure],
      union: { name: 'RotateCheckerResult', description: 'The checker with its new token, or why it has the old one' },
    },
    resolve: (_root, { input }, { sessions, caller, now, origin }) =>
      expectingFailures(async () => {
        const given = { checkerId: input?.checkerId ?? null, expiresAt: input?.expiresAt?.getTime() ?? null };
        return sessions.rotateChecker(caller, given, now, origin);
      }),
  }),
);
