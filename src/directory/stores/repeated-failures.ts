import { createHash } from 'node:crypto';
import { subscriberOf } from '../addresses.ts';
import { toIso } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';
import type { NewAuditEvent } from './audit-store.ts';

/** For how long after the first failure its repetitions are counted at its event. Then there is another one. Milliseconds. */
export const COUNTED_FOR = 3_600_000;

/** Most failures that one event counts: the column is an int4. */
const MOST = 2_000_000_000;

/**
 * What repeated failures have in common: the source (of an IPv6 address its network, from which a subscriber can choose), the
 * caller, what was tried on what, and how it ended. Null: a success, which is always an event of its own.
 */
export function repetitionKey(event: NewAuditEvent): string | null {
  if (event.outcome === 'SUCCEEDED') return null;
  const { sourceIp, principal, keyId, roleSessionId, target, outcome, code } = event;
  const source = sourceIp === null ? null : subscriberOf(sourceIp);
  const common = [source, principal, keyId, roleSessionId, event.event, target, outcome, code];
  return createHash('sha256').update(JSON.stringify(common)).digest('base64');
}

/** Counts a failure at the event of an earlier one. False: there is none that counts it. */
export async function countRepetition(sql: Sql, key: string, at: number): Promise<boolean> {
  const rows = await sql.query(
    `UPDATE "AuditRepetition" SET count = count + 1, "lastAt" = greatest("lastAt", $2::text::timestamp(3))
      WHERE sequence = (SELECT sequence FROM "AuditRepetition"
        WHERE key = $1 AND "firstAt" > $3::text::timestamp(3) AND count < ${MOST} ORDER BY "firstAt" DESC LIMIT 1)
      RETURNING sequence::text`,
    [key, toIso(at), toIso(at - COUNTED_FOR)],
  );
  return rows.length > 0;
}
