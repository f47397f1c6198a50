import { InvalidInput } from '../policy/errors.ts';
import type { PrincipalRef } from '../policy/principal-id.ts';
import type { NewAccessKey } from '../session/access-keys.ts';
import { builder } from './builder.ts';
import { expectingFailures, LimitFailure, NoSuchEntityFailure, ValidationFailure } from './failures.ts';

const CreateAccessKeyInput = builder.inputType('CreateAccessKeyInput', {
  description: 'Whose key is to be made',
  fields: (t) => ({
    principal: t.field({
      type: 'PrincipalId',
      required: true,
      description: 'The ARN of a user, or a service principal such as ec2.amazonaws.com',
    }),
  }),
});

const CreateAccessKeySuccess = builder.objectRef<NewAccessKey>('CreateAccessKeySuccess').implement({
  description: 'A long-term key. Shown once; the gateway keeps no copy of the secret',
  fields: (t) => ({
    accessKeyId: t.exposeString('accessKeyId', { description: 'AKIA…' }),
    secretAccessKey: t.exposeString('secretAccessKey', {
      description: 'The secret: sign in with `accessKeyId:secretAccessKey` as HTTP Basic',
    }),
  }),
});

builder.mutationField('createAccessKey', (t) =>
  t.field({
    type: CreateAccessKeySuccess,
    description: 'Makes a long-term key for a user, who can have two, or for a service. For the operator',
    args: { input: t.arg({ type: CreateAccessKeyInput, required: true, description: 'Whose key is to be made' }) },
    errors: {
      types: [ValidationFailure, NoSuchEntityFailure, LimitFailure],
      union: { name: 'CreateAccessKeyResult', description: 'The key, or why there is none' },
    },
    resolve: (_root, { input }, { sessions, caller, now, origin }) =>
      expectingFailures(async () => sessions.createAccessKey(ownerOf(input.principal), caller, now, origin)),
  }),
);

function ownerOf(ref: PrincipalRef): { readonly userArn: string } | { readonly service: string } {
  if (ref.kind === 'user') return { userArn: ref.arn };
  if (ref.kind === 'service') return { service: ref.service };
  throw new InvalidInput('principal', 'only users and services have long-term keys; a role has none');
}
