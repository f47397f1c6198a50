import { RolegateError } from '../../policy/errors.ts';
import type { Touched } from '../apply/revision.ts';
import { changeWithEvent } from '../change.ts';
import { dependency } from '../gather/memory.ts';
import { recall } from '../gather/recall.ts';
import { SESSION_JSON } from '../gather/rows.ts';
import { toIso } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';
import type { Store } from '../store.ts';
import { endRoleSession } from './end-role-session.ts';
import { setBrowserRole } from './key-sessions.ts';
import type { RoleSessionCompanions, RoleSessionRecord, RoleSessionStore } from './session-store.ts';

// Sessions end with their role: those of a deleted role are history and belong to nobody.
const SELECT_SESSION = `SELECT ${SESSION_JSON} AS session FROM "RoleSession" s JOIN "Role" r ON r.id = s."roleId"`;

async function findOne(sql: Sql, id: string): Promise<RoleSessionRecord | null> {
  const [row] = await sql.query<{ session: RoleSessionRecord }>(`${SELECT_SESSION} WHERE s.id = $1`, [id]);
  return row?.session ?? null;
}

const INSERT_SESSION = `
  INSERT INTO "RoleSession" (id, "accessKeyId", arn, "roleId", "roleArn", "roleSessionName", "sourceIdentity", tags,
    "transitiveTagKeys", "sessionPolicies", "sessionPolicyArns", "assumedBy", "assumedById", "parentId", "issuedAt",
    "expiresAt", "federatedProvider", "federatedSubject", "mfaAuthenticatedAt", "sourceIp", "userAgent")
  SELECT $1, $2, $3, r.id, r.arn, $5, $6, $7::text::jsonb, $8::text[], $9::text[], $10::text[], $11, $12, $13,
    $14::text::timestamp(3), $15::text::timestamp(3), $16, $17, $18::text::timestamp(3), $19, $20
    FROM "Role" r WHERE r.id = $4
  RETURNING id`;

/** False: its role no longer exists. */
async function insert(
  sql: Sql,
  session: Omit<RoleSessionRecord, 'endedAt'>,
  { origin }: RoleSessionCompanions,
): Promise<boolean> {
  const rows = await sql.query(INSERT_SESSION, [
    session.id,
    session.accessKeyId,
    session.arn,
    session.roleId,
    session.roleSessionName,
    session.sourceIdentity,
    JSON.stringify(session.tags),
    session.transitiveTagKeys,
    session.sessionPolicies,
    session.sessionPolicyArns,
    session.assumedBy,
    session.assumedById,
    session.parentId,
    toIso(session.issuedAt),
    toIso(session.expiresAt),
    session.federatedProvider,
    origin?.federatedSubject ?? null,
    origin?.mfaAuthenticatedAt == null ? null : toIso(origin.mfaAuthenticatedAt),
    origin?.sourceIp ?? null,
    origin?.userAgent ?? null,
  ]);
  return rows.length > 0;
}

async function createSession(
  sql: Sql,
  session: Omit<RoleSessionRecord, 'endedAt'>,
  companions: RoleSessionCompanions,
): Promise<readonly Touched[]> {
  if (!(await insert(sql, session, companions))) {
    throw new RolegateError('NoSuchEntity', `the role ${session.roleArn} cannot be found`);
  }
  const touched = [session.arn, session.id].map((entityId) => ({ entity: 'RoleSession', entityId }));
  const { signInId } = companions;
  if (signInId === undefined) return touched;
  const { left, touched: signIn } = await setBrowserRole(sql, signInId, session.id, session.issuedAt);
  const ended = left === null ? [] : await endRoleSession(sql, left, session.issuedAt, 'SWITCHED');
  return [...touched, ...signIn, ...ended];
}

/** Role sessions. Creating and ending one touches the sessions of its ARN and nothing else. */
export function roleSessions(store: Store): RoleSessionStore {
  const { database, memory } = store;
  return {
    find: async (id) => {
      await store.refreshCredentials();
      return recall(memory, database, `session ${id}`, async (sql) => {
        const value = await findOne(sql, id);
        // A session exists once it is created here; a look-up by its id before that is repeated later.
        const dependencies =
          value === null
            ? [dependency('RoleSession', id)]
            : [dependency('RoleSession', value.arn), dependency('Role', value.roleArn)];
        return { value, dependencies, bytes: 1_500 };
      });
    },

    live: async (arn, now) => {
      const rows = await database.query<{ session: RoleSessionRecord }>(
        `${SELECT_SESSION} WHERE s.arn = $1 AND s."endedAt" IS NULL AND s."expiresAt" > $2::text::timestamp(3)
           ORDER BY s."issuedAt" DESC, s.id`,
        [arn, toIso(now)],
      );
      return rows.map((row) => row.session);
    },

    create: (session, companions = {}) =>
      changeWithEvent(store, companions.event, async (sql) => ({
        touched: await createSession(sql, session, companions),
        result: undefined,
      })),

    end: (id, at, reason, event) =>
      changeWithEvent(store, event, async (sql) => {
        const touched = await endRoleSession(sql, id, at, reason);
        return { touched, result: await findOne(sql, id) };
      }),
  };
}
