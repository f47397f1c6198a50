import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyFolder } from './copy-folder.ts';

/** The name of the environment variable that says where the empty directory is that build.ts has made. */
export const EMPTY_DIRECTORY = 'ROLEGATE_TEST_EMPTY_DIRECTORY';

/**
 * Puts an empty directory with all migrations into the data folder `dataDir`, which need not be there. What is slow about a
 * first start is making that: it is made once for all tests, and copied.
 */
export async function putEmptyDirectory(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await copyFolder(join(folderOfTheRun(), 'db'), join(dataDir, 'db'));
}

/** The folder with the empty directory, which is removed after all tests: for what lives as long as the tests' process. */
export function folderOfTheRun(): string {
  const folder = process.env[EMPTY_DIRECTORY];
  if (folder === undefined)
    throw new Error(`${EMPTY_DIRECTORY} is not set: the tests run by the configuration in test/`);
  return folder;
}

/** A new folder to start gateways and commands in, whose directory is made already; to be removed. */
export async function newWorkingFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rolegate-test-'));
  await putEmptyDirectory(join(folder, '.rolegate'));
  return folder;
}
