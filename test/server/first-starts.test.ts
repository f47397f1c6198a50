import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { failureSentence } from '../../src/server/failure-sentence.ts';
import { type RunningGateway, startGateway } from '../../src/server/gateway.ts';
import { readSettings } from '../../src/server/settings.ts';
import { newDataDir, removeDataDir } from '../support/gateway.ts';
import { sharedPostgres } from '../support/postgres-server.ts';

const folders: string[] = [];
const running: RunningGateway[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) await each.close();
  for (const each of folders.splice(0)) await removeDataDir(each);
});

async function settingsFor(url: string, dataDir?: string) {
  const folder = dataDir ?? (await newDataDir());
  folders.push(folder);
  return readSettings({ PORT: '0', LOG_LEVEL: 'silent', ROLEGATE_DATA_DIR: folder, DATABASE_URL: url }, '/');
}

/** Starts them all at once: those that started, and why the others were refused. */
async function startAll(all: readonly Awaited<ReturnType<typeof settingsFor>>[]) {
  const results = await Promise.allSettled(all.map((settings) => startGateway(settings)));
  const refused: { readonly dataDir: string; readonly sentence: string | null }[] = [];
  for (const [index, result] of results.entries()) {
    const settings = all[index];
    if (settings === undefined) continue;
    if (result.status === 'fulfilled') running.push(result.value);
    else
      refused.push({
        dataDir: settings.dataDir,
        sentence: failureSentence(result.reason, settings) ?? String(result.reason?.stack),
      });
  }
  return refused;
}

// Several times: who comes first is chance.
test.each([1, 2, 3])(
  'of gateways that start at once on a new database, each with a folder of its own, one begins it (%s)',
  async () => {
    const url = await (await sharedPostgres()).createDatabase();
    const refused = await startAll(await Promise.all([1, 2, 3].map(() => settingsFor(url))));
    expect(running).toHaveLength(1);
    for (const { dataDir, sentence } of refused) {
      expect(sentence).toContain(
        'this directory belongs to another master key: put the master.key of the gateway that made it',
      );
      expect((await readdir(dataDir)).filter((name) => name.includes('key') || name.includes('token'))).toEqual([]);
    }
    const generations = await running[0]?.services.directory.masterKeys.list();
    expect(generations).toMatchObject([{ generation: 1, retiredAt: null }]);
    // With the key of the first one they start.
    const [first] = folders.filter((each) => existsSync(join(each, 'master.key')));
    const key = await readFile(join(first ?? '', 'master.key'), 'utf8');
    expect(running[0]?.services.secrets.masterKeys.has(1)).toBe(true);
    expect(key.trim()).not.toBe('');
  },
);

test.each([1, 2])('gateways that share a folder start at once on a new database (%s)', async () => {
  const url = await (await sharedPostgres()).createDatabase();
  const dataDir = await newDataDir();
  const all = await Promise.all([1, 2, 3].map(() => settingsFor(url, dataDir)));
  expect(await startAll(all)).toEqual([]);
  const lists = await Promise.all(running.map(({ services }) => services.directory.masterKeys.list()));
  expect(new Set(lists.map((list) => list.map(({ fingerprint }) => fingerprint).join())).size).toBe(1);
  expect(lists[0]).toHaveLength(1);
});

test('a start that is refused keeps a key that was there before', async () => {
  const url = await (await sharedPostgres()).createDatabase();
  expect(await startAll([await settingsFor(url)])).toEqual([]);
  const other = await (await sharedPostgres()).createDatabase();
  const settings = await settingsFor(other);
  expect(await startAll([settings])).toEqual([]);
  await running.pop()?.close();
  const kept = await readFile(join(settings.dataDir, 'master.key'), 'utf8');
  expect(await startAll([{ ...settings, databaseUrl: url }])).toHaveLength(1);
  expect(await readFile(join(settings.dataDir, 'master.key'), 'utf8')).toBe(kept);
  expect(existsSync(join(settings.dataDir, 'operator.token'))).toBe(true);
});
