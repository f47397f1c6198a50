import { builder } from '../builder.ts';
import { Role, readableRole } from '../entities/role.ts';
import {
  AccessDeniedFailure,
  expectingFailures,
  LimitFailure,
  NoSuchEntityFailure,
  UnmodifiableFailure,
} from '../failures.ts';
import { NULL_RESULT } from '../null-answer.ts';

const RevokeRoleSessionsInput = builder.inputType('RevokeRoleSessionsInput', {
  description: 'The role whose sessions are revoked',
  fields: (t) => ({ roleArn: t.field({ type: 'Arn', required: true, description: 'The role' }) }),
});

/** The policy written to revoke the sessions of a role. */
interface Revoked {
  readonly roleArn: string;
  readonly policyName: string;
  readonly document: string;
  /** Milliseconds since 1970. */
  readonly issuedBefore: number;
}

const RevokeRoleSessionsSuccess = builder.objectRef<Revoked>('RevokeRoleSessionsSuccess').implement({
  description: 'Sessions of the role that were made before now are denied everything',
  fields: (t) => ({
    role: t.field({
      type: Role,
      nullable: true,
      description: 'The role after the change; null if the caller may not read it (iam:GetRole)',
      resolve: ({ roleArn }, _args, context) => readableRole(context, roleArn),
    }),
    policyName: t.exposeString('policyName', {
      description: 'Name of the inline policy that revokes the sessions: AWSRevokeOlderSessions',
    }),
    policyDocument: t.expose('document', {
      type: 'PolicyDocument',
      description:
        'Document of the policy: a Deny of everything for tokens issued before `issuedBefore` (aws:TokenIssueTime)',
    }),
    issuedBefore: t.expose('issuedBefore', {
      type: 'DateTime',
      description: 'Sessions made before this instant are revoked; those made at or after it work',
    }),
  }),
});

builder.mutationField('revokeRoleSessions', (t) =>
  t.field({
    type: RevokeRoleSessionsSuccess,
    nullable: true,
    description:
      'Revokes all sessions of a role that were made before now, as AWS’s console does: with an inline policy of the ' +
      'role. The sessions remain until they expire, and are denied everything. Sessions chained from them belong to ' +
      `their own role and have to be revoked there. Needs iam:PutRolePolicy on the role. ${NULL_RESULT}`,
    args: { input: t.arg({ type: RevokeRoleSessionsInput, required: true, description: 'The role' }) },
    errors: {
      types: [AccessDeniedFailure, NoSuchEntityFailure, LimitFailure, UnmodifiableFailure],
      union: {
        name: 'RevokeRoleSessionsResult',
        description: 'The policy that revokes the sessions, or why they were not revoked',
      },
    },
    resolve: (_root, { input: { roleArn } }, { sessions, caller, now, origin }) =>
      expectingFailures(async () => {
        const policy = await sessions.revokeRoleSessions(caller, roleArn, now, origin);
        return { roleArn, issuedBefore: now, ...policy };
      }),
  }),
);
