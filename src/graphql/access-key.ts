import { InvalidInput, RolegateError } from '../policy/errors.ts';
import { type PrincipalRef, principalIdOf } from '../policy/principal-id.ts';
import type { KeyOwner, NewAccessKey } from '../session/access-keys.ts';
import { audited } from '../session/audited.ts';
import { aCall } from '../session/call.ts';
import { AccessDenied } from '../session/errors.ts';
import { builder } from './builder.ts';
import type { GatewayContext } from './context.ts';
import {
  AccessDeniedFailure,
  expectingFailures,
  LimitFailure,
  NoSuchEntityFailure,
  ValidationFailure,
} from './failures.ts';
import { User } from './user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html */
const KEY_ID = /^\w{16,128}$/;

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
    description:
      'iam:CreateAccessKey: makes a long-term key for a user, who can have two, or for a service. Needs iam:CreateAccessKey on ' +
      'the user; keys of services are for the operator',
    args: { input: t.arg({ type: CreateAccessKeyInput, required: true, description: 'Whose key is to be made' }) },
    errors: {
      types: [AccessDeniedFailure, ValidationFailure, NoSuchEntityFailure, LimitFailure],
      union: { name: 'CreateAccessKeyResult', description: 'The key, or why there is none' },
    },
    resolve: (_root, { input: { principal } }, context) =>
      expectingFailures(async () => {
        await checkOwner(context, principal, 'CreateAccessKey');
        const { sessions, caller, now, origin } = context;
        return sessions.createAccessKey(ownerOf(principal), caller, now, origin);
      }),
  }),
);

function ownerOf(ref: PrincipalRef): KeyOwner {
  if (ref.kind === 'user') return { userArn: ref.arn };
  if (ref.kind === 'service') return { service: ref.service };
  throw new InvalidInput('principal', 'only users and services have long-term keys; a role has none');
}

/** Services are of no account, so that no policy of IAM could say who may make their keys. */
async function checkOwner(context: GatewayContext, principal: PrincipalRef, event: string): Promise<void> {
  const owner = ownerOf(principal);
  if ('userArn' in owner || context.caller.kind === 'operator') return;
  const denied = new AccessDenied('the keys of services are for the operator');
  await refuse(context, { event, action: `iam:${event}`, target: owner.service }, denied);
}

/** Throws `error`, once the audit trail tells of it. */
function refuse(
  { directory, caller, now, origin }: GatewayContext,
  attempted: { readonly event: string; readonly action: string; readonly target: string },
  error: RolegateError,
): Promise<never> {
  return audited(directory.audit, aCall(caller, now, origin), attempted, () => Promise.reject(error));
}

/** That `principal` can have keys that the caller may change, and that this one is its own. Throws what it is told. */
async function checkKey(
  context: GatewayContext,
  { principal, accessKeyId }: { readonly principal: PrincipalRef; readonly accessKeyId: string },
  event: string,
): Promise<void> {
  await checkOwner(context, principal, event);
  const key = KEY_ID.test(accessKeyId) ? await context.directory.keys.find(accessKeyId) : null;
  const owner = key?.owner.kind === 'service' ? key.owner.service : key?.owner.arn;
  if (owner === principalIdOf(principal)) return;
  const attempted = { event, action: `iam:${event}`, target: accessKeyId };
  const why = `The Access Key with id ${accessKeyId.slice(0, 128)} cannot be found.`;
  await refuse(context, attempted, new RolegateError('NoSuchEntity', why, { field: 'accessKeyId' }));
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
    description:
      'iam:UpdateAccessKey: switches a long-term key on or off. A key that is off signs nobody in, and signs out the browsers ' +
      'that it signed in; role sessions and temporary credentials that were made with it go on. Needs iam:UpdateAccessKey on the ' +
      'user; keys of services are for the operator',
    args: { input: t.arg({ type: UpdateAccessKeyInput, required: true, description: 'Which key, and on or off' }) },
    errors: {
      types: [AccessDeniedFailure, ValidationFailure, NoSuchEntityFailure],
      union: { name: 'UpdateAccessKeyResult', description: 'The key is on or off, or why not' },
    },
    resolve: (_root, { input: { principal, accessKeyId, active } }, context) =>
      expectingFailures(async () => {
        await checkKey(context, { principal, accessKeyId }, 'UpdateAccessKey');
        const { sessions, caller, now, origin } = context;
        await sessions.setAccessKeyActive(caller, { accessKeyId, active }, now, origin);
        return { id: accessKeyId, active };
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
    description:
      'iam:DeleteAccessKey: deletes a long-term key for good. It signs nobody in any more, and the browsers that it signed in ' +
      'are signed out; role sessions and temporary credentials that were made with it go on. Needs iam:DeleteAccessKey on the ' +
      'user; keys of services are for the operator',
    args: { input: t.arg({ type: DeleteAccessKeyInput, required: true, description: 'Which key' }) },
    errors: {
      types: [AccessDeniedFailure, ValidationFailure, NoSuchEntityFailure],
      union: { name: 'DeleteAccessKeyResult', description: 'The key is gone, or why not' },
    },
    resolve: (_root, { input }, context) =>
      expectingFailures(async () => {
        await checkKey(context, input, 'DeleteAccessKey');
        const { sessions, caller, now, origin } = context;
        await sessions.deleteAccessKey(caller, input.accessKeyId, now, origin);
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
    description: 'Its long-term keys, two at most, oldest first. Needs iam:ListAccessKeys on the user',
    query: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
  }),
);
