import { NotTaken } from './bounds.ts';

/** A member of an archive. */
export interface Member {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Of a header, and of what files are filled up to. */
const BLOCK = 512;

/** Digits of the length before each record of an extended header, and the space behind it. */
const LONGEST_LENGTH = 21;

const text = new TextDecoder();

function field(header: Uint8Array, from: number, length: number): string {
  const bytes = header.subarray(from, from + length);
  const end = bytes.indexOf(0);
  return text.decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** Whether bytes are a tar, by the mark in its first header. */
export function isTar(bytes: Uint8Array): boolean {
  return field(bytes, 257, 5) === 'ustar';
}

/**
 * The files in a tar; links and folders are no files. Throws NotTaken for one that is cut off in a file.
 * https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06
 */
export function* membersOfTar(bytes: Uint8Array<ArrayBuffer>): Generator<Member> {
  let longName: string | null = null;
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const header = bytes.subarray(at, at + BLOCK);
    const size = Number.parseInt(field(header, 124, 12).trim() || '0', 8);
    if (header[0] === 0) return;
    if (!Number.isSafeInteger(size) || size < 0 || at + BLOCK + size > bytes.length) {
      throw new NotTaken('The archive is cut off, or of a form that cannot be read here.');
    }
    const body = bytes.subarray(at + BLOCK, at + BLOCK + size);
    const type = field(header, 156, 1);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'x') longName = paxPath(body);
    else if (type === 'L') longName = field(body, 0, body.length);
    else {
      const prefix = field(header, 345, 155);
      const short = field(header, 0, 100);
      if (type === '' || type === '0')
        yield { name: longName ?? (prefix === '' ? short : `${prefix}/${short}`), bytes: body };
      longName = null;
    }
  }
}

/** The path in the records of an extended header: `30 path=…`. Null: they give none. */
function paxPath(body: Uint8Array): string | null {
  for (let at = 0; at < body.length; ) {
    const space = body.subarray(at, at + LONGEST_LENGTH).indexOf(0x20);
    const length = Number.parseInt(text.decode(body.subarray(at, at + Math.max(space, 0))), 10);
    if (space < 0 || !(length > 0)) return null;
    const record = text.decode(body.subarray(at + space + 1, at + length - 1));
    if (record.startsWith('path=')) return record.slice('path='.length);
    at += length;
  }
  return null;
}
