import { afterEach, describe, expect, it } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { type DirectoryOptions, type OpenDirectory, openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { openServerDatabase } from '../../src/directory/prisma/server-database.ts';
import { sharedPostgres } from '../support/postgres-server.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { ALICE, BASE } from './documents.ts';

const catalog = await openCatalog();

/** Reads nothing by itself within the test: what it knows, it was told. */
const TOLD = { isTold: true, freshness: { maxStaleness: 60_000, catchUp: 400 } } as const;
const user = (tag: string) => ({ users: [{ arn: ALICE, tags: { tag } }] });

describe('gateways are told of changes', () => {
  const open: OpenDirectory[] = [];
  const closing: (() => Promise<unknown>)[] = [];
  const gateway = async (options: Omit<DirectoryOptions & { kind: 'server' }, 'kind'>): Promise<OpenDirectory> => {
    const directory = await openDirectory({ kind: 'server', ...options }, catalog);
    open.push(directory);
    return directory;
  };
  afterEach(async () => {
    for (const directory of open.splice(0)) await directory.close();
    for (const close of closing.splice(0)) await close();
  });

  const known = (directory: OpenDirectory): bigint | undefined => directory.remember(0, 0n, null)?.revision;
  const listeners = async (url: string): Promise<number> => {
    const database = openServerDatabase(url);
    const [row] = await database.query<{ count: number }>(
      `SELECT count(*)::int4 AS count FROM pg_stat_activity
        WHERE application_name = 'rolegate listener' AND datname = current_database() AND query LIKE 'LISTEN%'`,
    );
    await database.close();
    return row?.count ?? 0;
  };

  it('when they are committed, without asking', async () => {
    const url = await (await sharedPostgres()).createMigrated();
    const writer = await gateway({ url });
    const reader = await gateway({ url, ...TOLD });
    await expect.poll(() => listeners(url)).toBe(1);
    const { revision } = await writer.apply(BASE);
    await expect.poll(() => known(reader), { interval: 5, timeout: 2_000 }).toBe(revision);
  });

  it('on a connection that is not pooled, which long work has, too', async () => {
    const url = await (await sharedPostgres()).createMigrated();
    const [pooled, direct] = [
      await startTcpProxy(Number(new URL(url).port)),
      await startTcpProxy(Number(new URL(url).port)),
    ];
    closing.push(
      () => pooled.close(),
      () => direct.close(),
    );
    const through = (port: number): string => url.replace(/:\d+\//, `:${port}/`);
    const statements: string[] = [];
    const reader = await gateway({ url: through(pooled.port), directUrl: through(direct.port), ...TOLD });
    const writer = await gateway({ url, onStatement: (sql) => void statements.push(sql) });
    await expect.poll(() => listeners(url)).toBe(1);
    await writer.apply(user('a'));
    await expect.poll(() => known(reader), { interval: 5 }).toBe(1n);
    // Nothing that needs a session goes through the pool: with the direct connection gone, questions are still answered.
    direct.hang();
    await reader.history.beforeChange();
    expect(await reader.revision()).toBe(1n);
    direct.resume();
  });

  it('also of those that were made while the connection was lost', async () => {
    const url = await (await sharedPostgres()).createMigrated();
    const proxy = await startTcpProxy(Number(new URL(url).port));
    closing.push(() => proxy.close());
    const writer = await gateway({ url });
    const reader = await gateway({ url, directUrl: url.replace(/:\d+\//, `:${proxy.port}/`), ...TOLD });
    await expect.poll(() => listeners(url)).toBe(1);
    proxy.hang();
    await writer.apply(BASE);
    const { revision } = await writer.apply(user('b'));
    // It was told nothing.
    expect(known(reader)).toBe(0n);
    proxy.resume();
    await expect.poll(() => known(reader), { interval: 10, timeout: 10_000 }).toBe(revision);
    const { revision: next } = await writer.apply(user('c'));
    await expect.poll(() => known(reader), { interval: 10, timeout: 10_000 }).toBe(next);
  });

  it('and read credentials themselves while nobody tells them', async () => {
    const url = await (await sharedPostgres()).createMigrated();
    const proxy = await startTcpProxy(Number(new URL(url).port));
    closing.push(() => proxy.close());
    const writer = await gateway({ url });
    await writer.apply(BASE);
    await writer.keys.create({ id: 'AKIAEXAMPLE00000KEYS', service: 'ec2.amazonaws.com' });
    const reader = await gateway({ url, directUrl: url.replace(/:\d+\//, `:${proxy.port}/`), ...TOLD });
    await expect.poll(() => listeners(url)).toBe(1);
    expect(await reader.keys.find('AKIAEXAMPLE00000KEYS')).toMatchObject({ active: true });
    await proxy.close();
    await expect.poll(() => listeners(url)).toBe(0);
    await writer.keys.remove('AKIAEXAMPLE00000KEYS', Date.now());
    expect(await reader.keys.find('AKIAEXAMPLE00000KEYS')).toBeNull();
  });
});
