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

/** Something to read JSON out of, and the path that messages show. */
export interface ImportSource {
  readonly path: string;
  read(reading: Reading): AsyncIterable<SourceFile>;
}

/** Files one after the other. */
export interface ImportFileStream {
  readonly files: AsyncIterable<SourceFile>;
  /** What was left out, one sentence each with its path: once all files are read. */
  warnings(): readonly string[];
  /** The bytes that were read so far. */
  bytes(): number;
}

/**
 * Reads files, folders, archives (.zip, .tar, .tar.gz) and `-`. JSON alone is taken out of folders and archives; a file
 * that is named is read whatever its name. Nothing is written. Throws ImportRefused that names the path: of what cannot be
 * read, and at the first limit that is exceeded, before more of it is unpacked.
 */
export function readImportFiles(paths: readonly string[], { input, ...options }: ReadOptions): Promise<ReadFiles> {
  return readAll(streamImportFiles(paths, input, options.limits), options.progress);
}

/** As `readImportFiles`, without holding more than one file in memory. */
export function streamImportFiles(
  paths: readonly string[],
  input: ReadOptions['input'],
  limits?: ImportLimits,
): ImportFileStream {
  return streamSources(
    paths.map((path) => ({ path, read: (reading) => readPath(path, input, reading) })),
    limits,
  );
}

/** All files of a stream. */
export async function readAll(stream: ImportFileStream, progress?: ReadOptions['progress']): Promise<ReadFiles> {
  const files: SourceFile[] = [];
  for await (const file of stream.files) {
    files.push(file);
    progress?.(files.length, stream.bytes());
  }
  return { files, warnings: stream.warnings() };
}

/** Reads sources one after the other, within the limits that they share. */
export function streamSources(sources: readonly ImportSource[], limits = IMPORT_LIMITS): ImportFileStream {
  const allowance = new Allowance(limits);
  const leftOut: string[] = [];
  const warnings: string[] = [];
  let count = 0;
  const reading: Reading = {
    allowance,
    warn: (path, problem) =>
      void (++count <= MAX_WARNINGS && warnings.push(`${shownPath(path)}: ${problem}; left out`)),
    leaveOut: (path) => void leftOut.push(path),
  };
  async function* read(): AsyncGenerator<SourceFile> {
    for (const source of sources) {
      let isEmpty = true;
      const before = warnings.length;
      for await (const file of source.read(reading)) {
        isEmpty = false;
        yield file;
      }
      if (isEmpty) throw new ImportRefused(source.path, ['it holds no JSON', ...warnings.slice(before, before + 1)].join('; '));
    }
    if (count > MAX_WARNINGS) warnings.push(`${count - MAX_WARNINGS} more files were left out`);
    if (leftOut.length > 0) warnings.push(sentence(leftOut));
  }
  return { files: read(), warnings: () => warnings, bytes: () => allowance.bytes };
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

/** Reads the file at `path`, which messages call `shown`, whatever its name. */
export async function* readNamedFile(
  path: string,
  isPlain: boolean,
  reading: Reading,
  shown = path,
): AsyncGenerator<SourceFile> {
  reading.allowance.takeEntry(shown);
  const handle = await open(path, 'r');
  try {
    // A shell's `<(command)` is a pipe.
    if (isPlain) yield* readOpenFile(shown, handle, reading, 'byContent');
    else yield* readStream(shown, handle.createReadStream({ autoClose: false }), reading);
  } finally {
    await handle.close();
  }
}
