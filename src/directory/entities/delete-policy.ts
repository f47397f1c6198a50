import { RolegateError } from '../../policy/errors.ts';
import { ChangeSet } from '../apply/change-set.ts';
import type { Sql } from '../prisma/database.ts';
import type { Made } from './change-of.ts';
import type { Deletion } from './entity-inputs.ts';
import type { OwnPolicy } from './own-policy.ts';
import { PARTS, refuseOthers } from './parts.ts';

interface User {
  readonly entity: string;
  readonly arn: string;
  /** Whether the policy is its boundary. */
  readonly bounded: boolean;
}

function usersOf(sql: Sql, policyId: string): Promise<readonly User[]> {
  return sql.query(
    `SELECT 'User' AS entity, u.arn, false AS bounded FROM "PolicyAttachment" a JOIN "User" u ON u.id = a."userId" WHERE a."policyId" = $1
     UNION ALL SELECT 'Group', g.arn, false FROM "PolicyAttachment" a JOIN "Group" g ON g.id = a."groupId" WHERE a."policyId" = $1
     UNION ALL SELECT 'Role', r.arn, false FROM "PolicyAttachment" a JOIN "Role" r ON r.id = a."roleId" WHERE a."policyId" = $1
     UNION ALL SELECT 'User', u.arn, true FROM "User" u WHERE u."boundaryId" = $1
     UNION ALL SELECT 'Role', r.arn, true FROM "Role" r WHERE r."boundaryId" = $1`,
    [policyId],
  );
}

function conflict(why: string): RolegateError {
  return new RolegateError('DeleteConflict', why, { field: 'policyArn' });
}

/**
 * Deletes a policy with its versions. A boundary is not deleted with dependents either: its users and roles could do more from
 * then on. https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html
 */
export async function deletePolicy(
  sql: Sql,
  policy: OwnPolicy,
  { withDependents = false, parts }: Deletion,
): Promise<Made> {
  const users = await usersOf(sql, policy.id);
  if (users.some(({ bounded }) => bounded || !withDependents)) {
    throw conflict('Cannot delete a policy attached to entities.');
  }
  if (!withDependents && policy.versions.some((id) => id !== policy.defaultVersionId)) {
    const why = `This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.`;
    throw conflict(why);
  }
  const there = users.map(({ arn }) => PARTS.holder(arn));
  refuseOthers(
    policy.arn,
    policy.versions.length < 2 ? there : [...there, PARTS.versions],
    withDependents ? parts : undefined,
  );
  const changes = new ChangeSet();
  for (const { entity, arn } of users) changes.touch(entity, arn);
  await sql.query('DELETE FROM "PolicyAttachment" WHERE "policyId" = $1', [policy.id]);
  await sql.query('DELETE FROM "ManagedPolicy" WHERE id = $1', [policy.id]);
  changes.touch('ManagedPolicy', policy.arn);
  return { touched: changes.touched, result: policy.arn };
}
