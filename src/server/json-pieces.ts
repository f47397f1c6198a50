import { Repeated } from '../graphql/execution/repeated.ts';
import { finished, type Steps } from '../policy/steps.ts';

/** Values that are written in one step: a millisecond. */
const VALUES = 8_000;
/** Characters that are written together: a millisecond. */
const CHARACTERS = 262_144;

/** What is left of one step while a value is looked at. */
interface Room {
  values: number;
  characters: number;
}

/** Whether `value` is written in one step. Looks at no more of it than that. */
export function isShort(value: unknown): boolean {
  return sizeOf(value) !== null;
}

/** About how many characters are written of `value`; null: more than are written in one step. */
export function sizeOf(value: unknown): number | null {
  const room = { values: VALUES, characters: CHARACTERS };
  return fits(value, room) ? CHARACTERS - room.characters + BETWEEN * (VALUES - room.values) : null;
}

/** Characters between two values. */
const BETWEEN = 4;

function fits(value: unknown, room: Room): boolean {
  room.values -= 1;
  if (typeof value === 'string') room.characters -= value.length;
  else if (value instanceof Repeated) room.characters -= value.text.length;
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
  yield* new Writer((piece) => pieces.push(piece), AT_MOST).write(value, false);
  return pieces;
}

/** The same in one go, for a value that is neither long nor small. Its pieces are so short that V8 keeps them among what it forgets at once. */
export function putPieces(value: unknown, put: (piece: string) => void): void {
  finished(new Writer(put, SMALL).write(value, true));
}

/** The same as one text, for a value that is not long. */
export function jsonText(value: unknown): string {
  let text = '';
  putPieces(value, (piece) => {
    text += piece;
  });
  return text;
}

/** Longer texts V8 keeps one by one, each in memory of its own that has to be had first. */
const AT_HAND = 65_536;
const AT_MOST: Room = { values: VALUES, characters: AT_HAND };
const SMALL: Room = { values: VALUES / 2, characters: AT_HAND / 2 };

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
  readonly #put: (piece: string) => void;
  readonly #room: Readonly<Room>;

  /** `room`: of a piece. */
  constructor(put: (piece: string) => void, room: Readonly<Room>) {
    this.#put = put;
    this.#room = room;
  }

  /** `isLong`: it is known to be longer than a piece. */
  *write(value: unknown, isLong: boolean): Steps<void> {
    if (value instanceof Repeated) this.#put(value.text);
    else if (!isDivisible(value) || (!isLong && fits(value, { ...this.#room }))) {
      this.#put(JSON.stringify(value) ?? 'null');
      yield VALUES;
    } else if (Array.isArray(value)) yield* this.#list(value);
    else yield* this.#object(value as Readonly<Record<string, unknown>>, isLong); // as: it is divisible
  }

  /** Runs of short items together. */
  *#list(items: readonly unknown[]): Steps<void> {
    this.#put('[');
    for (let from = 0; from < items.length; ) {
      const room = { ...this.#room };
      let to = from;
      while (to < items.length && fits(items[to], room)) to += 1;
      if (from > 0) this.#put(',');
      if (to === from) {
        yield* this.write(items[from], false);
        from += 1;
      } else {
        this.#put(
          items[from] instanceof Repeated
            ? textOf(items, from, to)
            : JSON.stringify(items.slice(from, to)).slice(1, -1),
        );
        from = to;
        yield VALUES;
      }
    }
    this.#put(']');
  }

  *#object(object: Readonly<Record<string, unknown>>, isLong: boolean): Steps<void> {
    let before = '{';
    const members = Object.entries(object);
    for (const [key, value] of members) {
      if (value === undefined || typeof value === 'function') continue;
      this.#put(`${before}${JSON.stringify(key)}:`);
      before = ',';
      // What is long in the only member of a long object is that member.
      yield* this.write(value, isLong && members.length === 1);
    }
    this.#put(before === '{' ? '{}' : '}');
  }
}

/** Items of which many are the same. */
function textOf(items: readonly unknown[], from: number, to: number): string {
  const texts: string[] = [];
  for (let index = from; index < to; index += 1) {
    const item = items[index];
    texts.push(item instanceof Repeated ? item.text : (JSON.stringify(item) ?? 'null'));
  }
  return texts.join(',');
}

/** Long texts are written at once, and what has a form of its own is. */
function isDivisible(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !('toJSON' in value);
}
