import type { AuditEvent, AuditFilter, AuditStore, NewAuditEvent } from './audit-store.ts';
import type { Sql } from './prisma/database.ts';
import type { Store } from './store.ts';

/** Any number, the same in every gateway: the advisory lock of who adds to the audit trail. */
const AUDIT_LOCK = 7_265_117_002;
const MAX_PAGE = 1_001;
const EPOCH = `(extract(epoch FROM at) * 1000)::float8`;

/** Kept with each event as they are; `at` and the sequence are not among them. */
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

/** Longer ones are cut: what a client says about itself must not fill the trail. */
const MAX_CHARACTERS = 2_048;

const COLUMNS = TEXTS.map((name) => `"${name}"`).join(', ');
const VALUES = TEXTS.map((_, index) => `$${index + 5}`).join(', ');

function storable(text: string | null): string | null {
  // PostgreSQL's texts hold no NUL, and its JSON no half of a surrogate pair, which cutting can leave as well.
  return text === null ? null : Buffer.from(text.replaceAll('\0', '\ufffd').slice(0, MAX_CHARACTERS)).toString();
}

function parametersOf({ parameters }: NewAuditEvent): string | null {
  if (parameters == null) return null;
  return JSON.stringify(Object.fromEntries(Object.entries(parameters).map(([name, text]) => [name, storable(text)])));
}

/**
 * Adds an event inside the transaction of `sql`; nothing without one. INVARIANT: whoever adds holds the lock until its
 * transaction ends, so that numbers are given in the order of commits and a reader that goes on after a number misses nothing.
 */
export async function addAuditEvent(sql: Sql, event: NewAuditEvent | undefined, revision?: bigint): Promise<void> {
  if (event === undefined) return;
  await sql.query('SELECT pg_advisory_xact_lock($1::int8)::text', [AUDIT_LOCK]);
  const known = revision ?? event.revision;
  await sql.query(
    `INSERT INTO "AuditEvent" (at, outcome, revision, parameters, ${COLUMNS})
     VALUES ($1::text::timestamp(3), $2::text::"AuditOutcome", $3::text::bigint, $4::text::jsonb, ${VALUES})`,
    [
      new Date(event.at).toISOString(),
      event.outcome,
      known === null ? null : String(known),
      parametersOf(event),
      ...TEXTS.map((name) => storable(event[name])),
    ],
  );
}

type AuditRow = Omit<AuditEvent, 'sequence' | 'revision'> & {
  readonly sequence: string;
  readonly revision: string | null;
};

/** Null where a filter says nothing. */
function filterParameters(filter: AuditFilter): readonly (string | readonly string[] | null)[] {
  const { principal, target, event, outcome, roleSessionId, from, until, accountIds } = filter;
  const instant = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());
  return [
    principal ?? null,
    target ?? null,
    event ?? null,
    outcome ?? null,
    roleSessionId ?? null,
    instant(from),
    instant(until),
    accountIds ?? null,
  ];
}

/** The account is the fifth part of an ARN, or, of an import, all of the target. Who signs in with a wrong secret is nobody yet: there, the key says whose it is. */
const FILTERED = `FROM "AuditEvent" e
 WHERE ($1::text IS NULL OR e.principal = $1) AND ($2::text IS NULL OR e.target = $2)
   AND ($3::text IS NULL OR e.event = $3) AND ($4::text IS NULL OR e.outcome = $4::"AuditOutcome")
   AND ($5::text IS NULL OR e."roleSessionId" = $5)
   AND ($6::text IS NULL OR e.at >= $6::text::timestamp(3)) AND ($7::text IS NULL OR e.at < $7::text::timestamp(3))
   AND ($8::text[] IS NULL OR split_part(e.principal, ':', 5) = ANY($8) OR split_part(e.target, ':', 5) = ANY($8) OR e.target = ANY($8)
     OR EXISTS (SELECT 1 FROM "AccessKey" k JOIN "User" u ON u.id = k."userId"
                 WHERE k.id = e.target AND u."accountId" = ANY($8)))`;

const SELECT_EVENTS = `SELECT e.sequence::text, ${EPOCH} AS at, outcome::text, revision::text, parameters, ${COLUMNS} ${FILTERED}
   AND ($9::text IS NULL OR e.sequence > $9::text::bigint) AND ($10::text IS NULL OR e.sequence < $10::text::bigint)`;

/** The audit trail. */
export function auditEvents({ database }: Store): AuditStore {
  return {
    record: (event) => database.transaction('write', (sql) => addAuditEvent(sql, event)),

    list: async ({ after, before, limit, newest = false, filter = {} }) => {
      const most = Math.min(Math.max(Math.trunc(limit), 1), MAX_PAGE);
      const rows = await database.query<AuditRow>(
        `${SELECT_EVENTS} ORDER BY e.sequence ${newest ? 'DESC' : 'ASC'} LIMIT $11`,
        [...filterParameters(filter), after?.toString() ?? null, before?.toString() ?? null, most],
      );
      return rows.map((row) => ({
        ...row,
        sequence: BigInt(row.sequence),
        revision: row.revision === null ? null : BigInt(row.revision),
      }));
    },

    count: async (filter) => {
      const [row] = await database.query<{ events: number }>(
        `SELECT count(*)::int4 AS events ${FILTERED}`,
        filterParameters(filter),
      );
      return row?.events ?? 0;
    },
  };
}
