import { isList, type JsonValue } from './json.ts';

/** Size and depth of a JSON text. Meaningless for a text that is not JSON. */
export interface JsonShape {
  /** Members of all objects. */
  readonly members: number;
  /** How deeply objects and lists are nested. */
  readonly levels: number;
}

const BACKSLASH = 92;
const COLON = 58;
/** `{` and `[`, `}` and `]` differ in one bit. */
const BRACKET_BIT = 32;
const OPENING = 123;
const CLOSING = 125;

/** Outside of strings there are as many colons as members. Strings are skipped: most of a document is inside them. */
export function shapeOf(text: string): JsonShape {
  let members = 0;
  let levels = 0;
  let level = 0;
  for (let at = 0; at < text.length; ) {
    const quote = text.indexOf('"', at);
    const end = quote < 0 ? text.length : quote;
    for (; at < end; at += 1) {
      const code = text.charCodeAt(at);
      if (code === COLON) members += 1;
      else if ((code | BRACKET_BIT) === OPENING) {
        level += 1;
        if (level > levels) levels = level;
      } else if ((code | BRACKET_BIT) === CLOSING) level -= 1;
    }
    at = closingQuote(text, end) + 1;
  }
  return { members, levels };
}

/** The end of the string that begins at a quote: the next quote with an even number of backslashes before it. */
function closingQuote(text: string, opening: number): number {
  let at = opening;
  for (;;) {
    at = text.indexOf('"', at + 1);
    if (at < 0) return text.length;
    let before = at - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((at - before) % 2 === 1) return at;
  }
}

/** Members of all objects. Fewer than in the text: a key is repeated, and `JSON.parse` silently keeps its last value. */
export function membersIn(json: JsonValue): number {
  if (typeof json !== 'object' || json === null) return 0;
  let members = 0;
  if (isList(json)) {
    for (const value of json) members += membersIn(value);
    return members;
  }
  // Without a list of the values: this is done for every document.
  for (const key of Object.keys(json)) members += 1 + membersIn(json[key] ?? null);
  return members;
}

/** Looks no deeper than necessary: a walk through the whole document needs a stack as deep as the document. */
export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
