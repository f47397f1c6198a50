import type * as accessModule from '../../../src/access/access.ts';
import type { Database, Sql, SqlParameter, TransactionKind } from '../../../src/directory/prisma/database.ts';
import type * as directoryModule from '../../../src/directory/prisma/open-directory.ts';
import type * as databaseModule from '../../../src/directory/prisma/server-database.ts';
import type * as principalModule from '../../../src/policy/principal-id.ts';
import { built } from '../built.ts';
import type { OrganizationSize } from '../import/organization.ts';
import { principalOf, resourceOf } from '../memory/organization.ts';
import { catalog } from './worlds.ts';

const { directoryIn } = await built<typeof directoryModule>('directory/prisma/open-directory');
const { openServerDatabase } = await built<typeof databaseModule>('directory/prisma/server-database');
const { createAccess } = await built<typeof accessModule>('access/access');
const { parsePrincipalRef } = await built<typeof principalModule>('policy/principal-id');

/** What a batch of decisions about what is not in memory asks of the database. */
export interface Cost {
  readonly statements: number;
  /** Rows that the server has read for them. */
  readonly rows: number;
}

/**
 * By the transaction that asks, and by those before it on its connection that are not yet reported:
 * https://www.postgresql.org/docs/current/monitoring-stats.html
 */
const ROWS_READ = `SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::float8 AS rows
  FROM pg_stat_xact_user_tables`;

async function rowsRead(sql: Sql): Promise<number> {
  const [read] = await sql.query<{ rows: number }>(ROWS_READ);
  return read?.rows ?? 0;
}

/** A database that counts what is asked of it. */
function counting(inner: Database, count: { statements: number; rows: number }): Database {
  const counted = (sql: Sql): Sql => ({
    batch: sql.batch,
    query: <Row>(text: string, parameters?: readonly SqlParameter[], name?: string) => {
      count.statements += 1;
      return sql.query<Row>(text, parameters, name);
    },
  });
  return Object.assign(Object.create(inner) as Database, {
    ...counted(inner),
    adapter: inner.adapter,
    exclusive: inner.exclusive,
    long: inner.long,
    ping: () => inner.ping(),
    close: () => inner.close(),
    transaction: <T>(kind: TransactionKind, work: (sql: Sql) => Promise<T>) =>
      inner.transaction(kind, async (sql) => {
        const before = await rowsRead(sql);
        const result = await work(counted(sql));
        count.rows += (await rowsRead(sql)) - before;
        return result;
      }),
  });
}

/**
 * The cost of the first batch of a process: a decision about each of `count` principals, and as many resources. `memory`: bytes;
 * so few that stored resources are not held, and every batch asks about its own.
 */
export async function costOfBatch(url: string, size: OrganizationSize, count: number): Promise<Cost> {
  const total = { statements: 0, rows: 0 };
  const memory = 1_000_000;
  const directory = await directoryIn(counting(openServerDatabase(url), total), catalog, memory);
  const access = createAccess(directory, catalog);
  const action = 's3:GetObject';
  const questions = Array.from({ length: count }, (_, n) => {
    const principal = parsePrincipalRef(principalOf(size, n));
    if (principal === null) throw new Error('nobody');
    return {
      subject: { principal, assumedRole: null, session: null },
      action,
      resource: resourceOf(size, n, action, n),
      resourceAccount: null,
      context: new Map(),
      path: '',
    };
  });
  // What an opening directory reads on in the background is over, or given up.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const before = { ...total };
  for (const answer of await access.decideEach(questions, Date.now())) if (answer instanceof Error) throw answer;
  await directory.close();
  return { statements: total.statements - before.statements, rows: total.rows - before.rows };
}
