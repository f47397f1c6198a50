import { isDeepStrictEqual } from 'node:util';
import { InvalidInput } from '../../policy/errors.ts';
import { isStorable } from '../storable.ts';
import { inTurn } from './batches.ts';
import { ManyTexts } from './many-texts.ts';

/** Why a text is refused. */
export const UNSTORABLE = 'it contains U+0000 or half a surrogate pair, which cannot be stored';

interface Names<T> {
  readonly keyOf: (input: T) => string;
  readonly nameOf: (input: T) => string;
}

interface Found<T> {
  get(key: string): T | undefined;
  set(key: string, input: T): unknown;
}

function add<T>(found: Found<T>, input: T, { keyOf, nameOf }: Names<T>): void {
  const key = keyOf(input);
  if (!isStorable(key)) throw new InvalidInput('document', `${nameOf(input)}: ${UNSTORABLE}`);
  const before = found.get(key);
  if (before !== undefined && !isDeepStrictEqual(before, input)) {
    throw new InvalidInput('document', `${nameOf(input)}: it occurs twice, with different contents`);
  }
  found.set(key, input);
}

/**
 * Entries by their keys. An entry may occur again with the same content; throws InvalidInput for two that differ, of which
 * none is better than the other.
 */
export function uniqueBy<T>(
  inputs: readonly T[] | undefined,
  keyOf: (input: T) => string,
  nameOf: (input: T) => string,
): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  for (const input of inputs ?? []) add(found, input, { keyOf, nameOf });
  return found;
}

/** As `uniqueBy`, for many entries: others can use the process in between. */
export async function uniqueOfMany<T>(
  inputs: readonly T[] | undefined,
  keyOf: (input: T) => string,
  nameOf: (input: T) => string,
): Promise<ReadonlyMap<string, T>> {
  const found = new ManyTexts<T>();
  await inTurn(inputs ?? [], (input) => add(found, input, { keyOf, nameOf }));
  return found;
}
