import { decodeText } from './bytes.ts';

/** Enough to tell the forms apart: the mark of a tar stands in its first header. */
export const HEAD_BYTES = 512;

type Content = 'zip' | 'gzip' | 'tar' | 'other';

/** By the first bytes. An empty zip has no member: it begins with the end of its directory. */
export function contentOf(head: Buffer): Content {
  const begins = (...bytes: readonly number[]) => bytes.every((byte, index) => head[index] === byte);
  if (begins(0x50, 0x4b, 3, 4) || begins(0x50, 0x4b, 5, 6)) return 'zip';
  if (begins(0x1f, 0x8b)) return 'gzip';
  return head.toString('latin1', 257, 262) === 'ustar' ? 'tar' : 'other';
}

type Expected = 'json' | 'gzip' | 'archive' | 'look' | 'other';

/** What a file is expected to hold, by its name. `look`: it has no extension, and its beginning must say. */
export function expectedOf(path: string): Expected {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  // Macintosh computers put a second file with this name beside each file in an archive.
  if (name.startsWith('._')) return 'other';
  if (/\.(json|jsonl|ndjson)$/.test(name)) return 'json';
  if (/\.(zip|tar|tgz|tar\.gz)$/.test(name)) return 'archive';
  // AWS Config delivers its snapshots as .json.gz.
  if (/\.(json|jsonl|ndjson)\.gz$/.test(name)) return 'gzip';
  return name.includes('.') ? 'other' : 'look';
}

export function looksLikeJson(head: Buffer): boolean {
  return /^\s*[[{]/.test(decodeText(head));
}
