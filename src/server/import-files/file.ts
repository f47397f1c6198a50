import type { FileHandle } from 'node:fs/promises';
import type { SourceFile } from '../../importing/source-file.ts';
import { collect, peek } from './bytes.ts';
import { contentOf, expectedOf, HEAD_BYTES } from './content.ts';
import { refusal } from './failure.ts';
import { counted, gunzip, readMember, readText } from './member.ts';
import type { Reading } from './reading.ts';
import { ImportRefused } from './refused.ts';
import { readTar } from './tar.ts';
import { readZip } from './zip.ts';

/**
 * Reads an open file. `byContent`: somebody named it, and it is what it holds; `byName`: it was found in a folder, and is
 * read if its name says that it is JSON or an archive.
 */
export async function* readOpenFile(
  path: string,
  handle: FileHandle,
  reading: Reading,
  how: 'byContent' | 'byName',
): AsyncGenerator<SourceFile> {
  const stream = () => chunksOf(handle);
  if (how === 'byName' && expectedOf(path) !== 'archive') {
    yield* readMember(path, stream, reading, false);
    return;
  }
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  const content = contentOf(buffer.subarray(0, bytesRead));
  if (content === 'zip') yield* readZip(path, handle.fd, reading);
  else if (content === 'other' && how === 'byName')
    throw new ImportRefused(path, 'it is not the archive that its name says');
  else yield* readStream(path, stream(), reading);
}

/** Bytes. Most files of a folder fit in one piece. */
const PIECE = 65_536;

/** The bytes from the beginning: cheaper than a stream, where there are tens of thousands of small files. */
async function* chunksOf(handle: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(PIECE), 0, PIECE, position);
    position += bytesRead;
    if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
    // A file gives less than it is asked for only at its end.
    if (bytesRead < PIECE) return;
  }
}

/** Reads what streams by, an archive or JSON: its first bytes say which. */
export async function* readStream(
  path: string,
  stream: AsyncIterable<Uint8Array | string>,
  reading: Reading,
): AsyncGenerator<SourceFile> {
  try {
    const { head, whole } = await peek(stream, HEAD_BYTES);
    const content = contentOf(head);
    // The directory of a zip stands at its end.
    if (content === 'zip') yield* readZip(path, await collect(whole, path, reading.allowance), reading);
    else if (content === 'tar') yield* readTar(path, whole, reading);
    else if (content === 'gzip') yield* readGzip(path, whole, reading);
    else yield await readText(path, whole, reading);
  } catch (error) {
    throw refusal(path, error);
  }
}

async function* readGzip(path: string, bytes: AsyncIterable<Buffer>, reading: Reading): AsyncGenerator<SourceFile> {
  const { head, whole } = await peek(gunzip(bytes), HEAD_BYTES);
  const content = contentOf(head);
  if (content === 'tar') yield* readTar(path, whole, reading);
  else if (content === 'other') yield await readText(path, counted(path, whole, reading), reading, true);
  else throw new ImportRefused(path, 'an archive within an archive is not opened');
}
