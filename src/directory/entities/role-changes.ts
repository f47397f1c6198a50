import type { Catalog } from '../../catalog/catalog.ts';
import type { NewAuditEvent } from '../audit-store.ts';
import { changeWithEvent, type Worked } from '../change.ts';
import type { Sql } from '../prisma/database.ts';
import type { Store } from '../store.ts';
import { deleteHolder } from './deletion.ts';
import type { EntityChange, RoleChanges, RoleName } from './entity-store.ts';
import { changed, findHolder, type Holder } from './holder.ts';
import { deleteInlinePolicy, keepDocument, putInlinePolicy } from './inline-policies.ts';
import { attachPolicy, detachPolicy, setBoundary } from './managed-policies.ts';
import { checkPrincipals } from './trust-principals.ts';

async function setTrustPolicy(sql: Sql, role: Holder, document: string): Promise<Worked<undefined>> {
  await checkPrincipals(sql, document);
  const hash = await keepDocument(sql, document);
  // A policy that is written names whoever has the names in it now.
  const rows = await sql.query(
    `UPDATE "Role" SET "trustPolicyHash" = $2, "trustBindings" = '{}'
      WHERE id = $1 AND ("trustPolicyHash" <> $2 OR "trustBindings" <> '{}') RETURNING id`,
    [role.id, hash],
  );
  return changed(role, rows);
}

/** Changes of roles. */
export function roleChanges(store: Store, catalog: Catalog): RoleChanges {
  const change =
    <I extends RoleName>(
      work: (sql: Sql, role: Holder, input: I, at: number) => Promise<Worked<undefined>>,
    ): EntityChange<I> =>
    (input: I, event?: NewAuditEvent) =>
      changeWithEvent(store, event, async (sql, now) =>
        work(sql, await findHolder(sql, 'Role', input.roleArn), input, event?.at ?? now),
      );
  return {
    deleteRole: change((sql, role, { withDependents = false }, at) => deleteHolder(sql, role, { withDependents, at })),
    putRolePolicy: change((sql, role, { policyName, policyDocument }) =>
      putInlinePolicy(sql, role, policyName, policyDocument),
    ),
    deleteRolePolicy: change((sql, role, { policyName }) => deleteInlinePolicy(sql, role, policyName)),
    attachRolePolicy: change((sql, role, { policyArn }, at) =>
      attachPolicy(sql, { catalog, now: at }, role, policyArn),
    ),
    detachRolePolicy: change((sql, role, { policyArn }) => detachPolicy(sql, role, policyArn)),
    updateAssumeRolePolicy: change((sql, role, { policyDocument }) => setTrustPolicy(sql, role, policyDocument)),
    putRolePermissionsBoundary: change((sql, role, { permissionsBoundary }, at) =>
      setBoundary(sql, { catalog, now: at }, role, permissionsBoundary),
    ),
    deleteRolePermissionsBoundary: change((sql, role, _, at) => setBoundary(sql, { catalog, now: at }, role, null)),
  };
}
