import type { Sql } from '../prisma/database.ts';
import { EVENT_COLUMNS, type EventRow, eventOf } from './audit-events.ts';
import type { AuditEvent } from './audit-store.ts';

/** An event with everything that is stored of it. */
export interface ExportedEvent extends AuditEvent {
  /** The accounts that it is about, in their order. */
  readonly accountIds: readonly string[];
}

/** Some events of the trail, in their order. */
export interface ExportedEvents {
  readonly events: readonly ExportedEvent[];
  /** The last event that was removed from the beginning of the trail; 0: none was. */
  readonly removedUpTo: bigint;
}

/** Events of one statement: what others wait for in the embedded database. */
const PAGE = 250;

/** The accounts of an event, each looked up by its number. */
const ACCOUNTS = `(SELECT coalesce(json_agg(x."accountId" ORDER BY x."accountId"), '[]') FROM "AuditEventAccount" x
    WHERE x.sequence = e.sequence) AS "accountIds"`;

const SELECT_PAGE = `SELECT ${EVENT_COLUMNS}, ${ACCOUNTS}
  FROM (SELECT * FROM "AuditEvent" WHERE sequence > $1::text::bigint ORDER BY sequence LIMIT ${PAGE}) e
  LEFT JOIN LATERAL (SELECT * FROM "AuditRepetition" WHERE sequence = e.sequence LIMIT 1) r ON true
 ORDER BY e.sequence`;

/** The first events after a number; fewer than a page: there are no more yet. */
async function pageAfter(sql: Sql, after: bigint): Promise<ExportedEvents> {
  const rows = await sql.query<EventRow & { readonly accountIds: readonly string[] }>(SELECT_PAGE, [String(after)]);
  // Read behind the events: nothing was removed between it and them unseen.
  const [state] = await sql.query<{ removed: string | null }>(
    'SELECT "prunedEvent"::text AS removed FROM "DirectoryState" WHERE id = 1',
  );
  const events = rows.map((row) => ({ ...eventOf(row), accountIds: row.accountIds }));
  return { events, removedUpTo: BigInt(state?.removed ?? 0) };
}

/** All events after a number, page by page; the last page is the one that is not full. */
export async function* exportedEvents(sql: Sql, after: bigint): AsyncGenerator<ExportedEvents> {
  let last = after;
  for (;;) {
    const page = await pageAfter(sql, last);
    yield page;
    if (page.events.length < PAGE) return;
    last = page.events.at(-1)?.sequence ?? last;
  }
}
