import { afterAll } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { sharedPostgres } from '../support/postgres-server.ts';
import { takeServerDatabase } from '../support/recycled-database.ts';
import { describeDirectory } from './directory.contract.ts';

const catalog = await openCatalog();

const database = await takeServerDatabase();
afterAll(() => database.giveBack());

describeDirectory('on a server', {
  shared: true,
  fresh: async () => {
    await database.empty();
    return database.openDirectory;
  },
  kept: async () => {
    const url = await (await sharedPostgres()).createMigrated();
    return (onStatement) => openDirectory({ kind: 'server', url, onStatement }, catalog);
  },
});
