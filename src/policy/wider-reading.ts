import { splitArn } from './arn.ts';
import { globOf } from './pattern.ts';

/** Parts of an ARN before its resource. */
const HEADS = 5;

/** A reading in which the account has become part of the resource is of no ARN. */
const ACCOUNT_BEHIND = /(?:^|:)\d{12}:/;

/** Readings of one entry: nobody who writes policies comes near. */
const MOST = 64;

/**
 * The other ways to read an entry as six parts when its stars may run past colons: `arn:aws:sqs:*:q` is also
 * `arn:aws:sqs:*:*:q`. Those that `narrow`, its first reading, or another one covers are left out. Null: there are too many.
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

/** Those that begin with `front`, for what stands before `from` and has `colons`. False: there are too many. */
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

/** Whether everything that fits `narrow` fits `wide`. False is not a proof of the contrary. */
function covers(wide: readonly string[], narrow: readonly string[]): boolean {
  return wide.every((part, i) => part === narrow[i] || (isPlain(part) && globOf(part).matches(narrow[i] ?? '')));
}

/** Its stars match the text of another pattern only where that one may hold anything: `?` and `${*}` do otherwise. */
function isPlain(part: string): boolean {
  return !part.includes('?') && !part.includes('${');
}
