import { InvalidInput } from '../policy/errors.ts';
import type { JsonValue } from '../policy/json.ts';
import { printable } from '../policy/printable.ts';

/** Limits of a document from outside. */
export interface JsonLimits {
  readonly characters: number;
  readonly depth: number;
  /** Most objects and lists. */
  readonly values: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The index after the string that opens at `start`. */
function skipString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at + 1;
  }
  return text.length;
}

/**
 * The limit that `text` exceeds, as a sentence; null if it exceeds none. Checked before parsing: `JSON.parse` needs
 * gigabytes for thirty megabytes of brackets.
 */
export function exceededLimit(text: string, limits: JsonLimits): string | null {
  if (text.length > limits.characters) {
    return `${text.length.toLocaleString('en')} characters are more than the ${limits.characters.toLocaleString('en')} that are read`;
  }
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = skipString(text, at);
      continue;
    }
    at++;
    if (code === 0x5b || code === 0x7b) {
      if (++depth > limits.depth) return `it is nested more than ${limits.depth} levels deep`;
      if (++values > limits.values) return `it holds more than ${limits.values.toLocaleString('en')} objects and lists`;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return null;
}

/** A short description of a value for messages: `an object with Users, IsTruncated`, `a list of 3`, `the number 7`. */
export function describeJson(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return value === '' ? 'an empty string' : `the string \`${shorten(value)}\``;
  if (typeof value !== 'object') return `the ${typeof value} ${String(value)}`;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  const keys = Object.keys(value);
  if (keys.length === 0) return 'an empty object';
  const shown = keys.slice(0, 5).map((key) => `\`${shorten(key)}\``);
  return `an object with ${shown.join(', ')}${keys.length > shown.length ? ' …' : ''}`;
}

/** At most sixty characters, on one line, as they may be shown. */
export function shorten(text: string): string {
  const line = printable(text.slice(0, 60).replace(/[\p{Cc}`]/gu, ' '));
  return text.length > 60 ? `${line}…` : line;
}

/** Parses within limits. Throws InvalidInput on `field` that names what was `expected`. */
export function parseBoundedJson(text: string, field: string, expected: string, limits: JsonLimits): JsonValue {
  const exceeded = exceededLimit(text, limits);
  if (exceeded !== null) throw new InvalidInput(field, `\`${field}\` is too large: ${exceeded}`);
  // Windows tools put a byte order mark in front of what they redirect.
  const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (json.trim() === '') throw new InvalidInput(field, `\`${field}\` is empty: expected ${expected}`);
  try {
    return JSON.parse(json) as JsonValue;
  } catch (cause) {
    const position = /at position (\d+)/.exec(String(cause))?.[1];
    const where = position === undefined ? '' : ` (position ${position})`;
    throw new InvalidInput(field, `\`${field}\` is not JSON${where}: expected ${expected}`, { cause });
  }
}
