/** Values of condition operators: what of a text is a number, a date, an address, bytes, an ARN. */
import { isIP } from 'node:net';
import { globHidden, isEverything } from './naive-text.ts';

export const dateOf = (text: string): number =>
  /^\d{5,}$|^\d{1,3}$/.test(text) ? Number(text) * 1000 : isDay(text) ? Date.parse(text) : Number.NaN;

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

interface Range {
  readonly version: 4 | 6;
  readonly first: bigint;
  /** Bits of the address that may be anything. */
  readonly free: bigint;
}

/** A single address or a range of them; null: it is neither. */
export function rangeOf(text: string): Range | null {
  const [address = '', length, ...more] = text.split('/');
  const version = isIP(address);
  if ((version !== 4 && version !== 6) || more.length > 0 || !/^\d{1,3}$/.test(length ?? '0')) return null;
  const bits = version === 4 ? 32 : 128;
  const fixed = length === undefined ? bits : Number(length);
  return fixed > bits ? null : { version, first: numberOfAddress(address, version), free: BigInt(bits - fixed) };
}

function numberOfAddress(address: string, version: 4 | 6): bigint {
  if (version === 4) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [head = '', tail] = address.split('::');
  const words = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [before, after] = [words(head), words(tail ?? '')];
  const zeros = tail === undefined ? [] : Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...zeros, ...after].reduce((sum, word) => sum * 65536n + BigInt(`0x${word}`), 0n);
}

/** null: one of the two is no address. */
export function inRange(given: string, range: string): boolean | null {
  const [a, b] = [rangeOf(given), rangeOf(range)];
  if (a === null || b === null || given.includes('/')) return null;
  return a.version === b.version && a.first >> b.free === b.first >> b.free;
}

/** JavaScript takes 30 February for a day in March. */
function isDay(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(text) ?? [];
  return (
    day === undefined || new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day)
  );
}
