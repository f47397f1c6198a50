import { open, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import type { SourceFile } from '../../importing/source-file.ts';
import { Allowance } from './allowance.ts';
import { refusal } from './failure.ts';
import { readOpenFile, readStream } from './file.ts';
import { readFolder } from './folder.ts';
import { IMPORT_LIMITS, type ImportLimits } from './limits.ts';
import type { Reading } from './reading.ts';
import { ImportRefused, shownPath } from './refused.ts';

export interface ReadOptions {
  /** What the path `-` means. */
  readonly input: AsyncIterable<Uint8Array | string>;
  readonly limits?: ImportLimits;
  /** After each file: how many there are, and their bytes. */
  readonly progress?: (files: number, bytes: number) => void;
}

/** What was read, and what was left out, one sentence each with its path. */
interface ReadFiles {
  readonly files: readonly SourceFile[];
  readonly warnings: readonly string[];
}

/** How many of the files that are no JSON are named. */
const MAX_NAMED = 5;
const MAX_WARNINGS = 1000;

/**
 * Reads files, folders, archives (.zip, .tar, .tar.gz) and `-`. JSON alone is taken out of folders and archives; a file
 * that is named is read whatever its name. Nothing is written. Throws ImportRefused that names the path: of what cannot be
 * read, and at the first limit that is exceeded, before more of it is unpacked.
 */
export async function readImportFiles(paths: readonly string[], options: ReadOptions): Promise<ReadFiles> {
  const allowance = new Allowance(options.limits ?? IMPORT_LIMITS);
  const leftOut: string[] = [];
  const warnings: string[] = [];
  let count = 0;
  const reading: Reading = {
    allowance,
    warn: (path, problem) =>
      void (++count <= MAX_WARNINGS && warnings.push(`${shownPath(path)}: ${problem}; left out`)),
    leaveOut: (path) => void leftOut.push(path),
  };
  const files: SourceFile[] = [];
  for (const path of paths) {
    const before = files.length;
    for await (const file of readPath(path, options.input, reading)) {
      files.push(file);
      options.progress?.(files.length, allowance.bytes);
    }
    if (files.length === before)
      throw new ImportRefused(path, ['it holds no JSON', ...warnings.slice(0, 1)].join('; '));
  }
  if (count > MAX_WARNINGS) warnings.push(`${count - MAX_WARNINGS} more files were left out`);
  if (leftOut.length > 0) warnings.push(sentence(leftOut));
  return { files, warnings };
}

function sentence(leftOut: readonly string[]): string {
  const named = leftOut.slice(0, MAX_NAMED).map(shownPath).join(', ');
  const more = leftOut.length > MAX_NAMED ? ' …' : '';
  const what = leftOut.length === 1 ? '1 file is not JSON and was' : `${leftOut.length} files are not JSON and were`;
  return `${what} left out: ${named}${more}`;
}

async function* readPath(
  path: string,
  input: AsyncIterable<Uint8Array | string>,
  reading: Reading,
): AsyncGenerator<SourceFile> {
  if (path === '-') {
    yield* readStream('standard input', input, reading);
    return;
  }
  try {
    const { isFolder, isPlain } = await kindOf(path);
    if (isFolder) yield* readFolder(path.replaceAll(sep, '/'), reading);
    else yield* readNamedFile(path, isPlain, reading);
  } catch (error) {
    throw refusal(path, error);
  }
}

/** A link that somebody names is followed. */
async function kindOf(path: string) {
  const found = await stat(path);
  return { isFolder: found.isDirectory(), isPlain: found.isFile() };
}

async function* readNamedFile(path: string, isPlain: boolean, reading: Reading): AsyncGenerator<SourceFile> {
  reading.allowance.takeEntry(path);
  const handle = await open(path, 'r');
  try {
    // A shell's `<(command)` is a pipe.
    if (isPlain) yield* readOpenFile(path, handle, reading, 'byContent');
    else yield* readStream(path, handle.createReadStream({ autoClose: false }), reading);
  } finally {
    await handle.close();
  }
}
