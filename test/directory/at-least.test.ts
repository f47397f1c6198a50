import { afterEach, describe, expect, it } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { type OpenDirectory, openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { openServerDatabase } from '../../src/directory/prisma/server-database.ts';
import { revisionText } from '../../src/directory/revision-text.ts';
import { sharedPostgres } from '../support/postgres-server.ts';
import { ALICE, BASE } from './documents.ts';
import { describeInBothStores } from './stores.ts';

const catalog = await openCatalog();
const FRESHNESS = { maxStaleness: 0, catchUp: 400 };

describeInBothStores('a revision that answers must not be older than', (store) => {
  it('is waited for by nobody who is there', async () => {
    const directory = await store.open(BASE);
    expect(directory.history.reach(0n)).toBeUndefined();
    expect(directory.history.reach(await directory.revision())).toBeUndefined();
  });

  it('is named, with the one that was reached, where nobody gets there', async () => {
    const directory = await store.open(BASE);
    await expect(directory.history.reach(7n)).rejects.toMatchObject({
      code: 'REVISION_NOT_REACHED',
      field: 'atLeast',
      atLeast: 7n,
      revision: 1n,
      message: expect.stringMatching(/is at revision r0+1, and has not reached r0+7/),
    });
  });
});

describe('gateways on one server', () => {
  const open: OpenDirectory[] = [];
  const gateway = async (url: string, freshness = FRESHNESS): Promise<OpenDirectory> => {
    const directory = await openDirectory({ kind: 'server', url, freshness }, catalog);
    open.push(directory);
    return directory;
  };
  afterEach(async () => {
    for (const directory of open.splice(0)) await directory.close();
  });

  it('that are behind catch up', async () => {
    const url = await (await sharedPostgres()).createMigrated();
    const [writer, reader] = [await gateway(url), await gateway(url)];
    const { revision } = await writer.apply(BASE);
    await reader.history.reach(revision);
    // Nothing is read any more: what is in memory is new enough.
    expect(reader.history.reach(revision)).toBeUndefined();
    expect(reader.remember(0, revision, null)?.revision).toBe(revision);
  });

  it('wait for what is written meanwhile, and no longer than they may', async () => {
    const url = await (await sharedPostgres()).createMigrated();
    const [writer, reader] = [await gateway(url), await gateway(url)];
    const { revision } = await writer.apply(BASE);
    const next = reader.history.reach(revision + 1n);
    await writer.apply({ users: [{ arn: ALICE, tags: { a: '1' } }] });
    await next;
    const began = performance.now();
    await expect(reader.history.reach(revision + 9n)).rejects.toThrow('within 0.4 s');
    expect(performance.now() - began).toBeGreaterThan(350);
  });

  it('refuse what was before a restore, also one that happens meanwhile', async () => {
    const url = await (await sharedPostgres()).createMigrated();
    const directory = await gateway(url);
    const { revision } = await directory.apply(BASE);
    const database = openServerDatabase(url);
    await database.query('UPDATE "DirectoryState" SET revision = 5000, "restoredRevision" = 5000');
    await database.close();
    await directory.revision();
    const again = { code: 'CONFLICT', field: 'atLeast', message: expect.stringMatching(/restored.*begin again/) };
    expect(() => directory.history.reach(revision)).toThrow(expect.objectContaining(again));
    expect(directory.history.reach(5000n)).toBeUndefined();
    expect(revisionText(5000n)).toBe('r0000000000000005000');
  });

  it('answer within the staleness that is allowed without asking, and never hide what they wrote themselves', async () => {
    const url = await (await sharedPostgres()).createMigrated();
    const statements: string[] = [];
    const freshness = { maxStaleness: 60_000, catchUp: 400 };
    const reader = await openDirectory(
      { kind: 'server', url, freshness, onStatement: (sql) => void statements.push(sql) },
      catalog,
    );
    open.push(reader);
    const writer = await gateway(url, freshness);
    const first = await reader.revision();
    statements.length = 0;
    const { revision } = await writer.apply(BASE);
    // The writer knows of its own change; the reader was told nothing, and asks nobody.
    expect(await writer.revision()).toBe(revision);
    expect(await reader.revision()).toBe(first);
    expect(reader.remember(0, null, null)?.revision).toBe(first);
    expect(statements).toEqual([]);
    // A change is decided on what is there, and so is what must not be older.
    await reader.history.beforeChange();
    expect(await reader.revision()).toBe(revision);
    expect(statements).toHaveLength(1);
    const { revision: own } = await reader.apply({ users: [{ arn: ALICE, tags: { a: '1' } }] });
    expect(await reader.revision()).toBe(own);
    await writer.history.reach(own);
    expect(await writer.revision()).toBe(own);
  });

  it('ask once more when the allowed time is over', async () => {
    const url = await (await sharedPostgres()).createMigrated();
    const [writer, reader] = [await gateway(url), await gateway(url, { maxStaleness: 150, catchUp: 400 })];
    await reader.revision();
    const { revision } = await writer.apply(BASE);
    await expect.poll(() => reader.revision(), { interval: 20, timeout: 5_000 }).toBe(revision);
  });
});
