import { Readable } from 'node:stream';
import { extract, type Header } from 'tar-stream';
import type { SourceFile } from '../../importing/source-file.ts';
import { refusal } from './failure.ts';
import { counted, readMember } from './member.ts';
import { MemberNames, memberPath } from './member-path.ts';
import type { Reading } from './reading.ts';
import { ImportRefused } from './refused.ts';

/** The zeros at the end of every tar. https://www.gnu.org/software/tar/manual/html_node/Standard.html */
const END_MARK = 1024;

const KINDS: Readonly<Record<string, string>> = {
  symlink: 'it is a symbolic link',
  link: 'it is a hard link',
  'character-device': 'it is a device',
  'block-device': 'it is a device',
  fifo: 'it is a pipe',
};

/** The JSON files of a tar, one after the other as it streams by. */
export async function* readTar(
  path: string,
  bytes: AsyncIterable<Buffer>,
  reading: Reading,
): AsyncGenerator<SourceFile> {
  const tar = extract();
  const end = { zeros: 0 };
  const source = Readable.from(watchEnd(counted(path, bytes, reading), end));
  source.on('error', (error) => tar.destroy(error));
  source.pipe(tar);
  const names = new MemberNames();
  try {
    for await (const entry of tar) {
      const member = memberOf(path, entry.header, names, reading);
      if (member === null) for await (const _ of entry);
      // Its own types do not say that its pieces are bytes.
      else yield* readTarMember(member, entry as AsyncIterable<Uint8Array>, reading);
    }
  } catch (error) {
    throw refusal(path, error);
  } finally {
    source.destroy();
    tar.destroy();
  }
  if (end.zeros < END_MARK) throw new ImportRefused(path, 'it is cut off');
}

async function* readTarMember(
  member: string,
  entry: AsyncIterable<Uint8Array>,
  reading: Reading,
): AsyncGenerator<SourceFile> {
  let isOpened = false;
  const open = () => {
    isOpened = true;
    return entry;
  };
  yield* readMember(member, open, reading, true);
  if (!isOpened) for await (const _ of entry);
}

/** The path of a file; null: it is none, or left out. */
function memberOf(archive: string, header: Header, names: MemberNames, reading: Reading): string | null {
  const { name, type } = header;
  const shown = `${archive}/${name}`;
  reading.allowance.takeEntry(archive);
  const place = memberPath(name, reading.allowance.limits.depth);
  if (type === 'directory') return null;
  if ('problem' in place) {
    reading.warn(shown, place.problem);
    return null;
  }
  if (type !== 'file' && type !== 'contiguous-file') {
    reading.warn(shown, `${KINDS[type] ?? 'it is no plain file'}, which is not followed`);
    return null;
  }
  const path = `${archive}/${place.path}`;
  if (!names.add(place.path)) throw new ImportRefused(path, 'the archive holds two files of this name');
  reading.allowance.expectBytes(header.size, path);
  return path;
}

async function* watchEnd(bytes: AsyncIterable<Buffer>, end: { zeros: number }): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    let zeros = 0;
    while (zeros < chunk.length && chunk[chunk.length - 1 - zeros] === 0) zeros++;
    end.zeros = zeros === chunk.length ? end.zeros + zeros : zeros;
    yield chunk;
  }
}
