import { InvalidInput } from '../../policy/errors.ts';
import { type PrincipalRef, principalIdOf } from '../../policy/principal-id.ts';
import type { KeyName, KeyOwner, NewAccessKey } from '../../session/access-keys.ts';
import { builder } from '../builder.ts';
import { User } from '../entities/user.ts';
import {
  AccessDeniedFailure,
  expectingFailures,
  LimitFailure,
  NoSuchEntityFailure,
  ValidationFailure,
} from '../failures.ts';

const WHOSE = 'The ARN of a user, or a service principal such as ec2.amazonaws.com';

const CreateAccessKeyInput = builder.inputType('CreateAccessKeyInput', {
  description: 'Whose key is to be made',
  fields: (t) => ({ principal: t.field({ type: 'PrincipalId', required: true, description: WHOSE }) }),
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
    nullable: true,
    description:
      'iam:CreateAccessKey: makes a long-term key for a user, who can have two, or for a service. Needs iam:CreateAccessKey on ' +
      'the user; keys of services are for the operator',
    args: { input: t.arg({ type: CreateAccessKeyInput, required: true, description: 'Whose key is to be made' }) },
    errors: {
      types: [AccessDeniedFailure, ValidationFailure, NoSuchEntityFailure, LimitFailure],
      union: { name: 'CreateAccessKeyResult', description: 'The key, or why there is none' },
    },
    resolve: (_root, { input: { principal } }, { sessions, caller, now, origin }) =>
      expectingFailures(async () => sessions.createAccessKey(ownerOf(principal), caller, now, origin)),
  }),
);

/** Services have keys for the operator alone: see guard/identity-attempts.ts. */
function ownerOf(ref: PrincipalRef): KeyOwner {
  if (ref.kind === 'user') return { userArn: ref.arn };
  if (ref.kind === 'service') return { service: ref.service };
  throw new InvalidInput('principal', 'only users and services have long-term keys; a role has none');
}

interface GivenKey {
  readonly principal: PrincipalRef;
  readonly accessKeyId: string;
}

/** Throws ValidationError for a principal that can have no keys. */
function keyName({ principal, accessKeyId }: GivenKey): KeyName {
  ownerOf(principal);
  return { accessKeyId, owner: principalIdOf(principal) };
}

const UpdateAccessKeyInput = builder.inputType('UpdateAccessKeyInput', {
  description: 'Which key is to be switched on or off',
  fields: (t) => ({
    principal: t.field({ type: 'PrincipalId', required: true, description: `Whose key it is. ${WHOSE}` }),
    accessKeyId: t.string({ required: true, description: 'AKIA…' }),
    active: t.boolean({ required: true, description: 'True: the key signs in; false: nobody signs in with it' }),
  }),
});

/** A key of a user, as it is listed. */
interface ListedKey {
  readonly id: string;
  readonly active: boolean;
}

const UpdateAccessKeySuccess = builder.objectRef<ListedKey>('UpdateAccessKeySuccess').implement({
  description: 'The key is on or off, as was asked',
  fields: (t) => ({
    accessKeyId: t.exposeString('id', { description: 'AKIA…' }),
    active: t.exposeBoolean('active', { description: 'Whether one can sign in with it' }),
  }),
});

builder.mutationField('updateAccessKey', (t) =>
  t.field({
    type: UpdateAccessKeySuccess,
    nullable: true,
    description:
      'iam:UpdateAccessKey: switches a long-term key on or off. A key that is off signs nobody in, and signs out the browsers ' +
      'that it signed in; role sessions and temporary credentials that were made with it go on. Needs iam:UpdateAccessKey on the ' +
      'user; keys of services are for the operator',
    args: { input: t.arg({ type: UpdateAccessKeyInput, required: true, description: 'Which key, and on or off' }) },
    errors: {
      types: [AccessDeniedFailure, ValidationFailure, NoSuchEntityFailure],
      union: { name: 'UpdateAccessKeyResult', description: 'The key is on or off, or why not' },
    },
    resolve: (_root, { input: { active, ...name } }, { sessions, caller, now, origin }) =>
      expectingFailures(async () => {
        await sessions.setAccessKeyActive(caller, { ...keyName(name), active }, now, origin);
        return { id: name.accessKeyId, active };
      }),
  }),
);

const DeleteAccessKeyInput = builder.inputType('DeleteAccessKeyInput', {
  description: 'Which key is to be deleted',
  fields: (t) => ({
    principal: t.field({ type: 'PrincipalId', required: true, description: `Whose key it is. ${WHOSE}` }),
    accessKeyId: t.string({ required: true, description: 'AKIA…' }),
  }),
});

const DeleteAccessKeySuccess = builder.objectRef<{ readonly accessKeyId: string }>('DeleteAccessKeySuccess').implement({
  description: 'The key is gone',
  fields: (t) => ({ accessKeyId: t.exposeString('accessKeyId', { description: 'The key that was deleted' }) }),
});

builder.mutationField('deleteAccessKey', (t) =>
  t.field({
    type: DeleteAccessKeySuccess,
    nullable: true,
    description:
      'iam:DeleteAccessKey: deletes a long-term key for good. It signs nobody in any more, and the browsers that it signed in ' +
      'are signed out; role sessions and temporary credentials that were made with it go on. Needs iam:DeleteAccessKey on the ' +
      'user; keys of services are for the operator',
    args: { input: t.arg({ type: DeleteAccessKeyInput, required: true, description: 'Which key' }) },
    errors: {
      types: [AccessDeniedFailure, ValidationFailure, NoSuchEntityFailure],
      union: { name: 'DeleteAccessKeyResult', description: 'The key is gone, or why not' },
    },
    resolve: (_root, { input }, { sessions, caller, now, origin }) =>
      expectingFailures(async () => {
        await sessions.deleteAccessKey(caller, keyName(input), now, origin);
        return input;
      }),
  }),
);

const AccessKey = builder.prismaObject('AccessKey', {
  select: { id: true },
  description: 'A long-term key. Its secret is stored nowhere',
  fields: (t) => ({
    accessKeyId: t.exposeString('id', { description: 'AKIA…' }),
    active: t.boolean({
      description: 'Whether one can sign in with it',
      select: { status: true },
      resolve: ({ status }) => status === 'ACTIVE',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made' }),
  }),
});

builder.prismaObjectField(User, 'accessKeys', (t) =>
  t.relation('accessKeys', {
    type: AccessKey,
    nullable: true,
    description: 'Its long-term keys, two at most, oldest first. Needs iam:ListAccessKeys on the user',
    query: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
  }),
);
