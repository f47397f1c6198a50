import { crc32 } from 'node:zlib';
import { type Entry, fromBufferPromise, fromFdPromise, getFileNameLowLevel, type ZipFile } from 'yauzl';
import type { SourceFile } from '../../importing/source-file.ts';
import { refusal } from './failure.ts';
import { readMember } from './member.ts';
import { MemberNames, memberPath } from './member-path.ts';
import type { Reading } from './reading.ts';
import { ImportRefused } from './refused.ts';

/** Names are looked at here: yauzl gives an archive up at the first bad one. The file is closed by who opened it. */
const OPTIONS = { autoClose: false, decodeStrings: false, lazyEntries: true };

/** The kind of a Unix file, in the upper half of the external attributes. */
const KIND = { mask: 0o170_000, file: 0o100_000, link: 0o120_000 };

/** The JSON files of a zip: in memory, or the open file with this number. */
export async function* readZip(path: string, zip: Buffer | number, reading: Reading): AsyncGenerator<SourceFile> {
  const opening = typeof zip === 'number' ? fromFdPromise(zip, OPTIONS) : fromBufferPromise(zip, OPTIONS);
  const archive = await opening.catch((error: unknown) => {
    throw refusal(path, error);
  });
  // One that comes when nobody waits any more would end the process.
  archive.on('error', () => undefined);
  try {
    yield* readEntries(path, archive, reading);
  } catch (error) {
    throw refusal(path, error);
  }
}

async function* readEntries(path: string, archive: ZipFile, reading: Reading): AsyncGenerator<SourceFile> {
  const names = new MemberNames();
  for await (const entry of archive.eachEntry()) {
    const member = memberOf(path, entry, names, reading);
    if (member !== null) yield* readMember(member, () => openMember(member, entry, archive), reading, false);
  }
}

/** The path of a file; null: it is none, or left out. */
function memberOf(archive: string, entry: Entry, names: MemberNames, reading: Reading): string | null {
  reading.allowance.takeEntry(archive);
  const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
  const shown = `${archive}/${name}`;
  const place = memberPath(name, reading.allowance.limits.depth);
  if ('problem' in place) {
    reading.warn(shown, place.problem);
    return null;
  }
  if (name.endsWith('/')) return null;
  // Zero: written by a system without such kinds.
  const kind = (entry.externalFileAttributes >>> 16) & KIND.mask;
  if (kind !== 0 && kind !== KIND.file) {
    const what = kind === KIND.link ? 'it is a symbolic link' : 'it is no plain file';
    reading.warn(shown, `${what}, which is not followed`);
    return null;
  }
  const path = `${archive}/${place.path}`;
  if (!names.add(place.path)) throw new ImportRefused(path, 'the archive holds two files of this name');
  if (entry.isEncrypted()) throw new ImportRefused(path, 'it is encrypted');
  if (!entry.canDecodeFileData()) throw new ImportRefused(path, 'it is packed in a way that is not known here');
  reading.allowance.expectBytes(entry.uncompressedSize, path);
  return path;
}

/** The bytes of a member. Throws at its end if they are not those that were packed: yauzl does not compare them. */
async function* openMember(path: string, entry: Entry, archive: ZipFile): AsyncGenerator<Buffer> {
  let checksum = 0;
  for await (const piece of await archive.openReadStreamPromise(entry)) {
    const chunk = piece as Buffer;
    checksum = crc32(chunk, checksum);
    yield chunk;
  }
  if (checksum !== entry.crc32) throw new ImportRefused(path, 'it is damaged: its checksum is another');
}
