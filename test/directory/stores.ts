import { afterAll, afterEach, describe } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import type { StatementListener } from '../../src/directory/prisma/database.ts';
import { type OpenDirectory, openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { startPostgres } from '../support/postgres-server.ts';
import { takeDirectory } from '../support/recycled-database.ts';

const catalog = await openCatalog();

/** A new directory that holds `document`, closed after the test. */
export interface Store {
  readonly statements: string[];
  open(document: DirectoryDocument): Promise<OpenDirectory>;
}

/** The same tests for a directory in a folder and for one on a server. */
export function describeInBothStores(name: string, tests: (store: Store) => void): void {
  describe(`${name}, in a folder`, () => {
    tests(storeOf(takeDirectory));
  });
  describe(`${name}, on a server`, () => {
    let server: ReturnType<typeof startPostgres> | null = null;
    afterAll(async () => (await server)?.stop());
    tests(
      storeOf(async (onStatement) => {
        server ??= startPostgres();
        const url = await (await server).createDatabase();
        return openDirectory({ kind: 'server', url, onStatement }, catalog);
      }),
    );
  });
}

function storeOf(fresh: (onStatement: StatementListener) => Promise<OpenDirectory>): Store {
  const opened: OpenDirectory[] = [];
  const statements: string[] = [];
  afterEach(async () => {
    for (const directory of opened.splice(0)) await directory.close();
  });
  return {
    statements,
    open: async (document) => {
      const directory = await fresh((sql) => void statements.push(sql));
      opened.push(directory);
      await directory.apply(document);
      return directory;
    },
  };
}
