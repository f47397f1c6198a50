/** Which policies of AWS an account uses, however many users, groups and roles of other accounts use them, too. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { find } from '../../src/directory/find/find.ts';
import { selectCounts, selectPages } from '../../src/directory/find/find-statement.ts';
import type { FindFilter, FindPage } from '../../src/directory/find/find-store.ts';
import type { Database, Sql } from '../../src/directory/prisma/database.ts';
import { openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { openServerDatabase } from '../../src/directory/prisma/server-database.ts';
import { A, allow, B, policy } from '../support/policies.ts';
import { sharedPostgres } from '../support/postgres-server.ts';

const MANY = 5_000;
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const AUDIT = 'arn:aws:iam::aws:policy/SecurityAudit';
const BILLING = 'arn:aws:iam::aws:policy/job-function/Billing';

let database: Database;

beforeAll(async () => {
  const url = await (await sharedPostgres()).createMigrated();
  const directory = await openDirectory({ kind: 'server', url }, await openCatalog());
  const trustPolicy = policy({ ...allow('sts:AssumeRole'), Principal: '*' });
  await directory.apply({
    groups: [{ arn: `arn:aws:iam::${A}:group/auditors`, attachedPolicies: [AUDIT] }],
    roles: [
      { arn: `arn:aws:iam::${A}:role/paying`, trustPolicy, permissionsBoundary: BILLING },
      ...Array.from({ length: MANY }, (_, n) => ({
        arn: `arn:aws:iam::${B}:role/r${n}`,
        trustPolicy,
        attachedPolicies: [READ_ONLY],
        permissionsBoundary: BILLING,
      })),
    ],
  });
  await directory.close();
  database = openServerDatabase(url);
  await database.query('ANALYZE');
}, 400_000);
afterAll(() => database?.close());

const pageOf = (accountId: string, filter: FindFilter = {}): FindPage => ({
  scopes: [{ kind: 'ManagedPolicy', accountIds: [accountId] }],
  filter,
  order: { field: 'ARN', descending: false },
  limit: 100,
});

async function namesOf(page: FindPage): Promise<readonly string[]> {
  // as: of the store, reading lists uses the database alone
  const [found = []] = await find({ database } as Parameters<typeof find>[0]).pages([page]);
  return found.map(({ arn }) => arn);
}

test('are those that are attached in it or are a boundary in it', async () => {
  expect(await namesOf(pageOf(A))).toEqual([AUDIT, BILLING]);
  expect(await namesOf(pageOf(B))).toEqual([READ_ONLY, BILLING]);
  const usedIn = (accountId: string, usage: 'PERMISSIONS_BOUNDARY' | 'PERMISSIONS_POLICY') =>
    namesOf(pageOf(accountId, { usedIn: { accountId, usages: [usage] } }));
  expect(await usedIn(A, 'PERMISSIONS_POLICY')).toEqual([AUDIT]);
  expect(await usedIn(A, 'PERMISSIONS_BOUNDARY')).toEqual([BILLING]);
});

/** https://www.postgresql.org/docs/current/monitoring-stats.html */
async function rowsRead(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ rows: number }>(
    'SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::float8 AS rows FROM pg_stat_xact_user_tables',
  );
  return row?.rows ?? 0;
}

test.each([
  ['a page', (page: FindPage) => selectPages([page])],
  ['their number', (page: FindPage) => selectCounts([page])],
])('%s is read without those of other accounts', async (_what, statement) => {
  const { text, parameters } = statement(pageOf(A));
  const rows = await database.transaction('read', async (sql) => {
    const before = await rowsRead(sql);
    await sql.query(text, parameters);
    return (await rowsRead(sql)) - before;
  });
  expect(rows).toBeLessThan(MANY / 10);
});

test('an attachment that is written without its account, as earlier versions do, gets it', async () => {
  const [row] = await database.query<{ accountId: string }>(
    `INSERT INTO "PolicyAttachment" (id, "policyId", "roleId")
       SELECT 'x', p.id, r.id FROM "ManagedPolicy" p, "Role" r WHERE p.arn = $1 AND r.arn = $2 RETURNING "accountId"`,
    [READ_ONLY, `arn:aws:iam::${A}:role/paying`],
  );
  expect(row).toEqual({ accountId: A });
  await database.query(`DELETE FROM "PolicyAttachment" WHERE id = 'x'`);
});
