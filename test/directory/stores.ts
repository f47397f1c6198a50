import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { type DirectoryOptions, type OpenDirectory, openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { putEmptyDirectory } from '../support/empty-directory.ts';
import { startPostgres } from '../support/postgres-server.ts';

const catalog = await openCatalog();

/** A new directory that holds `document`, closed after the test. */
export interface Store {
  readonly statements: string[];
  open(document: DirectoryDocument): Promise<OpenDirectory>;
}

/** The same tests for a directory in a folder and for one on a server. */
export function describeInBothStores(name: string, tests: (store: Store) => void): void {
  describe(`${name}, in a folder`, () => {
    let folder: Promise<string> | null = null;
    let copies = 0;
    afterAll(async () => folder && rm(await folder, { recursive: true, force: true }));
    tests(
      storeOf(async () => {
        folder ??= mkdtemp(join(tmpdir(), 'rolegate-stores-'));
        const dataDir = join(await folder, String(++copies));
        await putEmptyDirectory(dataDir);
        return { kind: 'embedded', dataDir };
      }),
    );
  });
  describe(`${name}, on a server`, () => {
    let server: ReturnType<typeof startPostgres> | null = null;
    afterAll(async () => (await server)?.stop());
    tests(
      storeOf(async () => {
        server ??= startPostgres();
        return { kind: 'server', url: await (await server).createDatabase() };
      }),
    );
  });
}

function storeOf(fresh: () => Promise<DirectoryOptions>): Store {
  const opened: OpenDirectory[] = [];
  const statements: string[] = [];
  afterEach(async () => {
    for (const directory of opened.splice(0)) await directory.close();
  });
  return {
    statements,
    open: async (document) => {
      const onStatement = (sql: string): void => void statements.push(sql);
      const directory = await openDirectory({ ...(await fresh()), onStatement }, catalog);
      opened.push(directory);
      await directory.apply(document);
      return directory;
    },
  };
}
