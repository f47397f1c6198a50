import { RolegateError } from '../../policy/errors.ts';
import type { Touched } from '../apply/revision.ts';
import { changeWithEvent } from '../change.ts';
import { dependency } from '../gather/memory.ts';
import { recall } from '../gather/recall.ts';
import { millisecondsOf, toIso } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';
import type { Store } from '../store.ts';
import { endRoleSession } from './end-role-session.ts';
import type { KeySessionRecord, KeySessionStore, NewKeySession } from './key-session-store.ts';

const instant = (column: string): string => `${millisecondsOf(`"${column}"`)} AS "${column}"`;

const SELECT_SESSION = `SELECT id, kind::text, "accessKeyId", "keyId", principal, "userId", "federatedArn", tags,
    "sessionPolicies", "sessionPolicyArns", "roleSessionId", "sourceIp", "userAgent", ${instant('mfaAuthenticatedAt')},
    ${instant('issuedAt')}, ${instant('expiresAt')}, ${instant('endedAt')}
  FROM "KeySession" WHERE id = $1`;

const INSERT_SESSION = `
  INSERT INTO "KeySession" (id, kind, "accessKeyId", "keyId", principal, "userId", "federatedArn", tags,
    "sessionPolicies", "sessionPolicyArns", "mfaAuthenticatedAt", "sourceIp", "userAgent", "issuedAt", "expiresAt")
  SELECT $1, $2::text::"KeySessionKind", $3, $4, $5, $6, $7, $8::text::jsonb, $9::text[], $10::text[],
    $11::text::timestamp(3), $12, $13, $14::text::timestamp(3), $15::text::timestamp(3)
   WHERE $6::text IS NULL OR EXISTS (SELECT 1 FROM "User" u WHERE u.id = $6)
  RETURNING id`;

async function findOne(sql: Sql, id: string): Promise<KeySessionRecord | null> {
  const [row] = await sql.query<KeySessionRecord>(SELECT_SESSION, [id]);
  return row ?? null;
}

async function insert(sql: Sql, session: NewKeySession): Promise<void> {
  const rows = await sql.query(INSERT_SESSION, [
    session.id,
    session.kind,
    session.accessKeyId,
    session.keyId,
    session.principal,
    session.userId,
    session.federatedArn,
    JSON.stringify(session.tags),
    session.sessionPolicies,
    session.sessionPolicyArns,
    session.mfaAuthenticatedAt === null ? null : toIso(session.mfaAuthenticatedAt),
    session.sourceIp,
    session.userAgent,
    toIso(session.issuedAt),
    toIso(session.expiresAt),
  ]);
  if (rows.length === 0) throw new RolegateError('NoSuchEntity', `the user ${session.principal} cannot be found`);
}

/** `federatedArn`: the ARN of a federated user, by which its sessions are read. */
function touchedBy(id: string, federatedArn: string | null = null): readonly Touched[] {
  return [id, ...(federatedArn === null ? [] : [federatedArn])].map((entityId) => ({ entity: 'KeySession', entityId }));
}

/**
 * Puts a sign-in into a role session (null: into none) inside a transaction that holds the write lock; returns the one
 * that it was in. Throws ExpiredToken when the sign-in has ended meanwhile.
 */
export async function setBrowserRole(
  sql: Sql,
  id: string,
  roleSessionId: string | null,
  at: number,
): Promise<{ readonly left: string | null; readonly touched: readonly Touched[] }> {
  const [row] = await sql.query<{ left: string | null }>(
    `UPDATE "KeySession" k SET "roleSessionId" = $2 FROM "KeySession" before
      WHERE k.id = $1 AND before.id = k.id AND k.kind = 'SIGN_IN' AND k."endedAt" IS NULL
        AND k."expiresAt" > $3::text::timestamp(3)
      RETURNING before."roleSessionId" AS left`,
    [id, roleSessionId, toIso(at)],
  );
  if (row === undefined)
    throw new RolegateError('ExpiredToken', 'The security token included in the request is expired');
  return { left: row.left, touched: touchedBy(id) };
}

/** The role session of a sign-in ends with the sign-in, or when it is left. */
async function exitRoleSession(sql: Sql, id: string | null, at: number): Promise<readonly Touched[]> {
  return id === null ? [] : endRoleSession(sql, id, at, 'EXITED');
}

/**
 * Ends the browser sign-ins that were made with a long-term key of `owner`, inside a transaction that holds the write
 * lock, together with their role sessions, which nobody else has held.
 */
export async function endSignIns(
  sql: Sql,
  { keyId, owner }: { readonly keyId: string; readonly owner: string },
  at: number,
): Promise<readonly Touched[]> {
  const rows = await sql.query<{ id: string; roleSessionId: string | null }>(
    `UPDATE "KeySession" SET "endedAt" = $3::text::timestamp(3)
      WHERE principal = $1 AND "keyId" = $2 AND kind = 'SIGN_IN' AND "endedAt" IS NULL
        AND "expiresAt" > $3::text::timestamp(3)
      RETURNING id, "roleSessionId"`,
    [owner, keyId, toIso(at)],
  );
  const touched: Touched[] = [];
  for (const { id, roleSessionId } of rows) {
    touched.push(...touchedBy(id), ...(await exitRoleSession(sql, roleSessionId, at)));
  }
  return touched;
}

/** Key sessions: what principals act with as themselves, beside their long-term keys. */
export function keySessions(store: Store): KeySessionStore {
  const { database, memory } = store;
  return {
    find: async (id) => {
      await store.refreshCredentials();
      return recall<KeySessionRecord | null>(memory, database, `key-session ${id}`, async (sql) => {
        const value = await findOne(sql, id);
        const ofUser = value?.userId == null ? [] : [dependency('User', value.principal)];
        return { value, dependencies: [dependency('KeySession', id), ...ofUser], bytes: 1_500 };
      });
    },

    create: (session, event) =>
      changeWithEvent(store, event, async (sql) => {
        await insert(sql, session);
        return { touched: touchedBy(session.id, session.federatedArn), result: undefined };
      }),

    end: (id, at, event) =>
      changeWithEvent(store, event, async (sql) => {
        const rows = await sql.query<{ roleSessionId: string | null; federatedArn: string | null }>(
          `UPDATE "KeySession" SET "endedAt" = $2::text::timestamp(3) WHERE id = $1 AND "endedAt" IS NULL
           RETURNING "roleSessionId", "federatedArn"`,
          [id, toIso(at)],
        );
        const [row] = rows;
        if (row === undefined) return { touched: [], result: undefined };
        return {
          touched: [...touchedBy(id, row.federatedArn), ...(await exitRoleSession(sql, row.roleSessionId, at))],
          result: undefined,
        };
      }),

    leaveRole: (id, at, event) =>
      changeWithEvent(store, event, async (sql) => {
        const { left, touched } = await setBrowserRole(sql, id, null, at);
        if (left === null) return { touched: [], result: false };
        return { touched: [...touched, ...(await exitRoleSession(sql, left, at))], result: true };
      }),
  };
}
