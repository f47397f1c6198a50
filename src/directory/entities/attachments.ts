import { randomUUID } from 'node:crypto';
import { parseArn } from '../../policy/arn.ts';
import { RolegateError } from '../../policy/errors.ts';
import { ChangeSet } from '../apply/change-set.ts';
import { freeId } from '../apply/entity-arn.ts';
import { fromCatalog, planPolicy } from '../apply/plan-policies.ts';
import type { Touched } from '../apply/revision.ts';
import { writeChanges } from '../apply/write.ts';
import type { WritingSql } from '../prisma/database.ts';
import type { ChangeTools, Made } from './change-of.ts';
import { SALT_DIGITS } from './draw.ts';
import { changed, type Holder, quotaExceeded, touching } from './holder.ts';

/**
 * A policy that an entity of the account can have: from its account, or from AWS. One that only the catalogue knows is stored.
 * Throws NoSuchEntity.
 */
async function attachable(
  sql: WritingSql,
  { catalog, now, draw }: ChangeTools,
  accountId: string,
  policyArn: string,
  field = 'policyArn',
): Promise<{ readonly id: string; readonly touched: readonly Touched[] }> {
  const owner = parseArn(policyArn)?.accountId;
  if (owner === 'aws' || owner === accountId) {
    const [row] = await sql.query<{ id: string }>('SELECT id FROM "ManagedPolicy" WHERE arn = $1', [policyArn]);
    if (row !== undefined) return { id: row.id, touched: [] };
    const input = fromCatalog(catalog, policyArn);
    if (input !== null) {
      const id = freeId('ManagedPolicy', policyArn, draw.hex(SALT_DIGITS), () => false);
      const changes = new ChangeSet();
      planPolicy({ arn: policyArn, input }, { id, stored: null, renamed: false, replaces: null }, now, changes);
      await writeChanges(sql, changes, () => undefined);
      return { id, touched: changes.touched };
    }
  }
  throw new RolegateError('NoSuchEntity', `Policy ${policyArn} does not exist or is not attachable.`, { field });
}

const TO_WHAT = { User: 'an IAM user.', Group: 'an IAM group.', Role: 'a Customer Role.' } as const;

/** Does nothing if the policy is already attached. Throws NoSuchEntity, LimitExceeded, PolicyNotAttachable. */
export async function attachPolicy(
  sql: WritingSql,
  tools: ChangeTools,
  holder: Holder,
  policyArn: string,
): Promise<Made> {
  if (policyArn.includes(':aws:policy/aws-service-role/')) {
    const why = `Cannot attach a Service Role Policy to ${TO_WHAT[holder.kind]}`;
    throw new RolegateError('PolicyNotAttachable', why, { field: 'policyArn' });
  }
  const { id, touched } = await attachable(sql, tools, holder.accountId, policyArn);
  const { column, quotas } = holder;
  const rows = await sql.query(
    `INSERT INTO "PolicyAttachment" (id, "policyId", "${column}") VALUES ($1, $2, $3)
     ON CONFLICT ("${column}", "policyId") WHERE "${column}" IS NOT NULL DO NOTHING RETURNING id`,
    [randomUUID(), id, holder.id],
  );
  if (rows.length === 0) return changed(holder, rows);
  const [row] = await sql.query<{ attached: number }>(
    `SELECT count(*)::int4 AS attached FROM "PolicyAttachment" WHERE "${column}" = $1`,
    [holder.id],
  );
  const { quota, most } = quotas.attached;
  if ((row?.attached ?? 0) > most) throw quotaExceeded(quota, most, 'policyArn');
  return { touched: [...touched, ...touching(holder)], result: holder.arn };
}

export async function detachPolicy(sql: WritingSql, holder: Holder, policyArn: string): Promise<Made> {
  const rows = await sql.query(
    `DELETE FROM "PolicyAttachment" a USING "ManagedPolicy" p
      WHERE p.id = a."policyId" AND p.arn = $2 AND a."${holder.column}" = $1 RETURNING a.id`,
    [holder.id, policyArn],
  );
  if (rows.length === 0) {
    throw new RolegateError('NoSuchEntity', `Policy ${policyArn} was not found.`, { field: 'policyArn' });
  }
  return changed(holder);
}

/** The boundary that a new entity begins with; null or left out: none. `touched`: with what else is written for it. */
export async function firstBoundary(
  sql: WritingSql,
  tools: ChangeTools,
  accountId: string,
  policyArn: string | null | undefined,
): Promise<{ readonly id: string | null; readonly touched: readonly Touched[]; readonly read: readonly Touched[] }> {
  if (policyArn == null) return { id: null, touched: [], read: [] };
  const policy = await attachable(sql, tools, accountId, policyArn, 'permissionsBoundary');
  return { ...policy, read: [{ entity: 'ManagedPolicy', entityId: policyArn }] };
}

/** Null: it has none from now on. */
export async function setBoundary(
  sql: WritingSql,
  tools: ChangeTools,
  holder: Holder,
  policyArn: string | null,
): Promise<Made> {
  const policy =
    policyArn === null
      ? { id: null, touched: [] }
      : await attachable(sql, tools, holder.accountId, policyArn, 'permissionsBoundary');
  const rows = await sql.query(
    `UPDATE "${holder.kind}" SET "boundaryId" = $2 WHERE id = $1 AND "boundaryId" IS DISTINCT FROM $2 RETURNING id`,
    [holder.id, policy.id],
  );
  return rows.length === 0
    ? changed(holder, rows)
    : { touched: [...policy.touched, ...touching(holder)], result: holder.arn };
}
