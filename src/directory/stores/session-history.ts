import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { toIso } from '../instants.ts';
import { Parameters } from '../parameters.ts';
import type { Sql } from '../prisma/database.ts';
import type { RoleSessionWhere } from '../read-model.ts';

/** The sessions that a caller has made, or calls with. */
export type OwnSessions =
  /** The session with this id, and those that were chained from it. */
  | { readonly kind: 'in'; readonly sessionId: string }
  /** Those of a principal, by its principal id. `userId`: of a user, by its unique id instead: it may have been renamed since. Null: it is no user. */
  | { readonly kind: 'by'; readonly assumedBy: string; readonly userId: string | null };

/** Role sessions that meet every condition given. None of it changes while a session is there. */
export interface SessionFilter {
  /** ARN of the role when it was assumed. */
  readonly role?: string;
  /** Unique id of a role that has not been deleted. */
  readonly roleId?: string;
  /** Principal id. */
  readonly assumedBy?: string;
  /** The beginning of the ARNs of roles: all that end in `role/`. */
  readonly rolesBelow?: string;
  /** Those of these roles, and `own` (null: there are none). Left out: all. */
  readonly visible?: { readonly roles: readonly string[]; readonly own: OwnSessions | null };
}

/** LIVE: it can be used. ENDED: it was left or replaced, has expired, or its role was deleted. */
export type SessionState = 'LIVE' | 'ENDED';

/** How many sessions can be used, by their kind; of each up to `MOST_LIVE` are counted. */
export interface LiveSessions {
  /** Of roles. */
  readonly role: number;
  /** Of browsers. */
  readonly signIn: number;
  /** Temporary credentials of users. */
  readonly credentials: number;
}

/** What is counted of a kind of live sessions: they are counted again and again. */
export const MOST_LIVE = 100_000;

/** The sessions that were, and are. */
export interface SessionHistory {
  /** How many there are now, by indexes of those that have not ended. `now`: milliseconds since 1970. */
  live(now: number): Promise<LiveSessions>;
  /** The number of sessions of a filter; null: in whatever state. `now`: milliseconds since 1970. */
  count(filter: SessionFilter, state: SessionState | null, now: number): Promise<number>;
  /** ARNs of roles that have or had sessions, below any of the beginnings `below` (`…:role/`); at most `most`. */
  roles(below: readonly string[], most: number): Promise<readonly string[]>;
}

/** Sessions that are in a state at `now`, for the read model. Null: in any. */
export function inState(state: SessionState | null | undefined, now: number): RoleSessionWhere {
  if (state == null) return {};
  const live: RoleSessionWhere = { endedAt: null, roleId: { not: null }, expiresAt: { gt: new Date(now) } };
  return state === 'LIVE' ? live : { NOT: live };
}

/** A filter for the read model. */
export function whereOf(
  { role, roleId, assumedBy, rolesBelow, visible }: SessionFilter,
  state: SessionState | null,
  now: number,
): RoleSessionWhere {
  return {
    AND: [
      inState(state, now),
      role === undefined ? {} : { roleArn: role },
      roleId === undefined ? {} : { roleId },
      assumedBy === undefined ? {} : { assumedBy },
      rolesBelow === undefined ? {} : { roleArn: { startsWith: rolesBelow } },
      visible === undefined ? {} : { OR: [{ roleArn: { in: [...visible.roles] } }, ownWhere(visible.own)] },
    ],
  };
}

function ownWhere(own: OwnSessions | null): RoleSessionWhere {
  if (own === null) return { id: { in: [] } };
  if (own.kind === 'in') return { OR: [{ id: own.sessionId }, { parentId: own.sessionId }] };
  return own.userId === null ? { assumedBy: own.assumedBy } : { assumedById: own.userId };
}

