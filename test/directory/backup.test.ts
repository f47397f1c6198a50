import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { headerOf } from '../../src/directory/backup/form.ts';
import type { Restored, RestoreOptions } from '../../src/directory/backup/restore.ts';
import { restoreDirectory } from '../../src/directory/backup/restore-directory.ts';
import { demoDirectory } from '../../src/directory/demo/demo.ts';
import { type DirectoryOptions, type OpenDirectory, openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { putEmptyDirectory } from '../support/empty-directory.ts';
import { sharedPostgres } from '../support/postgres-server.ts';
import { describeInBothStores } from './stores.ts';

const catalog = await openCatalog();
const folder = await mkdtemp(join(tmpdir(), 'rolegate-backup-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const NOW = Date.parse('2026-11-26T12:00:00Z');
const OPTIONS: RestoreOptions = { now: NOW, keepCredentials: false, masterKeyFingerprint: null };
const ALICE = 'arn:aws:iam::111111111111:user/alice';

let places = 0;

/** Where an empty directory of the present version is. */
async function emptyPlace(kind: DirectoryOptions['kind']): Promise<DirectoryOptions> {
  if (kind === 'server') return { kind, url: await (await sharedPostgres()).createMigrated() };
  const dataDir = join(folder, String(++places));
  await putEmptyDirectory(dataDir);
  return { kind, dataDir };
}

async function linesOf(directory: OpenDirectory): Promise<readonly string[]> {
  const lines: string[] = [];
  await directory.backup(async (line) => void lines.push(line));
  return lines;
}

function restoreLines(
  place: DirectoryOptions,
  [first = '', ...lines]: readonly string[],
  options: Partial<RestoreOptions> = {},
): Promise<Restored> {
  const given = (async function* () {
    yield* lines;
  })();
  return restoreDirectory(place, { header: headerOf(first), lines: given }, { ...OPTIONS, ...options });
}

/** Every row of a backup by its table, without what a restore changes by itself. */
function rowsOf(lines: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const rows: Record<string, string[]> = {};
  for (let at = 1; at + 1 < lines.length; at += 2) {
    const { table } = JSON.parse(lines[at] ?? '');
    const page = JSON.parse(lines[at + 1] ?? '').map((row: object) => JSON.stringify(row));
    rows[table] = [...(rows[table] ?? []), ...page].toSorted((one, other) => (one < other ? -1 : 1));
  }
  for (const name of ['DirectoryState', 'SigningKey']) delete rows[name];
  return rows;
}

async function exported(directory: OpenDirectory): Promise<readonly unknown[]> {
  const pages: unknown[] = [];
  await directory.exports.all(async ({ document }) => void pages.push(document));
  return pages;
}

describeInBothStores('a backup', (store) => {
  const kind = (): DirectoryOptions['kind'] =>
    store.statements.some((sql) => sql.startsWith('CREATE TEMPORARY TABLE')) ? 'embedded' : 'server';

  test('brings back every row, in a new lineage', async () => {
    const source = await store.open(demoDirectory());
    const lines = await linesOf(source);
    const place = await emptyPlace(kind());
    const { keys, rows, revision } = await restoreLines(place, lines);
    expect(rows).toBe(
      Object.values(JSON.parse(lines.at(-1) ?? '').rows).reduce((sum: number, n) => sum + Number(n), 0),
    );
    expect(keys.map(({ owner }) => owner)).toContain(ALICE);
    const restored = await openDirectory(place, catalog);
    try {
      expect(await restored.revision()).toBe(revision);
      expect(rowsOf(await linesOf(restored))).toEqual(rowsOf(lines));
      expect(await exported(restored)).toEqual(await exported(source));
      expect(await restored.check()).toMatchObject({ faults: [], moreFaults: 0 });
    } finally {
      await restored.close();
    }
  });
});
