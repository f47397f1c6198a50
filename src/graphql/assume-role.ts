import type { TemporaryCredentials as TemporaryCredentialsValue } from '../session/credentials.ts';
import type { ExitedRole } from '../session/exit-role.ts';
import type { AssumedRole } from '../session/grant-role.ts';
import { builder } from './builder.ts';
import {
  AccessDeniedFailure,
  expectingFailures,
  MalformedPolicyFailure,
  PackedPolicyFailure,
  ValidationFailure,
} from './failures.ts';
import { textsOf } from './given-document.ts';
import { RoleSession, roleSessionValue } from './role-session.ts';
import { TagInput } from './tag.ts';
import { Viewer } from './viewer.ts';

const AssumeRoleInput = builder.inputType('AssumeRoleInput', {
  description: 'The parameters of sts:AssumeRole, with AWS’s limits',
  fields: (t) => ({
    role: t.field({ type: 'Arn', required: true, description: 'The role to assume' }),
    roleSessionName: t.string({
      required: true,
      description: 'Name of the session: 2 to 64 characters of A-Z a-z 0-9 _ + = , . @ -',
    }),
    durationSeconds: t.int({
      description:
        'How long the session lasts, in seconds: 900 to the role’s maximum (at most 43,200; 3,600 for a chained role). Left ' +
        'out: 3,600',
    }),
    externalId: t.string({ description: 'What the trust policy may ask for: 2 to 1,224 characters' }),
    sessionPolicies: t.field({
      type: ['PolicyDocument'],
      description: 'Policies that limit the session, together at most 2,048 characters',
    }),
    sessionPolicyArns: t.field({
      type: ['Arn'],
      description: 'Managed policies of the role’s account or of AWS that limit the session, at most 10',
    }),
    tags: t.field({ type: [TagInput], description: 'Session tags, at most 50' }),
    transitiveTagKeys: t.stringList({ description: 'Keys of the tags that chained sessions inherit' }),
    sourceIdentity: t.string({
      description: 'The identity behind the session, 2 to 64 characters; it stays through role chaining',
    }),
    serialNumber: t.string({ description: 'The MFA device of the caller, 9 to 256 characters' }),
    tokenCode: t.string({ description: 'What the MFA device shows: six digits' }),
  }),
});

const TemporaryCredentials = builder.objectRef<TemporaryCredentialsValue>('TemporaryCredentials').implement({
  description: 'Credentials of a role session. Shown once; the gateway keeps no copy of the secret',
  fields: (t) => ({
    accessKeyId: t.exposeString('accessKeyId', { description: 'ASIA…' }),
    secretAccessKey: t.exposeString('secretAccessKey', { description: 'The secret that belongs to the key id' }),
    sessionToken: t.exposeString('sessionToken', {
      description: 'A signed token: send it as `Authorization: Bearer …` to act as the role session',
    }),
    expiration: t.field({
      type: 'DateTime',
      description: 'When they stop working',
      resolve: ({ expiration }) => expiration,
    }),
  }),
});

const AssumeRoleSuccess = builder.objectRef<AssumedRole>('AssumeRoleSuccess').implement({
  description: 'The role is assumed',
  fields: (t) => ({
    roleSession: t.field({
      type: RoleSession,
      description: 'The session that was made',
      resolve: ({ session }) => roleSessionValue(session),
    }),
    credentials: t.field({
      type: TemporaryCredentials,
      description: 'What its requests are signed in with',
      resolve: ({ credentials }) => credentials,
    }),
    packedPolicySize: t.exposeInt('packedPolicySize', {
      nullable: true,
      description: 'How full the session is with session policies and tags, in per cent; null: none were passed',
    }),
  }),
});

builder.mutationField('assumeRole', (t) =>
  t.field({
    type: AssumeRoleSuccess,
    description:
      'sts:AssumeRole. On success the answer holds temporary credentials; with a signed-in browser session the caller is ' +
      'switched into the role. For principals: the operator can assume no role',
    args: { input: t.arg({ type: AssumeRoleInput, required: true, description: 'The parameters of sts:AssumeRole' }) },
    errors: {
      types: [AccessDeniedFailure, ValidationFailure, MalformedPolicyFailure, PackedPolicyFailure],
      union: { name: 'AssumeRoleResult', description: 'The role is assumed, or why not' },
    },
    resolve: (_root, { input }, { sessions, caller, now, origin }) =>
      expectingFailures(() => {
        const { sessionPolicies, ...rest } = input;
        return sessions.assumeRole(
          caller,
          { ...rest, sessionPolicies: sessionPolicies && textsOf(sessionPolicies) },
          now,
          origin,
        );
      }),
  }),
);

const ExitRoleSuccess = builder.objectRef<ExitedRole>('ExitRoleSuccess').implement({
  description: 'The role is left: the session has ended, and the caller’s own permissions are back',
  fields: (t) => ({
    endedSession: t.field({
      type: RoleSession,
      description: 'The session that ended',
      resolve: ({ endedSession }) => roleSessionValue(endedSession),
    }),
    viewer: t.field({
      type: Viewer,
      description: 'Who the caller is again',
      resolve: ({ restoresTo }) => ({ ref: restoresTo, session: null }),
    }),
  }),
});

builder.mutationField('exitRole', (t) =>
  t.field({
    type: ExitRoleSuccess,
    description: 'Leaves the role: the session ends at once and the caller is again who it was',
    errors: {
      types: [ValidationFailure],
      union: { name: 'ExitRoleResult', description: 'The role is left, or why not' },
    },
    resolve: (_root, _args, { sessions, caller, now, origin }) =>
      expectingFailures(() => sessions.exitRole(caller, now, origin)),
  }),
);
