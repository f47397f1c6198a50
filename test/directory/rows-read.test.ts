/** How many rows the database reads for one decision, in tables of many rows: as many as it is about, however many there are. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { readAccountRows } from '../../src/directory/gather/account-rows.ts';
import { type EntityNames, readEntityRows } from '../../src/directory/gather/rows.ts';
import type { Database, Sql } from '../../src/directory/prisma/database.ts';
import { openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { openServerDatabase } from '../../src/directory/prisma/server-database.ts';
import { A, allow, policy, userArn } from '../support/policies.ts';
import { sharedPostgres } from '../support/postgres-server.ts';

const MANY = 10_000;
/** A table that is read whole has more rows. */
const FEW = 1_000;
/** The revision before the last one. */
const LAST = BigInt(MANY) - 1n;
const POLICY = `arn:aws:iam::${A}:policy/p`;
const GROUP = `arn:aws:iam::${A}:group/g`;
const NOBODY: EntityNames = {
  users: [],
  roles: [],
  sessions: [],
  resources: [],
  policies: [],
  federated: [],
  endpoints: [],
};

/**
 * By this transaction, and by those before it on its connection that are not yet reported:
 * https://www.postgresql.org/docs/current/monitoring-stats.html
 */
const ROWS_READ = `SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::float8 AS rows FROM pg_stat_xact_user_tables`;

let database: Database;

beforeAll(async () => {
  const url = await (await sharedPostgres()).createMigrated();
  const directory = await openDirectory({ kind: 'server', url }, await openCatalog());
  await directory.apply({
    accounts: [{ id: A, membership: { organizationId: 'o-many', unitId: null } }],
    organizations: [
      {
        id: 'o-many',
        rootId: 'r-root',
        managementAccountId: A,
        controlPolicies: [
          { id: 'p-full', type: 'SERVICE_CONTROL_POLICY', name: 'Full', document: policy(allow('*')), targets: [A] },
        ],
      },
    ],
    policies: [
      { arn: POLICY, defaultVersionId: 'v1', versions: [{ versionId: 'v1', document: policy(allow('s3:*')) }] },
    ],
    groups: [{ arn: GROUP, attachedPolicies: [POLICY] }],
    users: [{ arn: userArn('u'), attachedPolicies: [POLICY], groups: [GROUP] }],
    roles: [{ arn: `arn:aws:iam::${A}:role/r`, trustPolicy: policy({ ...allow('sts:AssumeRole'), Principal: '*' }) }],
  });
  await directory.close();
  database = openServerDatabase(url);
  // Plans that are kept are made of what is there now, and nobody says to the server how much it is afterwards.
  await database.transaction('look-up', readEverything);
  await database.transaction('write', async (sql) => {
    for (const table of ['User', 'Group', 'Role', 'ManagedPolicy']) {
      await sql.query(
        `INSERT INTO "${table}" SELECT (jsonb_populate_record(t, jsonb_build_object('id', t.id || n, 'arn', t.arn || n, 'name', t.name || n))).*
           FROM "${table}" t CROSS JOIN generate_series(1, ${MANY}) AS n`,
      );
    }
    await sql.query(
      `INSERT INTO "GroupMembership" SELECT u.id, g.id FROM "User" u JOIN "Group" g ON substr(u.arn, strpos(u.arn, '/') + 2) = substr(g.arn, strpos(g.arn, '/') + 2)
       ON CONFLICT DO NOTHING`,
    );
    await sql.query(
      `INSERT INTO "ControlPolicyAttachment" SELECT "organizationId", "policyId", (200000000000 + n)::text
         FROM "ControlPolicyAttachment" CROSS JOIN generate_series(1, ${MANY}) AS n`,
    );
    await sql.query(
      `INSERT INTO "DirectoryChange" (revision, entity, "entityId") SELECT n, 'User', 'u' || n FROM generate_series(10, ${MANY}) AS n`,
    );
    await sql.query(`UPDATE "DirectoryState" SET revision = ${MANY}`);
  });
}, 400_000);
afterAll(() => database?.close());

async function readEverything(sql: Sql): Promise<void> {
  await readEntityRows(sql, NOBODY, 0n, Date.now());
  await readAccountRows(sql, [A]);
}

async function rowsRead(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ rows: number }>(ROWS_READ);
  return row?.rows ?? 0;
}

async function rowsFor(kind: 'read' | 'look-up', read: (sql: Sql) => Promise<unknown>): Promise<number> {
  return database.transaction(kind, async (sql) => {
    const readBefore = await rowsRead(sql);
    await read(sql);
    return (await rowsRead(sql)) - readBefore;
  });
}

const ASKED: readonly (readonly [string, Partial<EntityNames>])[] = [
  ['a user', { users: [userArn('u')] }],
  ['a role', { roles: [`arn:aws:iam::${A}:role/r`] }],
  ['a session', { sessions: [`arn:aws:sts::${A}:assumed-role/r/s`] }],
  ['a policy', { policies: [POLICY] }],
  ['a resource that is not stored', { resources: ['arn:aws:s3:::none'] }],
];

describe.each(['look-up', 'read'] as const)('%s', (kind) => {
  // Before, there are only the plans that were made when nearly nothing was stored.
  beforeAll(async () => {
    if (kind === 'read') await database.query('ANALYZE');
  });

  test.each(ASKED)('about %s', async (_what, names) => {
    const rows = await rowsFor(kind, (sql) => readEntityRows(sql, { ...NOBODY, ...names }, LAST, Date.now()));
    expect(rows).toBeLessThan(FEW);
  });

  test('about an account of an organization of thousands', async () => {
    expect(await rowsFor(kind, (sql) => readAccountRows(sql, [A]))).toBeLessThan(FEW);
    const { organizations } = await readAccountRows(database, [A]);
    expect(organizations[0]?.policies).toMatchObject([{ id: 'p-full', targets: [A] }]);
  });

  test('what was touched since a revision, of a long log of changes', async () => {
    const rows = await rowsFor(kind, (sql) => readEntityRows(sql, NOBODY, LAST, Date.now()));
    expect(rows).toBeLessThan(FEW);
  });
});
