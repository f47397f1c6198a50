import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { putEmptyDirectory } from '../support/empty-directory.ts';
import { takeDatabase } from '../support/recycled-database.ts';
import { describeDirectory } from './directory.contract.ts';

const catalog = await openCatalog();
const folder = await mkdtemp(join(tmpdir(), 'rolegate-directory-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const database = await takeDatabase();
afterAll(() => database.giveBack());

let copies = 0;

describeDirectory('in a folder', {
  shared: false,
  fresh: async () => {
    await database.empty();
    return database.openDirectory;
  },
  kept: async () => {
    const dataDir = join(folder, String(++copies));
    await putEmptyDirectory(dataDir);
    return (onStatement) => openDirectory({ kind: 'embedded', dataDir, onStatement }, catalog);
  },
});
