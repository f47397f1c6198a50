import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import type { SourceFile } from '../../importing/source-file.ts';
import { refusal } from './failure.ts';
import { readOpenFile } from './file.ts';
import type { Reading } from './reading.ts';

/** Never waits for a pipe, and never follows a link that has taken the place of a file. Windows has neither. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** The JSON files of a folder and of the folders in it, in the order of their names. Links are not followed. */
export async function* readFolder(folder: string, reading: Reading, depth = 0): AsyncGenerator<SourceFile> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw refusal(folder, error);
  });
  // By code unit: the same on every system.
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = joined(folder, entry.name);
    reading.allowance.takeEntry(folder);
    if (entry.isSymbolicLink()) reading.warn(path, 'it is a symbolic link, which is not followed');
    else if (entry.isDirectory()) {
      if (depth + 1 < reading.allowance.limits.depth) yield* readFolder(path, reading, depth + 1);
      else reading.warn(path, `it is nested more than ${reading.allowance.limits.depth} folders deep`);
    } else if (entry.isFile()) yield* readFile(path, reading);
    else reading.warn(path, 'it is no plain file');
  }
}

/** Node's own `join` takes `./` away. */
function joined(folder: string, name: string): string {
  if (folder === '.') return name;
  return `${folder.replace(/[\\/]+$/, '')}/${name}`;
}

async function* readFile(path: string, reading: Reading): AsyncGenerator<SourceFile> {
  const handle = await open(path, FLAGS).catch((error: unknown) => {
    throw refusal(path, error);
  });
  try {
    yield* readOpenFile(path, handle, reading, 'byName');
  } catch (error) {
    throw refusal(path, error);
  } finally {
    await handle.close();
  }
}
