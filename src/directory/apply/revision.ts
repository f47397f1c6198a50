import { setImmediate } from 'node:timers/promises';
import type { Revision } from '../directory.ts';
import { toIso } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';
import { batchesOf } from './batches.ts';

/** An entity that a change touched, as DirectoryChange names it. */
export interface Touched {
  readonly entity: string;
  readonly entityId: string;
}

/** Takes the write lock: the next writer waits for this transaction to end. */
export async function lockRevision(sql: Sql): Promise<Revision> {
  const [row] = await sql.query<{ revision: string }>(
    `SELECT revision::text AS revision FROM "DirectoryState" WHERE id = 1 FOR UPDATE`,
  );
  return BigInt(row?.revision ?? 0);
}

/**
 * Raises the revision and records what it touched, each entity once. Call it once, at the end of a transaction that holds
 * the write lock.
 */
export async function raiseRevision(sql: Sql, touched: readonly Touched[], now: number): Promise<Revision> {
  const [first = [], ...others] = batchesOf(sql, touched);
  const [row] = await sql.query<{ revision: string }>(
    `WITH raised AS (UPDATE "DirectoryState" SET revision = revision + 1 WHERE id = 1 RETURNING revision),
          noted AS (INSERT INTO "DirectoryChange" (revision, entity, "entityId", at)
            SELECT DISTINCT raised.revision, r.entity, r."entityId", $2::text::timestamp(3)
              FROM raised, json_to_recordset($1::text::json) AS r(entity text, "entityId" text))
     SELECT revision::text AS revision FROM raised`,
    [JSON.stringify(first), toIso(now)],
  );
  if (row === undefined) throw new Error('the directory has lost its state row');
  for (const part of others) {
    await setImmediate();
    await sql.query(
      `INSERT INTO "DirectoryChange" (revision, entity, "entityId", at)
       SELECT $2::text::bigint, r.entity, r."entityId", $3::text::timestamp(3)
         FROM json_to_recordset($1::text::json) AS r(entity text, "entityId" text) ON CONFLICT DO NOTHING`,
      [JSON.stringify(part), row.revision, toIso(now)],
    );
  }
  return BigInt(row.revision);
}
