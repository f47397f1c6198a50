import { type Allowance, NotTaken } from './bounds.ts';
import { inflated } from './inflate.ts';
import type { Member } from './tar.ts';

// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
/** Of the end of the directory, without its comment. */
const END_BYTES = 22;
const STORED = 0;
const DEFLATED = 8;

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

/** A member as the directory of the archive names it, not read yet. */
export interface ZipMember {
  readonly name: string;
  /** Throws NotTaken. */
  read(allowance: Allowance): Promise<Member['bytes']>;
}

/** The files of a zip, by its directory. Throws NotTaken. */
export function membersOfZip(bytes: Member['bytes']): readonly ZipMember[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const broken = new NotTaken('The archive is broken, or of a form that a browser does not read.');
  let end = bytes.length - END_BYTES;
  while (end >= 0 && view.getUint32(end, true) !== END) end--;
  if (end < 0) throw broken;
  const members: ZipMember[] = [];
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== CENTRAL) throw broken;
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true)) as [
      number,
      number,
      number,
    ]; // as: of three offsets
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const packed = view.getUint32(at + 20, true);
    const place = view.getUint32(at + 42, true);
    const method = view.getUint16(at + 10, true);
    const isEncrypted = (view.getUint16(at + 8, true) & 1) !== 0;
    at += 46 + nameLength + extra + comment;
    if (name.endsWith('/')) continue;
    members.push({
      name,
      async read(allowance) {
        if (isEncrypted || (method !== STORED && method !== DEFLATED)) {
          throw new NotTaken(`${name} is packed in a way that a browser does not read.`);
        }
        if (place + 30 > bytes.length || view.getUint32(place, true) !== LOCAL) throw broken;
        const start = place + 30 + view.getUint16(place + 26, true) + view.getUint16(place + 28, true);
        if (start + packed > bytes.length) throw broken;
        const body = bytes.subarray(start, start + packed);
        if (method === DEFLATED) return inflated(body, 'deflate-raw', allowance);
        allowance.take(body.length);
        return body;
      },
    });
  }
  return members;
}
