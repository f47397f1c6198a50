import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { SourceFile } from '../../importing/source-file.ts';
import { collect, decodeText, peek } from './bytes.ts';
import { contentOf, expectedOf, HEAD_BYTES, looksLikeJson } from './content.ts';
import { refusal } from './failure.ts';
import type { Reading } from './reading.ts';

type Bytes = AsyncIterable<Uint8Array | string>;

/** Reads a member of an archive, or a file of a folder that is no archive: if it holds JSON. */
export async function* readMember(
  path: string,
  open: () => Promise<Bytes> | Bytes,
  reading: Reading,
  isCounted: boolean,
): AsyncGenerator<SourceFile> {
  const expected = expectedOf(path);
  if (expected === 'archive') reading.warn(path, 'an archive within an archive is not opened');
  else if (expected === 'other') reading.leaveOut(path);
  else if (expected === 'gzip') yield* readGzipText(path, await open(), reading);
  else if (expected === 'json') yield await readText(path, await open(), reading, isCounted);
  else {
    const { head, whole } = await peek(await open(), HEAD_BYTES);
    if (looksLikeJson(head)) yield await readText(path, whole, reading, isCounted);
    else {
      reading.leaveOut(path);
      // Closes what it comes from; within a tar the rest must be read to reach the next member.
      if (isCounted) for await (const _ of whole);
      else for await (const _ of whole) break;
    }
  }
}

/** Its path is that of what is in it: `list-roots.json` for `list-roots.json.gz`. */
export async function readText(path: string, bytes: Bytes, reading: Reading, isCounted = false): Promise<SourceFile> {
  const text = decodeText(await collect(bytes, path, reading.allowance, isCounted));
  return { path: path.replace(/\.gz$/i, ''), text };
}

async function* readGzipText(path: string, bytes: Bytes, reading: Reading): AsyncGenerator<SourceFile> {
  try {
    const { head, whole } = await peek(counted(path, gunzip(bytes), reading), HEAD_BYTES);
    if (contentOf(head) === 'other') yield await readText(path, whole, reading, true);
    else {
      reading.warn(path, 'an archive within an archive is not opened');
      for await (const _ of whole) break;
    }
  } catch (error) {
    throw refusal(path, error);
  }
}

export function gunzip(bytes: Bytes): Readable {
  const unpacked = createGunzip();
  // Its error is that of the iteration.
  pipeline(Readable.from(bytes), unpacked, () => undefined);
  return unpacked;
}

/** The same bytes, counted as they pass: what is unpacked and then left out costs as much. */
export async function* counted(path: string, bytes: Bytes, reading: Reading): AsyncGenerator<Buffer> {
  for await (const piece of bytes) {
    const chunk = Buffer.from(piece);
    reading.allowance.takeBytes(chunk.length, path);
    yield chunk;
  }
}
