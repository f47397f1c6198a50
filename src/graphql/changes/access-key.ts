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
import { NULL_RESULT } from '../null-answer.ts';

const OWNER = 'The owner of the key: the ARN of a user, or a service principal such as ec2.amazonaws.com';

const CreateAccessKeyInput = builder.inputType('CreateAccessKeyInput', {
  description: 'The parameters of iam:CreateAccessKey',
  fields: (t) => ({ principal: t.field({ type: 'PrincipalId', required: true, description: OWNER }) }),
});

const CreateAccessKeySuccess = builder.objectRef<NewAccessKey>('CreateAccessKeySuccess').implement({
  description: 'A new long-term key. It is shown once; the gateway stores no copy of the secret',
  fields: (t) => ({
    accessKeyId: t.exposeString('accessKeyId', { description: 'Access key id, AKIA…' }),
    secretAccessKey: t.exposeString('secretAccessKey', {
      description: 'The secret. To sign in, send `accessKeyId:secretAccessKey` as HTTP Basic',
    }),
  }),
});

builder.mutationField('createAccessKey', (t) =>
  t.field({
    type: CreateAccessKeySuccess,
    nullable: true,
    description:
      'iam:CreateAccessKey: creates a long-term key for a user, who can have two, or for a service. Needs ' +
      `iam:CreateAccessKey on the user; only the operator may manage keys of services. ${NULL_RESULT}`,
    args: {
      input: t.arg({
        type: CreateAccessKeyInput,
        required: true,
        description: 'The parameters of iam:CreateAccessKey',
      }),
    },
    errors: {
      types: [AccessDeniedFailure, ValidationFailure, NoSuchEntityFailure, LimitFailure],
      union: { name: 'CreateAccessKeyResult', description: 'The key, or why it was not created' },
    },
    resolve: (_root, { input: { principal } }, { sessions, caller, now, origin }) =>
      expectingFailures(async () => sessions.createAccessKey(ownerOf(principal), caller, now, origin)),
  }),
);

/** Only the operator may manage the keys of services: see guard/identity-attempts.ts. */
function ownerOf(ref: PrincipalRef): KeyOwner {
  if (ref.kind === 'user') return { userArn: ref.arn };
  if (ref.kind === 'service') return { service: ref.service };
  throw new InvalidInput('principal', 'only users and services have long-term keys');
}

interface GivenKey {
  readonly principal: PrincipalRef;
  readonly accessKeyId: string;
}

/** Throws ValidationError for a principal that cannot have keys. */
function keyName({ principal, accessKeyId }: GivenKey): KeyName {
  ownerOf(principal);
  return { accessKeyId, owner: principalIdOf(principal) };
}

const UpdateAccessKeyInput = builder.inputType('UpdateAccessKeyInput', {
  description: 'The parameters of iam:UpdateAccessKey',
  fields: (t) => ({
    principal: t.field({ type: 'PrincipalId', required: true, description: OWNER }),
    accessKeyId: t.string({ required: true, description: 'Access key id, AKIA…' }),
    active: t.boolean({ required: true, description: 'True: the key can be used to sign in; false: it cannot' }),
  }),
});

/** A key in the list of its user's keys. */
interface ListedKey {
  readonly id: string;
  readonly active: boolean;
}

const UpdateAccessKeySuccess = builder.objectRef<ListedKey>('UpdateAccessKeySuccess').implement({
  description: 'The key was activated or deactivated',
  fields: (t) => ({
    accessKeyId: t.exposeString('id', { description: 'Access key id, AKIA…' }),
    active: t.exposeBoolean('active', { description: 'Whether the key can be used to sign in' }),
  }),
});

builder.mutationField('updateAccessKey', (t) =>
  t.field({
    type: UpdateAccessKeySuccess,
    nullable: true,
    description:
      'iam:UpdateAccessKey: activates or deactivates a long-term key. An inactive key signs nobody in, and browsers ' +
      'that it signed in are signed out; role sessions and temporary credentials that were made with it continue. ' +
      `Needs iam:UpdateAccessKey on the user; only the operator may manage keys of services. ${NULL_RESULT}`,
    args: {
      input: t.arg({
        type: UpdateAccessKeyInput,
        required: true,
        description: 'The parameters of iam:UpdateAccessKey',
      }),
    },
    errors: {
      types: [AccessDeniedFailure, ValidationFailure, NoSuchEntityFailure],
      union: { name: 'UpdateAccessKeyResult', description: 'The key with its new status, or why it was not changed' },
    },
    resolve: (_root, { input: { active, ...name } }, { sessions, caller, now, origin }) =>
      expectingFailures(async () => {
        await sessions.setAccessKeyActive(caller, { ...keyName(name), active }, now, origin);
        return { id: name.accessKeyId, active };
      }),
  }),
);

const DeleteAccessKeyInput = builder.inputType('DeleteAccessKeyInput', {
  description: 'The parameters of iam:DeleteAccessKey',
  fields: (t) => ({
    principal: t.field({ type: 'PrincipalId', required: true, description: OWNER }),
    accessKeyId: t.string({ required: true, description: 'Access key id, AKIA…' }),
  }),
});

const DeleteAccessKeySuccess = builder.objectRef<{ readonly accessKeyId: string }>('DeleteAccessKeySuccess').implement({
  description: 'The key was deleted',
  fields: (t) => ({ accessKeyId: t.exposeString('accessKeyId', { description: 'The deleted key' }) }),
});

builder.mutationField('deleteAccessKey', (t) =>
  t.field({
    type: DeleteAccessKeySuccess,
    nullable: true,
    description:
      'iam:DeleteAccessKey: deletes a long-term key permanently. The key no longer signs in, and browsers that it ' +
      'signed in are signed out; role sessions and temporary credentials that were made with it continue. Needs ' +
      `iam:DeleteAccessKey on the user; only the operator may manage keys of services. ${NULL_RESULT}`,
    args: {
      input: t.arg({
        type: DeleteAccessKeyInput,
        required: true,
        description: 'The parameters of iam:DeleteAccessKey',
      }),
    },
    errors: {
      types: [AccessDeniedFailure, ValidationFailure, NoSuchEntityFailure],
      union: { name: 'DeleteAccessKeyResult', description: 'The deleted key, or why it was not deleted' },
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
  description: 'A long-term key. Its secret is not stored',
  fields: (t) => ({
    accessKeyId: t.exposeString('id', { description: 'Access key id, AKIA…' }),
    active: t.boolean({
      description: 'Whether the key can be used to sign in',
      select: { status: true },
      resolve: ({ status }) => status === 'ACTIVE',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the key was created' }),
  }),
});

builder.prismaObjectField(User, 'accessKeys', (t) =>
  t.relation('accessKeys', {
    type: AccessKey,
    nullable: true,
    description: 'Long-term keys of the user, at most two, oldest first. Needs iam:ListAccessKeys on the user',
    query: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
  }),
);
