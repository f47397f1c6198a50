import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { selectCounts, selectPages } from '../../src/directory/find/find-statement.ts';
import type { FindFilter, FindScope } from '../../src/directory/find/find-store.ts';
import type { Statement } from '../../src/directory/parameters.ts';
import type { Database } from '../../src/directory/prisma/database.ts';
import { openEmbeddedDatabase } from '../../src/directory/prisma/embedded-database.ts';
import { migrate } from '../../src/directory/prisma/migrate.ts';
import { openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { isSearchIndexed } from '../../src/directory/prisma/search-indexes.ts';
import { openServerDatabase } from '../../src/directory/prisma/server-database.ts';
import { putEmptyDirectory } from '../support/empty-directory.ts';
import { sharedPostgres } from '../support/postgres-server.ts';

const catalog = await openCatalog();
const A = '111111111111';
const B = '222222222222';
const ROWS = 2_000;

const FILL = [
  `INSERT INTO "Account" (id) VALUES ('${A}'), ('${B}')`,
  `INSERT INTO "User" (id, arn, "accountId", name)
   SELECT 'AIDA' || upper(substr(md5(i::text), 1, 17)), format('arn:aws:iam::${A}:user/service-%s', i), '${A}', format('service-%s', i)
     FROM generate_series(1, ${ROWS}) i`,
  `INSERT INTO "User" (id, arn, "accountId", name) VALUES ('AIDAQUIET', 'arn:aws:iam::${B}:user/quiet', '${B}', 'quiet')`,
  `INSERT INTO "Resource" (arn, "accountId", service)
   SELECT format('arn:aws:s3:::bucket-%s', i), '${A}', 's3' FROM generate_series(1, ${ROWS}) i`,
];

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly Plan[];
}

function indexesOf(plan: Plan): readonly string[] {
  const own = plan['Index Name'];
  return [...(own === undefined ? [] : [own]), ...(plan.Plans ?? []).flatMap(indexesOf)];
}

/** Ways to read a table that the planner may choose here only if there is no other. */
type Way = 'seqscan' | 'indexscan' | 'indexonlyscan' | 'bitmapscan';

/** Looking up what is searched for is the only way left. */
const LOOKED_UP: readonly Way[] = ['seqscan', 'indexscan', 'indexonlyscan'];

/** The indexes that a statement is read by. */
async function indexesFor(
  database: Database,
  { text, parameters }: Statement,
  without: readonly Way[] = ['seqscan'],
): Promise<readonly string[]> {
  return database.transaction('read', async (sql) => {
    for (const way of without) await sql.query(`SET LOCAL enable_${way} = off`);
    const rows = await sql.query<{ 'QUERY PLAN': readonly { readonly Plan: Plan }[] }>(
      `EXPLAIN (FORMAT JSON) ${text}`,
      parameters,
    );
    const plan = rows[0]?.['QUERY PLAN'][0]?.Plan;
    if (plan === undefined) throw new Error('no plan');
    return indexesOf(plan);
  });
}

const everything = (kind: FindScope['kind']): readonly FindScope[] => [{ kind, accountIds: null }];
const apart: readonly FindScope[] = [{ kind: 'User', accountIds: [B], apart: true }];

const PLACES = [
  {
    place: 'in a folder',
    open: async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'rolegate-find-'));
      await putEmptyDirectory(dataDir);
      const database = await openEmbeddedDatabase(dataDir, migrate);
      return { database, remove: () => rm(dataDir, { recursive: true }) };
    },
  },
  {
    place: 'on a server',
    open: async () => {
      const database = openServerDatabase(await (await sharedPostgres()).createMigrated());
      return { database, remove: async () => undefined };
    },
  },
];