/** The same filter on a row `s`, as SQL. */
function conditionsOf({ role, roleId, assumedBy, rolesBelow, visible }: SessionFilter, parameters: Parameters): string {
  const conditions = ['true'];
  if (role !== undefined) conditions.push(`s."roleArn" = ${parameters.add(role)}`);
  if (roleId !== undefined) conditions.push(`s."roleId" = ${parameters.add(roleId)}`);
  if (assumedBy !== undefined) conditions.push(`s."assumedBy" = ${parameters.add(assumedBy)}`);
  if (rolesBelow !== undefined) conditions.push(below('s."roleArn"', parameters.add(rolesBelow)));
  if (visible !== undefined) {
    const ofRoles = `s."roleArn" = ANY(${parameters.add(visible.roles)}::text[])`;
    conditions.push(`(${[ofRoles, ...ownConditions(visible.own, parameters)].join(' OR ')})`);
  }
  return conditions.join(' AND ');
}

function ownConditions(own: OwnSessions | null, parameters: Parameters): readonly string[] {
  if (own === null) return [];
  if (own.kind === 'in') {
    const id = parameters.add(own.sessionId);
    return [`s.id = ${id}`, `s."parentId" = ${id}`];
  }
  const { userId, assumedBy } = own;
  return [
    userId === null ? `s."assumedBy" = ${parameters.add(assumedBy)}` : `s."assumedById" = ${parameters.add(userId)}`,
  ];
}

/** Whether an ARN begins so, by its index: `role0` is the first text behind all that begin with `role/`. */
function below(column: string, beginning: string): string {
  return `${column} ~>=~ ${beginning} AND ${column} ~<~ (left(${beginning}, -1) || '0')`;
}

/** Filters whose counts are remembered. */
const MOST_FILTERS = 1_000;
/** Names in the log of changes since a count was remembered; of more, all sessions are counted again. */
const MOST_MADE = 4_000;

/** The sessions of a filter at a revision, when so many had been pruned. */
interface Counted {
  readonly revision: string;
  readonly pruned: string | null;
  readonly all: number;
}

interface CountRow extends Counted {
  readonly live: number;
}

interface LaterRow extends CountRow {
  /** Null: the log of changes does not say. */
  readonly made: number | null;
}

/**
 * Counts sessions. What was counted once is remembered: sessions are made by changes, and the log of changes says which since. They
 * go by pruning alone, after which a count begins anew.
 */
class SessionCounts {
  readonly #remembered = new LRUCache<string, Counted>({ max: MOST_FILTERS });

  async count(sql: Sql, filter: SessionFilter, state: SessionState | null, now: number): Promise<number> {
    const key = createHash('sha256').update(JSON.stringify(filter)).digest('base64');
    const known = this.#remembered.get(key);
    const counted = (known && (await countLater(sql, filter, now, known))) ?? (await countAll(sql, filter, now));
    const { live, ...rest } = counted;
    this.#remembered.set(key, rest);
    if (state === null) return rest.all;
    return state === 'LIVE' ? live : rest.all - live;
  }
}

/** Those that can be used at $1, by an index of those that have not ended. */
const LIVE = `s."endedAt" IS NULL AND s."roleId" IS NOT NULL AND s."expiresAt" > $1::text::timestamp(3)`;

/** One statement: what is counted is of the revision that it says. */
async function countAll(sql: Sql, filter: SessionFilter, now: number): Promise<CountRow> {
  const parameters = new Parameters();
  parameters.add(toIso(now));
  const of = conditionsOf(filter, parameters);
  const [row] = await sql.query<CountRow>(
    `SELECT t.revision::text AS revision, t."prunedSessions"::text AS pruned,
        (SELECT count(*)::int4 FROM "RoleSession" s WHERE ${of}) AS all,
        (SELECT count(*)::int4 FROM "RoleSession" s WHERE ${LIVE} AND ${of}) AS live
       FROM "DirectoryState" t WHERE t.id = 1`,
    parameters.values,
  );
  if (row === undefined) throw new Error('the directory has lost its state row');
  return row;
}

