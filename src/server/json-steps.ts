import type { Steps } from '../policy/steps.ts';

/** The bytes are not JSON. */
export class NotJson extends Error {}

/** Long values are nested too deeply, or an object has too many members. */
export class ComplexJson extends NotJson {}

/** Keeps texts together with their parts. */
interface KeepsTexts {
  keep(text: string, parts: readonly string[]): void;
}

/** Bytes that are parsed in one step: even of nothing but brackets they take a millisecond or two. */
export const PIECE = 32_768;
/** Levels of nested values that are larger than a piece. */
const MAX_LEVELS = 64;
/** Members of an object: whoever looks at one of them has to go over all of its names in one step. */
const MAX_MEMBERS = 10_000;
/** Levels at which what was seen on the way to the end of a piece is used. Below them each value is looked at anew, so that MAX_LEVELS counts long ones. */
const LEVELS_SEEN = 4;
/** A member of which so much was seen is taken for a long one. */
const LONG = PIECE / 2;

/** Bytes that are parsed in one step if there is little in them. */
const SPARSE = 4 * PIECE;
/** Bytes for each text, list, object and comma of what is sparse: lists of ordinary requests. */
const BYTES_EACH = 5;

/** What JSON takes for nothing: less than `trim` does. */
const BLANK = /^[ \t\n\r]*$/;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
/** Of an escape with the code of a character. */
const LENGTH_OF_U = 6;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** By byte: 1 where a value, a text or a key may begin. */
const MARKS = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === QUOTE || byte === COMMA || byte === OPEN_LIST || byte === OPEN_OBJECT ? 1 : 0,
);

/**
 * The value of JSON in valid UTF-8, as JSON.parse makes it, step by step: what is longer than a piece is cut between its
 * members, and each run of members is parsed by itself. `texts` gets each longer text with the parts it was put together from. Throws
 * NotJson, ComplexJson.
 */
export function* jsonSteps(bytes: Buffer, texts: KeepsTexts | null = null): Steps<unknown> {
  if (bytes.length <= PIECE) return parsePiece(bytes);
  const reader = new Reader(bytes, texts);
  const value = yield* reader.value(0);
  reader.skipBlank();
  if (reader.at < bytes.length) throw new NotJson('there is more behind the value');
  return value;
}

/** Whether parsing takes no longer than that of the worst piece. */
export function isSparse(bytes: Buffer): boolean {
  return bytes.length <= SPARSE && marksIn(bytes) * BYTES_EACH <= bytes.length;
}

/** Each byte of a word by itself: all of its bits but the highest, and the lowest. */
const LOW_BITS = 0x7f7f7f7f;
const LOWEST = 0x01010101;
/** Each byte of a word is one of these. `[` and `{` differ in the bit of LOWER. */
const QUOTES = 0x22222222;
const COMMAS = 0x2c2c2c2c;
const BRACES = 0x7b7b7b7b;
const LOWER = 0x20202020;
/** Words of which the counts fit into a byte. */
const COUNTED = 255;

/** How many bytes are marks: four bytes at a time, because all bytes of most long bodies are looked at. */
export function marksIn(bytes: Buffer): number {
  const { length, byteOffset, buffer } = bytes;
  const before = Math.min(length, -byteOffset & 3);
  const words = new Int32Array(
    before === length ? new ArrayBuffer(0) : buffer,
    before === length ? 0 : byteOffset + before,
    (length - before) >> 2,
  );
  let others = 0;
  for (let at = 0; at < words.length; ) {
    const end = Math.min(words.length, at + COUNTED);
    let counts = 0;
    for (; at < end; at += 1) {
      const word = words[at] ?? 0;
      // A byte of these is zero where it is the mark; adding sets its highest bit where another of its bits is set.
      const quotes = word ^ QUOTES;
      const commas = word ^ COMMAS;
      const opening = (word | LOWER) ^ BRACES;
      const isOther =
        (((quotes & LOW_BITS) + LOW_BITS) | quotes) &
        (((commas & LOW_BITS) + LOW_BITS) | commas) &
        (((opening & LOW_BITS) + LOW_BITS) | opening);
      counts = (counts + ((isOther >>> 7) & LOWEST)) | 0;
    }
    others += (counts & 0xff) + ((counts >>> 8) & 0xff) + ((counts >>> 16) & 0xff) + (counts >>> 24);
  }
  let marks = 4 * words.length - others;
  for (let at = 0; at < before; at += 1) marks += MARKS[bytes[at] ?? 0] ?? 0;
  for (let at = before + 4 * words.length; at < length; at += 1) marks += MARKS[bytes[at] ?? 0] ?? 0;
  return marks;
}

