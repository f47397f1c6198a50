import type { JsonValue } from './json.ts';

/**
 * Whether an object in a JSON text has the same key twice, of which `JSON.parse` silently keeps the last. `json` is the
 * text, parsed. Colons outside of texts are as many as members, unless some were lost.
 */
export function hasRepeatedKeys(text: string, json: JsonValue): boolean {
  return colonsOutsideTexts(text) !== membersIn(json);
}

const QUOTE = 34;
const BACKSLASH = 92;
const COLON = 58;

function colonsOutsideTexts(text: string): number {
  let count = 0;
  let inText = false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) inText = !inText;
    else if (inText && code === BACKSLASH) i += 1;
    else if (!inText && code === COLON) count += 1;
  }
  return count;
}

function membersIn(json: JsonValue): number {
  if (typeof json !== 'object' || json === null) return 0;
  const inside = Object.values(json);
  const own = Array.isArray(json) ? 0 : inside.length;
  return inside.reduce((sum: number, value: JsonValue) => sum + membersIn(value), own);
}
