import type { PGlite, Transaction as PGliteTransaction } from '@electric-sql/pglite';
import type {
  SqlDriverAdapter,
  SqlMigrationAwareDriverAdapterFactory,
  SqlQuery,
  SqlQueryable,
  Transaction,
} from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import type { Cluster } from './cluster.ts';
import type { StatementListener } from './database.ts';

/** The statements of `base`, reported. */
function reporting(base: SqlQueryable, onStatement: StatementListener): SqlQueryable {
  return {
    provider: base.provider,
    adapterName: base.adapterName,
    queryRaw: (query: SqlQuery) => {
      return untilEnded(base.queryRaw(query), onStatement(query.sql));
    },
    executeRaw: (query: SqlQuery) => {
      return untilEnded(base.executeRaw(query), onStatement(query.sql));
    },
  };
}

/** Tells when it was answered. `ended`: undefined: nobody wants to know. */
export function untilEnded<T>(answer: Promise<T>, ended: (() => void) | undefined): Promise<T> {
  return ended === undefined ? answer : answer.finally(ended);
}

/** Statements on `client` with the type conversions of pglite-prisma-adapter, which uses only its `query`. */
function queryable(client: PGlite | PGliteTransaction): Promise<SqlDriverAdapter> {
  return new PrismaPGlite(client as PGlite).connect();
}

/** Whichever client runs when it is used. */
function clientOf(cluster: Cluster): PGlite {
  const client: Pick<PGlite, 'query' | 'exec' | 'transaction'> = {
    query: async (...args) => (await cluster.running()).query(...args),
    exec: async (...args) => (await cluster.running()).exec(...args),
    transaction: async (work) => (await cluster.running()).transaction(work),
  };
  // as: what the adapter uses of it
  return client as PGlite;
}

/** Resolves once the transaction is open; it stays open until `commit` or `rollback`. */
function startTransaction(client: PGlite, onStatement: StatementListener): Promise<Transaction> {
  return new Promise((opened, failed) => {
    const done = client.transaction(async (inner) => {
      onStatement('BEGIN');
      const base = await queryable(inner);
      await new Promise<void>((finish) => {
        const end = async (statement: string): Promise<void> => {
          onStatement(statement);
          if (statement === 'ROLLBACK') await inner.rollback();
          finish();
          await done;
        };
        opened({
          ...reporting(base, onStatement),
          // Prisma sends no COMMIT of its own to an adapter with phantom queries.
          options: { usePhantomQuery: true },
          commit: () => end('COMMIT'),
          rollback: () => end('ROLLBACK'),
        });
      });
    });
    done.catch(failed);
  });
}

/**
 * pglite-prisma-adapter's statements with transactions and scripts of our own: its `commit` resolves when the commit
 * failed, and its `executeScript` neither waits for the script nor reports that it failed.
 */
export function pgliteAdapter(cluster: Cluster, onStatement: StatementListener): SqlMigrationAwareDriverAdapterFactory {
  const client = clientOf(cluster);
  const inner = new PrismaPGlite(client);
  const connect = async (): Promise<SqlDriverAdapter> => {
    const base = await inner.connect();
    return {
      ...reporting(base, onStatement),
      executeScript: async (script) => {
        onStatement(script);
        await client.exec(script);
      },
      // There is one connection and transactions wait for each other: every isolation level is serializable.
      startTransaction: () => startTransaction(client, onStatement),
      getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
      dispose: () => Promise.resolve(),
    };
  };
  return {
    provider: inner.provider,
    adapterName: inner.adapterName,
    connect,
    connectToShadowDb: () => inner.connectToShadowDb(),
  };
}
