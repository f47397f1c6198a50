import { builder } from '../builder.ts';
import { AccessDeniedFailure, expectingFailures } from '../failures.ts';

const RotateSigningKeyInput = builder.inputType('RotateSigningKeyInput', {
  description: 'What is to become of the older keys',
  fields: (t) => ({
    retireOlder: t.boolean({
      description:
        'True: tokens that older keys have signed are not accepted any more, from this instant on. Left out: they are until they ' +
        'expire',
    }),
  }),
});

const RotateSigningKeySuccess = builder
  .objectRef<{ readonly generation: number }>('RotateSigningKeySuccess')
  .implement({
    description: 'Tokens are signed with a new key from now on',
    fields: (t) => ({
      generation: t.exposeInt('generation', { description: 'The number of the new key, from 1' }),
    }),
  });

builder.mutationField('rotateSigningKey', (t) =>
  t.field({
    type: RotateSigningKeySuccess,
    nullable: true,
    description:
      'A new key for session tokens and sign-ins; its public key is published at /.well-known/jwks.json. Live sessions go on, ' +
      'unless the older keys are retired. For the operator',
    args: { input: t.arg({ type: RotateSigningKeyInput, description: 'What is to become of the older keys' }) },
    errors: {
      types: [AccessDeniedFailure],
      union: { name: 'RotateSigningKeyResult', description: 'The new key, or why there is none' },
    },
    resolve: (_root, { input }, { sessions, caller, now, origin }) =>
      expectingFailures(async () => {
        const retireOlder = input?.retireOlder === true;
        return { generation: await sessions.rotateSigningKey(caller, { retireOlder }, now, origin) };
      }),
  }),
);
