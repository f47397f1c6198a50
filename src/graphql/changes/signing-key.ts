import { builder } from '../builder.ts';
import { AccessDeniedFailure, expectingFailures } from '../failures.ts';
import { NULL_RESULT } from '../null-answer.ts';

const RotateSigningKeyInput = builder.inputType('RotateSigningKeyInput', {
  description: 'How to treat the older keys',
  fields: (t) => ({
    retireOlder: t.boolean({
      description:
        'True: tokens signed by older keys are no longer accepted, from this instant on. Left out: they are accepted ' +
        'until they expire',
    }),
  }),
});

const RotateSigningKeySuccess = builder
  .objectRef<{ readonly generation: number }>('RotateSigningKeySuccess')
  .implement({
    description: 'From now on, tokens are signed with a new key',
    fields: (t) => ({
      generation: t.exposeInt('generation', { description: 'Number of the new key, from 1' }),
    }),
  });

builder.mutationField('rotateSigningKey', (t) =>
  t.field({
    type: RotateSigningKeySuccess,
    nullable: true,
    description:
      'Creates a new key for session tokens and sign-ins; its public key is published at /.well-known/jwks.json. ' +
      `Live sessions continue, unless the older keys are retired. Only for the operator. ${NULL_RESULT}`,
    args: { input: t.arg({ type: RotateSigningKeyInput, description: 'How to treat the older keys' }) },
    errors: {
      types: [AccessDeniedFailure],
      union: { name: 'RotateSigningKeyResult', description: 'The new key, or why it was not created' },
    },
    resolve: (_root, { input }, { sessions, caller, now, origin }) =>
      expectingFailures(async () => {
        const retireOlder = input?.retireOlder === true;
        return { generation: await sessions.rotateSigningKey(caller, { retireOlder }, now, origin) };
      }),
  }),
);