/** The value of JSON in valid UTF-8 that is no longer than a piece, or sparse. Throws NotJson. */
export function parsePiece(bytes: Buffer): unknown {
  return parse(bytes.toString('utf8'));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new NotJson('not JSON', { cause });
  }
}

class Reader {
  readonly #bytes: Buffer;
  readonly #texts: KeepsTexts | null;
  at = 0;
  /** What the last look ahead found, by the place where members begin: the end of their run as in `#run`. */
  readonly #seen = new Map<number, number | null>();

  constructor(bytes: Buffer, texts: KeepsTexts | null) {
    this.#bytes = bytes;
    this.#texts = texts;
  }

  skipBlank(): void {
    while (isBlank(this.#bytes[this.at])) this.at += 1;
  }

  *value(level: number): Steps<unknown> {
    if (level > MAX_LEVELS) {
      throw new ComplexJson(`values of more than ${PIECE} bytes are nested more than ${MAX_LEVELS} levels deep`);
    }
    this.skipBlank();
    const first = this.#bytes[this.at];
    if (first === OPEN_LIST) return yield* this.#list(level);
    if (first === OPEN_OBJECT) return yield* this.#object(level);
    if (first === QUOTE) return yield* this.#string();
    const start = this.at;
    while (!isEnd(this.#bytes[this.at])) this.at += 1;
    return parse(this.#text(start, this.at));
  }

  *#list(level: number): Steps<readonly unknown[]> {
    const list: unknown[] = [];
    yield* this.#members(
      CLOSE_LIST,
      level,
      (run) => {
        const items = parse(`[${run}]`) as unknown[];
        for (let index = 0; index < items.length; index += 1) list.push(items[index]);
      },
      function* (this: Reader) {
        list.push(yield* this.value(level + 1));
      }.bind(this),
    );
    return list;
  }

  *#object(level: number): Steps<object> {
    const object: Record<string, unknown> = {};
    let members = 0;
    const add = (key: string, value: unknown): void => {
      members += 1;
      if (members > MAX_MEMBERS) throw new ComplexJson(`an object has more than ${MAX_MEMBERS} members`);
      put(object, key, value);
    };
    yield* this.#members(
      CLOSE_OBJECT,
      level,
      (run) => {
        const some = parse(`{${run}}`) as object;
        for (const [key, value] of Object.entries(some)) add(key, value);
      },
      function* (this: Reader) {
        this.skipBlank();
        const key = yield* this.#string();
        this.skipBlank();
        if (this.#bytes[this.at] !== COLON) throw new NotJson('a key without a value');
        this.at += 1;
        add(key, yield* this.value(level + 1));
      }.bind(this),
    );
    return object;
  }

  /** From the opening bracket to the closing one: runs of members that are short together, and long ones by themselves. */
  *#members(close: number, level: number, takeRun: (run: string) => void, takeLong: () => Steps<void>): Steps<void> {
    this.at += 1;
    for (let isFirst = true; ; isFirst = false) {
      const seen = level < LEVELS_SEEN ? this.#seen.get(this.at) : undefined;
      const { end, isClosed } = seen === undefined ? this.#run(close) : { end: seen, isClosed: false };
      yield PIECE;
      if (end === null) {
        yield* takeLong();
        this.skipBlank();
        const next = this.#bytes[this.at];
        this.at += 1;
        if (next === close) return;
        if (next !== COMMA) throw new NotJson('members without a comma between them');
        continue;
      }
      const run = this.#text(this.at, end);
      this.at = end + 1;
      // JSON has no empty members, but a list or an object may have none.
      if (!BLANK.test(run)) takeRun(run);
      else if (!isFirst || !isClosed) throw new NotJson('an empty member');
      if (isClosed) return;
    }
  }

  /** Where the longest run of members ends that is no longer than a piece; null: the next member alone is longer. */
  #run(close: number): { readonly end: number | null; readonly isClosed: boolean } {
    const bytes = this.#bytes;
    const most = Math.min(bytes.length, this.at + PIECE);
    // Of each value that is open, down to LEVELS_SEEN: where its members begin, and its last comma.
    const begins = [this.at];
    const commas: (number | null)[] = [null];
    let depth = 0;
    for (let at = this.at; at < most; at += 1) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        for (at += 1; at < most && bytes[at] !== QUOTE; at += 1) if (bytes[at] === BACKSLASH) at += 1;
      } else if (byte === COMMA) {
        if (depth < LEVELS_SEEN) commas[depth] = at;
      } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
        depth += 1;
        if (depth < LEVELS_SEEN) {
          begins[depth] = at + 1;
          commas[depth] = null;
        }
      } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
        if (depth > 0) depth -= 1;
        else if (byte === close) return { end: at, isClosed: true };
        else throw new NotJson('a bracket that was not opened');
      }
    }
    if (most === bytes.length) throw new NotJson('it ends too early');
    this.#see(begins, commas, depth, most);
    return { end: commas[0] ?? null, isClosed: false };
  }

  /** Keeps what was seen up to `until` of the values that are still open there, so that they are not looked at again. `open`: how many are. */
  #see(begins: readonly number[], commas: readonly (number | null)[], open: number, until: number): void {
    this.#seen.clear();
    for (let depth = 0; depth <= open && depth < LEVELS_SEEN; depth += 1) {
      const begin = begins[depth] ?? 0;
      const comma = commas[depth] ?? null;
      if (comma !== null && depth > 0) this.#seen.set(begin, comma);
      // The member in which it ended: the next value that is open, or its key.
      const last = comma === null ? begin : comma + 1;
      if (until - last > LONG && depth < open) this.#seen.set(last, null);
    }
  }

  /** In pieces that end neither in an escape nor in a character. */
  *#string(): Steps<string> {
    const bytes = this.#bytes;
    if (bytes[this.at] !== QUOTE) throw new NotJson('a key that is no string');
    let start = this.at + 1;
    let at = start;
    let text = '';
    const parts: string[] = [];
    for (;;) {
      const byte = bytes[at];
      if (byte === undefined) throw new NotJson('it ends too early');
      const isClosed = byte === QUOTE;
      if (isClosed || (at - start >= PIECE && (byte & 0xc0) !== 0x80)) {
        const part = parse(`"${this.#text(start, at)}"`) as string; // as: a string of JSON
        text += part;
        if (this.#texts !== null) parts.push(part);
        start = at;
        if (isClosed) break;
        yield PIECE;
      }
      // What is wrong with an escape, JSON.parse says.
      at += byte !== BACKSLASH ? 1 : bytes[at + 1] === LETTER_U ? LENGTH_OF_U : 2;
    }
    this.at = at + 1;
    if (parts.length > 1) this.#texts?.keep(text, parts);
    return text;
  }

  #text(from: number, to: number): string {
    return this.#bytes.toString('utf8', from, to);
  }
}

/** `__proto__` is a member like others. */
function put(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isEnd(byte: number | undefined): boolean {
  return byte === undefined || isBlank(byte) || byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_OBJECT;
}
