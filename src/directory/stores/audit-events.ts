import { isAccountId } from '../../policy/principal-id.ts';
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
 * Stores an event and the accounts it is about: $5 are those that can be read off it, $6 is the access key that its target may
 * be. $7 is what a repeated failure has in common with it; null: it is none. $8 are the hashes of the documents in its parameters.
 */
const INSERT_EVENT = `WITH added AS (
    INSERT INTO "AuditEvent" (at, outcome, revision, parameters, ${COLUMNS})
    VALUES ($1::text::timestamp(3), $2::text::"AuditOutcome", $3::text::bigint, $4::text::jsonb,
      ${TEXTS.map((_, index) => `$${index + 9}`).join(', ')})
    RETURNING sequence, at),
  counted AS (
    INSERT INTO "AuditRepetition" (sequence, key, "firstAt", "lastAt", count)
    SELECT sequence, $7, at, at, 1 FROM added WHERE $7::text IS NOT NULL),
  documented AS (
    INSERT INTO "AuditEventDocument" (hash, sequence) SELECT h.hash, added.sequence FROM added, unnest($8::text[]) AS h(hash)),
  spanned AS (
    INSERT INTO "AuditSpan" AS s (block, earliest, latest)
    SELECT sequence / ${SPAN}, at, at FROM added
    ON CONFLICT (block) DO UPDATE SET earliest = least(s.earliest, excluded.earliest), latest = greatest(s.latest, excluded.latest))
  INSERT INTO "AuditEventAccount" ("accountId", sequence)
  SELECT a.id, added.sequence FROM added, (
    SELECT unnest($5::text[]) AS id
    UNION SELECT u."accountId" FROM "AccessKey" k JOIN "User" u ON u.id = k."userId" WHERE k.id = $6
    UNION SELECT split_part(s."roleArn", ':', 5) FROM "RoleSession" s WHERE s."accessKeyId" = $6
    UNION SELECT split_part(s.principal, ':', 5) FROM "KeySession" s WHERE s."accessKeyId" = $6) a
   WHERE a.id ~ '^[0-9]{12}$'`;

/** The text is cut first, because a cut can leave half of a surrogate pair. */
function kept(text: string | null): string | null {
  return text === null ? null : storable(text.slice(0, MAX_CHARACTERS));
}

function parametersOf({ parameters }: NewAuditEvent): string | null {
  if (parameters == null) return null;
  return JSON.stringify(Object.fromEntries(Object.entries(parameters).map(([name, text]) => [name, kept(text)])));
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
  const known = revision ?? event.revision;
  await sql.query(INSERT_EVENT, [
    toIso(event.at),
    event.outcome,
    known === null ? null : String(known),
    parametersOf(event),
    accountsNamedIn(event),
    kept(event.target),
    key,
    documentsNamedIn(event),
    ...TEXTS.map((name) => kept(event[name])),
  ]);
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
