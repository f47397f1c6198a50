import { isAccountId } from '../../policy/principal-id.ts';
import { batchesOf } from '../apply/batches.ts';
import { millisecondsOf, toIso } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';
import { storable } from '../storable.ts';
import type { Store } from '../store.ts';
import { AuditCounts } from './audit-counts.ts';
import { SPAN, selectPage } from './audit-search.ts';
import type { AuditEvent, AuditStore, NewAuditEvent } from './audit-store.ts';
import { countRepetition, repetitionKey } from './repeated-failures.ts';

/** The advisory lock for adding to the audit trail: any number, the same in every gateway. */
const AUDIT_LOCK = 7_265_117_002;

/** Columns that are stored with each event as given; `at` and the sequence are not among them. */
const TEXTS = [
  'requestId',
  'event',
  'principal',
  'keyId',
  'roleArn',
  'roleSessionId',
  'sourceIdentity',
  'sourceIp',
  'userAgent',
  'action',
  'target',
  'code',
  'effect',
  'deniedBy',
] as const satisfies readonly (keyof NewAuditEvent)[];

/** Longer texts are cut: what a client says about itself must not fill the trail. */
const MAX_CHARACTERS = 2_048;

const COLUMNS = TEXTS.map((name) => `"${name}"`).join(', ');

/**
 * Stores events and the accounts they are about: `accounts` are those that can be read off one, and its target may be an access key.
 * `key` is what a repeated failure has in common with it; null: it is none. `documents` are the hashes of the documents in its
 * parameters. `n` counts from 1: their sequence numbers have the same order.
 */
const INSERT_EVENTS = `WITH given AS (
    SELECT * FROM json_to_recordset($1::text::json) AS r(n int, at timestamp(3), outcome "AuditOutcome", revision bigint,
      parameters jsonb, accounts text[], key text, documents text[], ${TEXTS.map((name) => `"${name}" text`).join(', ')})),
  added AS (
    INSERT INTO "AuditEvent" (at, outcome, revision, parameters, ${COLUMNS})
    SELECT at, outcome, revision, parameters, ${COLUMNS} FROM given ORDER BY n
    RETURNING sequence, at),
  numbered AS (SELECT sequence, row_number() OVER (ORDER BY sequence) AS n FROM added),
  event AS (
    SELECT numbered.sequence, g.at, g.accounts, g.key, g.documents, g.target FROM numbered JOIN given g ON g.n = numbered.n),
  counted AS (
    INSERT INTO "AuditRepetition" (sequence, key, "firstAt", "lastAt", count)
    SELECT sequence, key, at, at, 1 FROM event WHERE key IS NOT NULL),
  documented AS (
    INSERT INTO "AuditEventDocument" (hash, sequence) SELECT h.hash, event.sequence FROM event, unnest(event.documents) AS h(hash)),
  spanned AS (
    INSERT INTO "AuditSpan" AS s (block, earliest, latest)
    SELECT sequence / ${SPAN}, min(at), max(at) FROM event GROUP BY 1
    ON CONFLICT (block) DO UPDATE SET earliest = least(s.earliest, excluded.earliest), latest = greatest(s.latest, excluded.latest))
  INSERT INTO "AuditEventAccount" ("accountId", sequence)
  SELECT a.id, event.sequence FROM event, LATERAL (
    SELECT unnest(event.accounts) AS id
    UNION SELECT u."accountId" FROM "AccessKey" k JOIN "User" u ON u.id = k."userId" WHERE k.id = event.target
    UNION SELECT split_part(s."roleArn", ':', 5) FROM "RoleSession" s WHERE s."accessKeyId" = event.target
    UNION SELECT split_part(s.principal, ':', 5) FROM "KeySession" s WHERE s."accessKeyId" = event.target) a
   WHERE a.id ~ '^[0-9]{12}$'`;

/** The text is cut first, because a cut can leave half of a surrogate pair. */
function kept(text: string | null): string | null {
  return text === null ? null : storable(text.slice(0, MAX_CHARACTERS));
}

function parametersOf({ parameters }: NewAuditEvent): Readonly<Record<string, string | null>> | null {
  if (parameters == null) return null;
  return Object.fromEntries(Object.entries(parameters).map(([name, text]) => [name, kept(text)]));
}

