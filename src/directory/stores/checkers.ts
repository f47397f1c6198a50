import { LRUCache } from 'lru-cache';
import { RolegateError } from '../../policy/errors.ts';
import type { Touched } from '../apply/revision.ts';
import { changeWithEvent } from '../change.ts';
import { quotaExceeded } from '../entities/holder.ts';
import { dependency } from '../gather/memory.ts';
import { recall } from '../gather/recall.ts';
import { toIso } from '../instants.ts';
import type { Database, Sql } from '../prisma/database.ts';
import type { Store } from '../store.ts';
import type { CheckerMaker, CheckerRecord, CheckerRotation, CheckerStore, NewChecker } from './checker-store.ts';
import { checkersWhere, listOf, recordOf, SELECT_CHECKERS } from './select-checkers.ts';

/** Checkers of one user or role. Those that have expired count until they are revoked. */
const CHECKERS_PER_MAKER = 100;
const CHECKERS_OF_OPERATOR = 10_000;
/** Milliseconds. The first use is written at once. */
const BETWEEN_WRITTEN_USES = 300_000;
/** Checkers whose last written use is remembered. */
const MOST_REMEMBERED = 20_000;

/** Other ids are not looked up. */
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

function touchedBy(id: string): readonly Touched[] {
  return [{ entity: 'Checker', entityId: id }];
}

export function noSuchChecker(id: string): RolegateError {
  return new RolegateError('NoSuchEntity', `The checker with id ${id.slice(0, 128)} cannot be found.`, {
    field: 'checkerId',
  });
}

/** The columns of a maker, from `userId` on. */
function columnsOf(maker: CheckerMaker): readonly (string | null)[] {
  if (maker.kind === 'user') return [maker.id, null, maker.keyId, maker.keySessionId, null];
  if (maker.kind === 'role') return [null, maker.id, null, null, maker.roleSessionId];
  return [null, null, null, null, null];
}

async function checkAccounts(sql: Sql, accountIds: readonly string[] | null): Promise<void> {
  if (accountIds === null) return;
  const [missing] = await sql.query<{ id: string }>(
    'SELECT given.id FROM unnest($1::text[]) AS given(id) WHERE NOT EXISTS (SELECT 1 FROM "Account" a WHERE a.id = given.id)',
    [accountIds],
  );
  if (missing === undefined) return;
  throw new RolegateError('NoSuchEntity', `the account ${missing.id} cannot be found`, { field: 'accountIds' });
}

/** The user or role may have been deleted since its caller was let in. */
async function checkMaker(sql: Sql, maker: CheckerMaker): Promise<void> {
  const makerId = maker.kind === 'operator' ? null : maker.id;
  const [found] = await sql.query<{ exists: boolean; checkers: number }>(
    `SELECT $1::text IS NULL OR EXISTS (SELECT 1 FROM "User" WHERE id = $1) OR EXISTS (SELECT 1 FROM "Role" WHERE id = $1) AS exists,
        (SELECT count(*)::int4 FROM "Checker" c WHERE coalesce(c."userId", c."roleId") IS NOT DISTINCT FROM $1) AS checkers`,
    [makerId],
  );
  if (found?.exists !== true) throw new RolegateError('NoSuchEntity', 'the maker of the checker cannot be found');
  const most = makerId === null ? CHECKERS_OF_OPERATOR : CHECKERS_PER_MAKER;
  if (found.checkers >= most) throw quotaExceeded('CheckersPerMaker', most, 'name');
}

async function insert(sql: Sql, checker: NewChecker): Promise<void> {
  await checkAccounts(sql, checker.accountIds);
  await checkMaker(sql, checker.maker);
  await sql.query(
    `INSERT INTO "Checker" (id, name, "tokenHash", "allAccounts", "accountIds", actions, search, maker, "createdAt",
        "expiresAt", "userId", "roleId", "keyId", "keySessionId", "roleSessionId")
     VALUES ($1, $2, $3, $4, $5::text[], $6::text[], $7, $8, $9::text::timestamp(3), $10::text::timestamp(3), $11, $12,
        $13, $14, $15)`,
    [
      checker.id,
      checker.name,
      checker.tokenHash,
      checker.accountIds === null,
      checker.accountIds ?? [],
      checker.actions,
      checker.search,
      checker.madeBy,
      toIso(checker.createdAt),
      toIso(checker.expiresAt),
      ...columnsOf(checker.maker),
    ],
  );
}

