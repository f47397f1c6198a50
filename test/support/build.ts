import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { EMPTY_DIRECTORY } from './empty-directory.ts';
import { stopShared } from './postgres-server.ts';

/**
 * Once before all tests: some of them start the gateway and the command line as users do, from dist/, and many begin with
 * an empty directory. Answers what is to be done after them.
 */
export async function setup(): Promise<() => Promise<void>> {
  execFileSync(process.execPath, [fileURLToPath(new URL('../../.config/build.mjs', import.meta.url))], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const dataDir = await mkdtemp(join(tmpdir(), 'rolegate-empty-'));
  await (await openDirectory({ kind: 'embedded', dataDir }, await openCatalog())).close();
  process.env[EMPTY_DIRECTORY] = dataDir;
  return async () => {
    await stopShared();
    await rm(dataDir, { recursive: true, force: true });
  };
}
