/**
 * A set of resource prefixes, in 32 bits, one bit for each prefix. A pattern has the bit of the text before its first
 * wildcard, a resource the bits of all its prefixes: without a common bit the pattern cannot cover the
 * resource, and is skipped. With one it may cover it.
 */
export type Marks = number;

/** Marks of patterns that must be compared with every resource. */
export const EVERY_MARK: Marks = -1;

/** Every resource has it, and no pattern except those with all bits: so these are compared also with a text that is no ARN. */
const ANY_RESOURCE: Marks = 1 << 31;
const BITS = 31;

/** Lengths of the prefixes, in characters after the fifth colon: longer ones are cut to the next of them. */
const LENGTHS = [3, 8, 16] as const;

/** Marks of a resource: `head` ends with its fifth colon and is null if it is not an ARN; `rest` is the remainder. */
export function marksOfResource(head: string | null, rest: string): Marks {
  if (head === null) return ANY_RESOURCE;
  let inHead = hashOn(NOTHING_YET, head, 0, head.length);
  let anywhere = NOTHING_YET;
  let marks = ANY_RESOURCE | bitOf(inHead);
  let from = 0;
  for (const length of LENGTHS) {
    if (length > rest.length) break;
    inHead = hashOn(inHead, rest, from, length);
    anywhere = hashOn(anywhere, rest, from, length);
    marks |= bitOf(inHead) | bitOf(anywhere);
    from = length;
  }
  return marks;
}

/** Marks of a pattern: `head` is null if it holds wildcards; `prefix` is the text between it and the first wildcard. */
export function marksOfPattern(head: string | null, prefix: string): Marks {
  let length = 0;
  for (const one of LENGTHS) if (one <= prefix.length) length = one;
  if (head === null) return length === 0 ? EVERY_MARK : bitOf(hashOn(NOTHING_YET, prefix, 0, length));
  return bitOf(hashOn(hashOn(NOTHING_YET, head, 0, head.length), prefix, 0, length));
}

function bitOf(hash: number): Marks {
  return 1 << (((hash ^ (hash >>> 15)) >>> 0) % BITS);
}

/** FNV-1a, continued over a part of a text. */
const NOTHING_YET = 0x811c9dc5 | 0;

function hashOn(hash: number, text: string, from: number, to: number): number {
  let on = hash;
  for (let i = from; i < to; i += 1) on = Math.imul(on ^ text.charCodeAt(i), 0x01000193);
  return on;
}