describe.each(PLACES)('searches $place', ({ open }) => {
  let database: Database;
  let remove: () => Promise<unknown>;

  beforeAll(async () => {
    ({ database, remove } = await open());
    for (const statement of FILL) await database.query(statement);
    await database.query('ANALYZE');
  }, 180_000);
  afterAll(async () => {
    await database.close();
    await remove();
  });

  test.each<[string, readonly FindScope[], FindFilter, string]>([
    ['a part of a name', everything('User'), { search: 'ice-1234' }, 'User_substring'],
    ['a part of an id', everything('User'), { search: 'aida00' }, 'User_substring'],
    ['a part that is nowhere', everything('User'), { search: 'nowhere' }, 'User_substring'],
    ['a part of an ARN of a resource', everything('Resource'), { search: 'et-1234' }, 'Resource_substring'],
    ['a part of the name of an account', everything('Account'), { search: 'production' }, 'Account_substring'],
    ['the beginning of a name', everything('User'), { search: 'q' }, 'User_named'],
    ['the beginning of a resource', everything('Resource'), { search: 'q' }, 'Resource_named'],
  ])('find %s by an index, and count by it', async (_what, scopes, filter, index) => {
    const order = { field: 'ID', descending: false } as const;
    expect(await indexesFor(database, selectCounts([{ scopes, filter }]), LOOKED_UP)).toEqual([index]);
    expect(await indexesFor(database, selectPages([{ scopes, filter, order, limit: 21 }]), LOOKED_UP)).toEqual([index]);
  });

  test('by name are read in the order of their index', async () => {
    const order = { field: 'NAME', descending: true } as const;
    const place = { key: 'service-2', id: 'AIDA' };
    const page = { scopes: everything('User'), filter: {}, order, limit: 21, after: place };
    expect(await indexesFor(database, selectPages([page]))).toEqual(['User_named']);
  });

  test('of a few accounts look at nothing of others, so that their time tells nothing about them', async () => {
    for (const search of ['service', 'qui', 'qu']) {
      const page = {
        scopes: apart,
        filter: { search },
        order: { field: 'ARN', descending: false } as const,
        limit: 21,
      };
      const ofAnAccount = [expect.stringMatching(/^User_accountId_/)];
      expect(await indexesFor(database, selectPages([page]))).toEqual(ofAnAccount);
      expect(await indexesFor(database, selectCounts([page]))).toEqual(ofAnAccount);
    }
  });

  test('of one account by name are read in the order of its index', async () => {
    const order = { field: 'NAME', descending: false } as const;
    const page = { scopes: apart, filter: {}, order, limit: 21, after: { key: 'service-2', id: 'AIDA' } };
    expect(await indexesFor(database, selectPages([page]))).toEqual(['User_accountId_lower_name_idx']);
  });
});

describe('an existing directory', () => {
  test('in a folder gets its indexes when it is opened', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'rolegate-find-'));
    await putEmptyDirectory(dataDir);
    const older = await openEmbeddedDatabase(dataDir, async (database) => {
      await database.query('DROP EXTENSION pg_trgm CASCADE');
      await database.query('DROP INDEX "User_named"');
    });
    expect(await isSearchIndexed(older)).toBe(false);
    await older.close();
    const directory = await openDirectory({ kind: 'embedded', dataDir }, catalog);
    expect(directory.searchIndexed).toBe(true);
    await directory.close();
    await rm(dataDir, { recursive: true });
  });

  describe('on a server', () => {
    async function as(url: string, statement: string): Promise<void> {
      const pool = new Pool({ connectionString: url });
      await pool.query(statement);
      await pool.end();
    }

    test('whose user may not create the extension is searched without indexes until somebody has created it', async () => {
      const owner = await (await sharedPostgres()).createDatabase();
      await as(owner, `CREATE ROLE plain LOGIN PASSWORD 'plain'; GRANT ALL ON SCHEMA public TO plain`);
      const url = owner.replace('rolegate:rolegate@', 'plain:plain@');
      const search = async (): Promise<readonly [boolean, number]> => {
        const directory = await openDirectory({ kind: 'server', url }, catalog);
        await directory.apply({ users: [{ arn: `arn:aws:iam::${A}:user/alice` }] });
        const [count = -1] = await directory.find.counts([{ scopes: everything('User'), filter: { search: 'LIC' } }]);
        await directory.close();
        return [directory.searchIndexed, count];
      };
      expect(await search()).toEqual([false, 1]);
      // It need not be in the schema of the tables.
      await as(
        owner,
        'CREATE SCHEMA extensions; GRANT USAGE ON SCHEMA extensions TO plain; CREATE EXTENSION pg_trgm SCHEMA extensions',
      );
      expect(await search()).toEqual([true, 1]);
    });

    test('that several gateways open for the first time at once gets them once', async () => {
      const url = await (await sharedPostgres()).createDatabase();
      const opened = await Promise.all([1, 2, 3].map(() => openDirectory({ kind: 'server', url }, catalog)));
      expect(opened.map(({ searchIndexed }) => searchIndexed)).toEqual([true, true, true]);
      for (const directory of opened) await directory.close();
    });
  });
});
