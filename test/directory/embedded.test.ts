import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { putEmptyDirectory } from '../support/empty-directory.ts';
import { describeDirectory } from './directory.contract.ts';

const folder = await mkdtemp(join(tmpdir(), 'rolegate-directory-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

let copies = 0;

describeDirectory('in a folder', {
  shared: false,
  fresh: async () => {
    const dataDir = join(folder, String(++copies));
    await putEmptyDirectory(dataDir);
    return { kind: 'embedded', dataDir };
  },
});
