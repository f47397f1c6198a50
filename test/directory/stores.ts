import { afterEach, describe } from 'vitest';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import type { StatementListener } from '../../src/directory/prisma/database.ts';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import { takeDirectory, takeServerDirectory } from '../support/recycled-database.ts';

/** Directories of a test, closed after it. */
export interface Store {
  readonly statements: string[];
  /** A new one, with `document` in it. */
  open(document: DirectoryDocument): Promise<OpenDirectory>;
  /** Closes what was opened, before the test ends. */
  close(): Promise<void>;
}

/** The same tests for a directory in a folder and for one on a server. */
export function describeInBothStores(name: string, tests: (store: Store) => void): void {
  describe(`${name}, in a folder`, () => {
    tests(storeOf(takeDirectory));
  });
  describe(`${name}, on a server`, () => {
    tests(storeOf(takeServerDirectory));
  });
}

function storeOf(fresh: (onStatement: StatementListener) => Promise<OpenDirectory>): Store {
  const opened: OpenDirectory[] = [];
  const statements: string[] = [];
  const close = async (): Promise<void> => {
    for (const directory of opened.splice(0)) await directory.close();
  };
  afterEach(close);
  return {
    statements,
    close,
    open: async (document) => {
      const directory = await fresh((sql) => void statements.push(sql));
      opened.push(directory);
      await directory.apply(document);
      return directory;
    },
  };
}
