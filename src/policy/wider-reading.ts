import { splitArn } from './arn.ts';
import { globOf } from './pattern.ts';

/** Parts of an ARN before its resource. */
const HEADS = 5;

/** A reading in which the account became part of the resource matches no ARN. */
const ACCOUNT_BEHIND = /(?:^|:)\d{12}:/;

/** Readings of one entry: no policy in practice comes near. */
const MOST = 64;

/**
 * The other ways to read an entry as six parts when its stars may cross colons: `arn:aws:sqs:*:q` is also
 * `arn:aws:sqs:*:*:q`. Readings covered by `narrow`, the first reading, or by another one are left out. Null: there are too many.
 */
export function widerReadings(text: string, narrow: readonly string[] | null): readonly (readonly string[])[] | null {
  const found: string[] = [];
  if (!addReadings(text, '', 0, 0, found)) return null;
  const kept: (readonly string[])[] = narrow === null ? [] : [narrow];
  for (const parts of found.map(splitArn)) {
    if (!ACCOUNT_BEHIND.test(parts[HEADS] ?? '') && !kept.some((other) => covers(other, parts))) kept.push(parts);
  }
  return narrow === null ? kept : kept.slice(1);
}

/** Adds the readings that begin with `front`, which has `colons` and replaces the text before `from`. False: there are too many. */
function addReadings(text: string, front: string, from: number, colons: number, found: string[]): boolean {
  let passed = colons;
  for (let at = from; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === ':') passed += 1;
    if (passed === HEADS) {
      if (front !== '') found.push(front + text.slice(from));
      break;
    }
    if (char !== '*') continue;
    for (let taken = 1; passed + taken <= HEADS; taken += 1) {
      const taking = `${front}${text.slice(from, at + 1)}${':*'.repeat(taken)}`;
      if (passed + taken === HEADS) found.push(taking + text.slice(at + 1));
      else if (!addReadings(text, taking, at + 1, passed + taken, found)) return false;
    }
    if (found.length > MOST) return false;
  }
  return true;
}

/** Whether everything that matches `narrow` matches `wide`. False does not prove the opposite. */
function covers(wide: readonly string[], narrow: readonly string[]): boolean {
  return wide.every((part, i) => part === narrow[i] || (isPlain(part) && globOf(part).matches(narrow[i] ?? '')));
}

/** Its stars match the text of another pattern only where that pattern may hold anything: `?` and `${*}` match otherwise. */
function isPlain(part: string): boolean {
  return !part.includes('?') && !part.includes('${');
}
