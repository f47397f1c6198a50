import { base64url } from 'jose';

/** Another source for each request: what is wrong here often must not be paused, or there would be one answer to all. */
let source = 0;
export function fromElsewhere(): { readonly 'x-forwarded-for': string } {
  source += 1;
  return { 'x-forwarded-for': `198.51.${Math.floor(source / 250)}.${(source % 250) + 1}` };
}

/** A JSON Web Token taken apart. */
export interface Parts {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly signature: string;
}

export function partsOf(token: string): Parts {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return { header: read(header), payload: read(payload), signature };
}

function read(part: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
}

export function encoded(value: unknown): string {
  return base64url.encode(JSON.stringify(value));
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** `token` with one bit of one letter of one of its parts changed. */
export function withBitChanged(token: string, part: number, position: number, bit: number): string {
  const parts = token.split('.');
  const text = parts[part] ?? '';
  const value = ALPHABET.indexOf(text[position] ?? '');
  const letter = ALPHABET[value ^ (1 << bit)] ?? '';
  parts[part] = text.slice(0, position) + letter + text.slice(position + 1);
  return parts.join('.');
}
