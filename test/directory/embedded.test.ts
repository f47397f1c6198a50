import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { copyFolder } from '../support/copy-folder.ts';
import { describeDirectory } from './directory.contract.ts';

const folder = await mkdtemp(join(tmpdir(), 'rolegate-directory-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

// Made once and copied: a first start takes as long as ten later ones.
const empty = join(folder, 'empty');
await (await openDirectory({ kind: 'embedded', dataDir: empty }, await openCatalog())).close();
let copies = 0;

describeDirectory('in a folder', {
  shared: false,
  fresh: async () => {
    const dataDir = join(folder, String(++copies));
    await copyFolder(empty, dataDir);
    return { kind: 'embedded', dataDir };
  },
});
