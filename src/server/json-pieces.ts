import type { Steps } from '../policy/steps.ts';

/** Values that are written in one step: a millisecond. */
const VALUES = 8_000;
/** Characters that are written in one step: a millisecond. */
const CHARACTERS = 262_144;

/** What is left of one step while a value is looked at. */
interface Room {
  values: number;
  characters: number;
}

/** Whether `value` is written in one step. Looks at no more of it than that. */
export function isShort(value: unknown): boolean {
  return fits(value, { values: VALUES, characters: CHARACTERS });
}

function fits(value: unknown, room: Room): boolean {
  room.values -= 1;
  if (typeof value === 'string') room.characters -= value.length;
  else if (typeof value === 'object' && value !== null) {
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index += 1) if (!fits(value[index], room)) return false;
    } else {
      // Its members alone: JSON.stringify looks no further, and class instances with a form of their own are short.
      for (const key in value) {
        room.characters -= key.length;
        if (!fits((value as Readonly<Record<string, unknown>>)[key], room)) return false; // as: an object
      }
    }
  }
  return room.values > 0 && room.characters > 0;
}

/** What JSON.stringify writes of a value of JSON, step by step: in pieces that are short. */
export function* jsonPieces(value: unknown): Steps<readonly string[]> {
  const pieces: string[] = [];
  yield* new Writer(pieces).write(value);
  return pieces;
}

/** The same as bytes. */
export function* jsonBytes(value: unknown): Steps<readonly Buffer[]> {
  const bytes: Buffer[] = [];
  for (const piece of yield* jsonPieces(value)) {
    bytes.push(Buffer.from(piece));
    yield VALUES;
  }
  return bytes;
}

class Writer {
  readonly #pieces: string[];

  constructor(pieces: string[]) {
    this.#pieces = pieces;
  }

  *write(value: unknown): Steps<void> {
    if (isShort(value) || !isDivisible(value)) {
      this.#pieces.push(JSON.stringify(value) ?? 'null');
      yield VALUES;
    } else if (Array.isArray(value)) yield* this.#list(value);
    else yield* this.#object(value as Readonly<Record<string, unknown>>); // as: it is divisible
  }

  /** Runs of short items together. */
  *#list(items: readonly unknown[]): Steps<void> {
    this.#pieces.push('[');
    for (let from = 0; from < items.length; ) {
      const room = { values: VALUES, characters: CHARACTERS };
      let to = from;
      while (to < items.length && fits(items[to], room)) to += 1;
      if (from > 0) this.#pieces.push(',');
      if (to === from) {
        yield* this.write(items[from]);
        from += 1;
      } else {
        this.#pieces.push(JSON.stringify(items.slice(from, to)).slice(1, -1));
        from = to;
        yield VALUES;
      }
    }
    this.#pieces.push(']');
  }

  *#object(object: Readonly<Record<string, unknown>>): Steps<void> {
    let before = '{';
    for (const [key, value] of Object.entries(object)) {
      if (value === undefined || typeof value === 'function') continue;
      this.#pieces.push(`${before}${JSON.stringify(key)}:`);
      before = ',';
      yield* this.write(value);
    }
    this.#pieces.push(before === '{' ? '{}' : '}');
  }
}

/** Long texts are written at once, and what has a form of its own is. */
function isDivisible(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !('toJSON' in value);
}