/** The hashes of the documents that its parameters name, each once. */
function documentsNamedIn({ parameters }: NewAuditEvent): readonly string[] {
  const hashes = Object.values(parameters ?? {}).map((text) => /^sha256:([0-9a-f]{64})$/.exec(text)?.[1] ?? '');
  return [...new Set(hashes.filter((hash) => hash !== ''))];
}

/** The account is the fifth part of an ARN. */
function accountsNamedIn({ principal, target, accountIds = [] }: NewAuditEvent): readonly string[] {
  const named = [principal, target].map((text) => text?.split(':', 5)[4] ?? '');
  return [...accountIds, ...named].filter(isAccountId);
}

/**
 * Adds an event inside the transaction of `sql`; does nothing without an event. A repeated failure is counted at the event of the
 * first one. INVARIANT: the writer holds the lock until its
 * transaction ends, so that numbers follow the order of commits and a reader that continues after a number misses nothing.
 */
export async function addAuditEvent(sql: Sql, event: NewAuditEvent | undefined, revision?: bigint): Promise<void> {
  if (event === undefined) return;
  const key = repetitionKey(event);
  if (key !== null && (await countRepetition(sql, key, event.at))) return;
  await sql.query('SELECT pg_advisory_xact_lock($1::int8)::text', [AUDIT_LOCK]);
  // Another gateway may have added the first one meanwhile.
  if (key !== null && (await countRepetition(sql, key, event.at))) return;
  await insertEvents(sql, [event], key, revision);
}

/**
 * Adds the events of changes that were made together, in their order, as `addAuditEvent` adds one. `revision`: where they led to.
 * None is a failure.
 */
export async function addAuditEvents(sql: Sql, events: readonly NewAuditEvent[], revision: bigint): Promise<void> {
  if (events.length === 0) return;
  await sql.query('SELECT pg_advisory_xact_lock($1::int8)::text', [AUDIT_LOCK]);
  for (const part of batchesOf(sql, events)) await insertEvents(sql, part, null, revision);
}

/** `key`: of all of them. `revision`: left out: each has its own. */
async function insertEvents(
  sql: Sql,
  events: readonly NewAuditEvent[],
  key: string | null,
  revision?: bigint,
): Promise<void> {
  const rows = events.map((event, index) => {
    const known = revision ?? event.revision;
    return {
      n: index + 1,
      at: toIso(event.at),
      outcome: event.outcome,
      revision: known === null ? null : String(known),
      parameters: parametersOf(event),
      accounts: accountsNamedIn(event),
      key,
      documents: documentsNamedIn(event),
      ...Object.fromEntries(TEXTS.map((name) => [name, kept(event[name])])),
    };
  });
  await sql.query(INSERT_EVENTS, [JSON.stringify(rows)]);
}

/** A row of `EVENT_COLUMNS`. */
export type EventRow = Omit<AuditEvent, 'sequence' | 'revision'> & {
  readonly sequence: string;
  readonly revision: string | null;
};

/** The columns of an event `e` and its repetition `r` that are read. */
export const EVENT_COLUMNS = `e.sequence::text, ${millisecondsOf('e.at')} AS at, e.outcome::text,
  e.revision::text, e.parameters, coalesce(r.count, 1) AS count,
  coalesce(${millisecondsOf('r."lastAt"')}, ${millisecondsOf('e.at')}) AS "lastAt", ${TEXTS.map((name) => `e."${name}"`).join(', ')}`;

/** The event of a row. */
export function eventOf({ sequence, revision, ...row }: EventRow): AuditEvent {
  return { ...row, sequence: BigInt(sequence), revision: revision === null ? null : BigInt(revision) };
}

/** The audit trail. */
export function auditEvents({ database }: Store): AuditStore {
  const counts = new AuditCounts();
  return {
    record: (event) => database.transaction('write', (sql) => addAuditEvent(sql, event)),

    list: async (page) => {
      const { text, parameters } = selectPage(EVENT_COLUMNS, page);
      const rows = await database.query<EventRow>(text, parameters);
      return rows.map(eventOf);
    },

    count: (filter) => counts.count(database, filter),
  };
}