/** False: there is no such checker, or it no longer has the token that is to be replaced. */
async function rotate(sql: Sql, rotation: CheckerRotation): Promise<boolean> {
  const { id, tokenHash, at, expiresAt, replaced, maker } = rotation;
  const rotated = await sql.query(ROTATE, [
    id,
    tokenHash,
    toIso(at),
    expiresAt === null ? null : toIso(expiresAt),
    replaced,
    maker?.madeBy ?? null,
    ...columnsOf(maker?.by ?? { kind: 'operator' }),
  ]);
  return rotated.length > 0;
}

const ROTATE = `UPDATE "Checker" SET "tokenHash" = $2, "rotatedAt" = $3::text::timestamp(3),
    "expiresAt" = coalesce($4::text::timestamp(3), "expiresAt"), maker = coalesce($6, maker),
    "userId" = CASE WHEN $6::text IS NULL THEN "userId" ELSE $7 END,
    "roleId" = CASE WHEN $6::text IS NULL THEN "roleId" ELSE $8 END,
    "keyId" = CASE WHEN $6::text IS NULL THEN "keyId" ELSE $9 END,
    "keySessionId" = CASE WHEN $6::text IS NULL THEN "keySessionId" ELSE $10 END,
    "roleSessionId" = CASE WHEN $6::text IS NULL THEN "roleSessionId" ELSE $11 END
  WHERE id = $1 AND ($5::text IS NULL OR "tokenHash" = $5) RETURNING id`;

/** Writes the use of a checker, unless one was written shortly before. */
function usesOf(database: Database): CheckerStore['use'] {
  const written = new LRUCache<string, number>({ max: MOST_REMEMBERED });
  return async ({ id, lastUsedAt }, at) => {
    const last = written.get(id) ?? lastUsedAt;
    if (last !== null && at - last < BETWEEN_WRITTEN_USES) return;
    // Before the writing: of many uses at once, one is written.
    written.set(id, at);
    await database.query(
      `UPDATE "Checker" SET "lastUsedAt" = $2::text::timestamp(3)
        WHERE id = $1 AND ("lastUsedAt" IS NULL OR "lastUsedAt" < $2::text::timestamp(3))`,
      [id, toIso(at)],
    );
  };
}

/** Checkers. */
export function checkers(store: Store): CheckerStore {
  const { database, memory } = store;
  const select = async (condition: string, value: string): Promise<CheckerRecord | null> => {
    const [row] = await database.query<Parameters<typeof recordOf>[0]>(`${SELECT_CHECKERS} WHERE ${condition}`, [
      value,
    ]);
    return row === undefined ? null : recordOf(row);
  };
  return {
    find: async (tokenHash) => {
      await store.refreshCredentials();
      return recall<CheckerRecord | null>(memory, database, `checker ${tokenHash}`, async () => {
        const value = await select('c."tokenHash" = $1', tokenHash);
        const maker = value?.maker ?? { kind: 'operator' };
        const dependencies = [
          dependency('Checker', value?.id ?? tokenHash),
          ...(maker.kind === 'user' ? [dependency('User', maker.arn)] : []),
          ...(maker.kind === 'role' ? [dependency('Role', maker.arn)] : []),
        ];
        return { value, dependencies, bytes: 1_000 + 30 * (value?.accountIds?.length ?? 0) };
      });
    },

    get: async (id) => (UUID.test(id) ? select('c.id = $1', id) : null),

    list: (page) => listOf(database, page),

    count: async (filter) => {
      const { condition, parameters } = checkersWhere(filter);
      const [row] = await database.query<{ checkers: number }>(
        `SELECT count(*)::int4 AS checkers FROM "Checker" c WHERE ${condition}`,
        parameters,
      );
      return row?.checkers ?? 0;
    },

    create: (checker, event) =>
      changeWithEvent(store, event, async (sql) => {
        await insert(sql, checker);
        return { touched: [...touchedBy(checker.id), ...touchedBy(checker.tokenHash)], result: undefined };
      }),

    rotate: (rotation, event) =>
      changeWithEvent(store, event, async (sql) => {
        const { id, tokenHash } = rotation;
        if (!(await rotate(sql, rotation))) throw noSuchChecker(id);
        return { touched: [...touchedBy(id), ...touchedBy(tokenHash)], result: undefined };
      }),

    remove: (id, event) =>
      changeWithEvent(store, event, async (sql) => {
        const removed = await sql.query('DELETE FROM "Checker" WHERE id = $1 RETURNING id', [id]);
        if (removed.length === 0) throw noSuchChecker(id);
        return { touched: touchedBy(id), result: undefined };
      }),

    use: usesOf(database),
  };
}
