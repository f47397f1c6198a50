import { isDeepStrictEqual } from 'node:util';
import { InvalidInput } from '../../policy/errors.ts';
import { isStorable } from '../storable.ts';

/** Why a text is refused. */
export const UNSTORABLE = 'it contains U+0000 or half a surrogate pair, which cannot be stored';

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
  for (const input of inputs ?? []) {
    const key = keyOf(input);
    if (!isStorable(key)) throw new InvalidInput('document', `${nameOf(input)}: ${UNSTORABLE}`);
    const before = found.get(key);
    if (before !== undefined && !isDeepStrictEqual(before, input)) {
      throw new InvalidInput('document', `${nameOf(input)}: it occurs twice, with different contents`);
    }
    found.set(key, input);
  }
  return found;
}
