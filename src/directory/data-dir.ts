import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RolegateError } from '../policy/errors.ts';

/** Only the owner may read keys and data. */
const PRIVATE = 0o700;

/**
 * Creates the data folder and its missing parents, one by one: where a file system refuses new entries
 * with ENOENT (/proc), Node's own recursive mkdir never ends. Throws DATA_DIR_UNUSABLE.
 */
export async function makeDataDir(dataDir: string): Promise<void> {
  try {
    for (const folder of await missingFolders(dataDir)) await mkdir(folder, { mode: PRIVATE }).catch(unlessThere);
    if (!(await stat(dataDir)).isDirectory()) throw new Error('it is not a folder');
  } catch (cause) {
    throw new RolegateError('DATA_DIR_UNUSABLE', `the data folder \`${dataDir}\` cannot be created`, { cause });
  }
}

/** Outermost first. */
async function missingFolders(folder: string): Promise<readonly string[]> {
  const missing: string[] = [];
  for (let each = folder; !(await exists(each)); each = dirname(each)) missing.unshift(each);
  return missing;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** Another process has just created it. */
function unlessThere(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
}