/** Null: it cannot be told from what is known. */
async function countLater(sql: Sql, filter: SessionFilter, now: number, known: Counted): Promise<CountRow | null> {
  const parameters = new Parameters();
  parameters.add(toIso(now));
  const since = `${parameters.add(known.revision)}::text::bigint`;
  const of = conditionsOf(filter, parameters);
  // Each session that was made is looked up by its id; the change of one names its ARN, too, which is no id.
  const [row] = await sql.query<LaterRow>(
    `WITH made AS MATERIALIZED (
       SELECT DISTINCT "entityId" AS id FROM "DirectoryChange" WHERE revision > ${since} AND entity = 'RoleSession' LIMIT ${MOST_MADE + 1})
     SELECT t.revision::text AS revision, t."prunedSessions"::text AS pruned,
        CASE WHEN ${since} < greatest(t."restoredRevision", t."prunedRevision") THEN NULL ELSE (SELECT count(*)::int4 FROM made) END AS made,
        (SELECT count(*)::int4 FROM made
          CROSS JOIN LATERAL (SELECT * FROM "RoleSession" WHERE id = made.id LIMIT 1) s WHERE ${of}) AS all,
        (SELECT count(*)::int4 FROM "RoleSession" s WHERE ${LIVE} AND ${of}) AS live
       FROM "DirectoryState" t WHERE t.id = 1`,
    parameters.values,
  );
  if (row === undefined || row.made === null || row.made > MOST_MADE || row.pruned !== known.pruned) return null;
  return { revision: row.revision, pruned: row.pruned, all: known.all + row.all, live: row.live };
}

const SELECT_LIVE = `
  WITH own AS MATERIALIZED (
    SELECT k.kind = 'SIGN_IN' AS browser FROM "KeySession" k
     WHERE least(k."endedAt", k."expiresAt") > $1::text::timestamp(3) AND k."endedAt" IS NULL LIMIT ${2 * MOST_LIVE})
  SELECT (SELECT count(*)::int4 FROM (SELECT 1 FROM "RoleSession" s WHERE ${LIVE} LIMIT ${MOST_LIVE}) r) AS role,
         least((SELECT count(*)::int4 FROM own WHERE browser), ${MOST_LIVE}) AS "signIn",
         least((SELECT count(*)::int4 FROM own WHERE NOT browser), ${MOST_LIVE}) AS credentials`;

/** From one role to the next in the index: sessions of one role can be a million. */
const SELECT_ROLES = `
  SELECT r."roleArn" FROM unnest($1::text[]) AS b(beginning) CROSS JOIN LATERAL (
    WITH RECURSIVE roles AS (
      (SELECT s."roleArn" FROM "RoleSession" s WHERE ${below('s."roleArn"', 'b.beginning')} ORDER BY s."roleArn" USING ~<~ LIMIT 1)
      UNION ALL
      SELECT (SELECT s."roleArn" FROM "RoleSession" s
               WHERE s."roleArn" ~>~ roles."roleArn" AND ${below('s."roleArn"', 'b.beginning')}
               ORDER BY s."roleArn" USING ~<~ LIMIT 1)
        FROM roles WHERE roles."roleArn" IS NOT NULL)
    SELECT "roleArn" FROM roles WHERE "roleArn" IS NOT NULL LIMIT $2::int4) r LIMIT $2::int4`;

/** The history of role sessions in a database. */
export function sessionHistory(sql: Sql): SessionHistory {
  const counts = new SessionCounts();
  return {
    live: async (now) => {
      const [row] = await sql.query<LiveSessions>(SELECT_LIVE, [toIso(now)]);
      return row ?? { role: 0, signIn: 0, credentials: 0 };
    },
    count: (filter, state, now) => counts.count(sql, filter, state, now),
    roles: async (beginnings, most) => {
      const rows = await sql.query<{ roleArn: string }>(SELECT_ROLES, [beginnings, most]);
      return rows.map(({ roleArn }) => roleArn);
    },
  };
}
