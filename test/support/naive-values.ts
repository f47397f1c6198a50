/** Values of condition operators: what of a text is a number, a date, an address, bytes, an ARN. */
import { globHidden, isEverything } from './naive-text.ts';

export const dateOf = (text: string): number =>
  /^\d{5,}$|^\d{1,3}$/.test(text) ? Number(text) * 1000 : Date.parse(text);

export const numberOf = (text: string): number =>
  /^[+-]?\d+(\.\d*)?$|^[+-]?\.\d+$/.test(text) ? Number(text) : Number.NaN;

export const bytesOf = (text: string): Buffer | null =>
  /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2,3}={0,2})?$/.test(text) ? Buffer.from(text, 'base64') : null;

export const isBoolean = (text: string): boolean => /^(true|false)$/i.test(text);

export const isArn = (text: string): boolean => text.split(':').length >= 6;

/** Each of the six parts by itself: wildcards do not cross the first five colons. null: the pattern is no ARN. */
export function arnLike(wanted: string, given: string): boolean | null {
  if (isEverything(wanted)) return true;
  if (!isArn(wanted)) return null;
  const a = wanted.split(':');
  const b = given.split(':');
  const ends = [a.slice(5).join(':'), b.slice(5).join(':')];
  return [0, 1, 2, 3, 4].every((i) => globHidden(a[i] ?? '', b[i] ?? '')) && globHidden(ends[0] ?? '', ends[1] ?? '');
}

function addressOf(text: string): bigint | null {
  if (!/^\d+(\.\d+){3}$/.test(text)) return null;
  return text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

/** null: one of the two is no address. Of IPv6 the worlds have single addresses, which are in no range of IPv4. */
export function inRange(given: string, range: string): boolean | null {
  const [base = '', length = '32'] = range.split('/');
  const [a, b] = [addressOf(given), addressOf(base)];
  if (given.includes(':')) return b === null ? null : false;
  if (a === null || b === null) return null;
  const shift = BigInt(32 - Number(length));
  return a >> shift === b >> shift;
}
