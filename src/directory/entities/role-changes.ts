import type { Sql } from '../prisma/database.ts';
import { type Made, reading } from './change-of.ts';
import type { PolicyText, RoleChanges, RoleName } from './entity-inputs.ts';
import { changed, type Holder } from './holder.ts';
import { holderChanges } from './holder-changes.ts';
import { keepDocument } from './inline-policies.ts';
import { checkPrincipals } from './trust-principals.ts';

async function setTrustPolicy(sql: Sql, role: Holder, document: string): Promise<Made> {
  const principals = await checkPrincipals(sql, document);
  const hash = await keepDocument(sql, document);
  // A written policy means the current holders of the names in it.
  const rows = await sql.query(
    `UPDATE "Role" SET "trustPolicyHash" = $2, "trustBindings" = '{}'
      WHERE id = $1 AND ("trustPolicyHash" <> $2 OR "trustBindings" <> '{}') RETURNING id`,
    [role.id, hash],
  );
  return reading(changed(role, rows), ...principals);
}

const of = holderChanges('Role', ({ roleArn }: RoleName) => roleArn);

/** Changes of roles. */
export const ROLE_CHANGES: RoleChanges = {
  deleteRole: of.deletion,
  putRolePolicy: of.putPolicy,
  deleteRolePolicy: of.deletePolicy,
  attachRolePolicy: of.attachPolicy,
  detachRolePolicy: of.detachPolicy,
  updateAssumeRolePolicy: of.change<RoleName & PolicyText>((sql, role, { policyDocument }) =>
    setTrustPolicy(sql, role, policyDocument),
  ),
  putRolePermissionsBoundary: of.putBoundary,
  deleteRolePermissionsBoundary: of.deleteBoundary,
};
