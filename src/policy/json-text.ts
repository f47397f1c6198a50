import type { JsonValue } from './json.ts';

/** A JSON value with the place where it begins, so that a finding can report it. */
export interface Located {
  readonly value: JsonValue;
  /** Characters from the beginning of the text. */
  readonly offset: number;
  /** The place behind its last character, counted in the same way. */
  readonly end: number;
  /** Members of an object, in order, repeated keys included; null for other values. */
  readonly members: readonly Member[] | null;
  /** Items of a list; null for other values. */
  readonly items: readonly Located[] | null;
  /** It stands where something else is asked for, so that it is left out of what is read. Left out: it does not. */
  readonly unreadable?: true;
}

export interface Member {
  readonly key: string;
  readonly offset: number;
  readonly node: Located;
}

/** Text that is not JSON, and the place of the first fault. */
export class JsonFault extends Error {
  readonly offset: number;

  constructor(offset: number) {
    super(`not JSON at character ${offset}`);
    this.offset = offset;
  }
}

const MAX_DEPTH = 64;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORDS: readonly (readonly [string, JsonValue])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

/** Reads JSON (RFC 8259) and keeps the places. Throws JsonFault, also for nesting of more than 64 levels. */
export function parseJsonText(text: string): Located {
  const reader = new Reader(text);
  const node = reader.value(0);
  reader.blank();
  if (reader.at < text.length) throw new JsonFault(reader.at);
  return node;
}

class Reader {
  readonly #text: string;
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  blank(): void {
    while (' \t\n\r'.includes(this.#text.charAt(this.at)) && this.at < this.#text.length) this.at += 1;
  }

  value(depth: number): Located {
    if (depth > MAX_DEPTH) throw new JsonFault(this.at);
    this.blank();
    const offset = this.at;
    const char = this.#text.charAt(offset);
    if (char === '{') return this.#object(depth);
    if (char === '[') return this.#list(depth);
    const value = char === '"' ? this.#string() : this.#scalar();
    return { value, offset, end: this.at, members: null, items: null };
  }

  #object(depth: number): Located {
    const offset = this.at;
    const members: Member[] = [];
    this.#separated('}', () => {
      const keyOffset = this.at;
      if (this.#text.charAt(keyOffset) !== '"') throw new JsonFault(keyOffset);
      const key = this.#string();
      this.blank();
      this.#take(':');
      members.push({ key, offset: keyOffset, node: this.value(depth + 1) });
    });
    const value = Object.fromEntries(members.map(({ key, node }) => [key, node.value]));
    return { value, offset, end: this.at, members, items: null };
  }

  #list(depth: number): Located {
    const offset = this.at;
    const items: Located[] = [];
    this.#separated(']', () => items.push(this.value(depth + 1)));
    return { value: items.map((item) => item.value), offset, end: this.at, members: null, items };
  }

  /** From the opening bracket to the closing one, with commas between. */
  #separated(close: string, readOne: () => void): void {
    this.at += 1;
    this.blank();
    if (this.#text.charAt(this.at) === close) {
      this.at += 1;
      return;
    }
    for (;;) {
      this.blank();
      readOne();
      this.blank();
      if (this.#text.charAt(this.at) === close) break;
      this.#take(',');
    }
    this.at += 1;
  }

  #take(char: string): void {
    if (this.#text.charAt(this.at) !== char) throw new JsonFault(this.at);
    this.at += 1;
  }

  #string(): string {
    const start = this.at;
    let end = start + 1;
    while (end < this.#text.length && this.#text.charAt(end) !== '"') end += this.#text.charAt(end) === '\\' ? 2 : 1;
    try {
      const value: unknown = JSON.parse(this.#text.slice(start, end + 1));
      this.at = end + 1;
      if (typeof value === 'string') return value;
    } catch {
      // Falls through: an unknown escape, a control character, or no closing quote.
    }
    throw new JsonFault(start);
  }

  #scalar(): JsonValue {
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, this.at)) continue;
      this.at += word.length;
      return value;
    }
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.#text);
    if (match === null) throw new JsonFault(this.at);
    this.at += match[0].length;
    return Number(match[0]);
  }
}

/** Both are counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Returns the line and column of an offset. Linear in the length of the text once, then logarithmic. */
export function placesIn(text: string): (offset: number) => Place {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
