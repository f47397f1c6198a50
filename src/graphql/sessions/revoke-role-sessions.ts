import { builder } from '../builder.ts';
import { Role, readableRole } from '../entities/role.ts';
import {
  AccessDeniedFailure,
  expectingFailures,
  LimitFailure,
  NoSuchEntityFailure,
  UnmodifiableFailure,
} from '../failures.ts';

const RevokeRoleSessionsInput = builder.inputType('RevokeRoleSessionsInput', {
  description: 'Whose sessions are to be revoked',
  fields: (t) => ({ roleArn: t.field({ type: 'Arn', required: true, description: 'The role' }) }),
});

/** What was written to revoke the sessions of a role. */
interface Revoked {
  readonly roleArn: string;
  readonly policyName: string;
  readonly document: string;
  /** Milliseconds since 1970. */
  readonly issuedBefore: number;
}

const RevokeRoleSessionsSuccess = builder.objectRef<Revoked>('RevokeRoleSessionsSuccess').implement({
  description: 'Every session of the role that was made before now may do nothing any more',
  fields: (t) => ({
    role: t.field({
      type: Role,
      nullable: true,
      description: 'The role; null where the caller may change it, but not read it (iam:GetRole)',
      resolve: ({ roleArn }, _args, context) => readableRole(context, roleArn),
    }),
    policyName: t.exposeString('policyName', { description: 'The inline policy that does it: AWSRevokeOlderSessions' }),
    policyDocument: t.expose('document', {
      type: 'PolicyDocument',
      description: 'What it says: a Deny of everything to tokens issued before `issuedBefore` (aws:TokenIssueTime)',
    }),
    issuedBefore: t.expose('issuedBefore', {
      type: 'DateTime',
      description: 'Sessions that were made before this instant are revoked; those made from then on work',
    }),
  }),
});

builder.mutationField('revokeRoleSessions', (t) =>
  t.field({
    type: RevokeRoleSessionsSuccess,
    nullable: true,
    description:
      'Revokes all sessions of a role that were made before now, as AWS’s console does: by an inline policy of the role. They ' +
      'stay until they expire, and are denied everything. Sessions chained from them live in their own role and are revoked ' +
      'there. Needs iam:PutRolePolicy on the role',
    args: { input: t.arg({ type: RevokeRoleSessionsInput, required: true, description: 'Of which role' }) },
    errors: {
      types: [AccessDeniedFailure, NoSuchEntityFailure, LimitFailure, UnmodifiableFailure],
      union: { name: 'RevokeRoleSessionsResult', description: 'The sessions are revoked, or why not' },
    },
    resolve: (_root, { input: { roleArn } }, { sessions, caller, now, origin }) =>
      expectingFailures(async () => {
        const policy = await sessions.revokeRoleSessions(caller, roleArn, now, origin);
        return { roleArn, issuedBefore: now, ...policy };
      }),
  }),
);
