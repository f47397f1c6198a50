import { instantText } from '../policy/date.ts';
import { audited } from './audited.ts';
import type { Call } from './call.ts';
import type { SessionTools } from './session-tools.ts';

/** AWS's name of the policy. */
export const REVOKING_POLICY = 'AWSRevokeOlderSessions';

/**
 * Revokes all sessions of a role that were issued before now, as AWS's console does: by an inline policy of the role
 * that denies everything to older tokens. Sessions made from now on work. Chained sessions belong to their own
 * role and are revoked there. Throws NoSuchEntity, UnmodifiableEntity.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
 */
export function revokeRoleSessions(
  tools: SessionTools,
  call: Call,
  roleArn: string,
): Promise<{ readonly policyName: string; readonly document: string }> {
  const attempted = { event: 'RevokeRoleSessions', action: 'iam:PutRolePolicy', target: roleArn };
  return audited(tools.directory.audit, call, attempted, async (event) => {
    const document = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Action: ['*'],
          Resource: ['*'],
          Condition: { DateLessThan: { 'aws:TokenIssueTime': instantText(call.now) } },
        },
      ],
    });
    const policy = { roleArn, policyName: REVOKING_POLICY, policyDocument: document };
    await tools.directory.entities.putRolePolicy(policy, event);
    return { policyName: REVOKING_POLICY, document };
  });
}
