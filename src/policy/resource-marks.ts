/**
 * A set of beginnings of resources, in 32 bits, one for each beginning. A pattern has the bit of the text before its first
 * wildcard, a resource those of everything that it begins with: without a common bit the pattern cannot cover the
 * resource, and need not be looked at. With one it may.
 */
export type Marks = number;

/** Of what has to be looked at for every resource. */
export const EVERY_MARK: Marks = -1;

/** Every resource has it, and no pattern but those with all: it lets them be looked at also for what is no ARN. */
const ANY_RESOURCE: Marks = 1 << 31;
const BITS = 31;

/** Letters behind the fifth colon that beginnings have: longer ones are cut to the next of them. */
const LENGTHS = [3, 8, 16] as const;

/** Of a resource: `head` is what stands before and with its fifth colon, null of what is no ARN; `rest` what follows. */
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

/** Of a pattern: `head` is null where it holds wildcards; `prefix` is what stands between it and the first wildcard. */
export function marksOfPattern(head: string | null, prefix: string): Marks {
  let length = 0;
  for (const one of LENGTHS) if (one <= prefix.length) length = one;
  if (head === null) return length === 0 ? EVERY_MARK : bitOf(hashOn(NOTHING_YET, prefix, 0, length));
  return bitOf(hashOn(hashOn(NOTHING_YET, head, 0, head.length), prefix, 0, length));
}

function bitOf(hash: number): Marks {
  return 1 << (((hash ^ (hash >>> 15)) >>> 0) % BITS);
}

/** FNV-1a, taken on over a part of a text. */
const NOTHING_YET = 0x811c9dc5 | 0;

function hashOn(hash: number, text: string, from: number, to: number): number {
  let on = hash;
  for (let i = from; i < to; i += 1) on = Math.imul(on ^ text.charCodeAt(i), 0x01000193);
  return on;
}
