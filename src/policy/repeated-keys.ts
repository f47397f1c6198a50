import type { JsonValue } from './json.ts';
import { type Located, parseJsonText } from './json-text.ts';

/**
 * The value of a JSON text with repeated keys: null for each repeated key, and the places of these keys. `JSON.parse` keeps
 * the last value of each, and does not report the others. Throws JsonFault for a text that is not JSON.
 */
export function withoutRepeated(text: string): { readonly json: JsonValue; readonly repeated: readonly string[] } {
  const repeated: string[] = [];
  const json = withNull(parseJsonText(text), '', repeated);
  return { json, repeated };
}

function withNull(node: Located, place: string, repeated: string[]): JsonValue {
  if (node.items !== null) return node.items.map((item, i) => withNull(item, `${place}[${i}]`, repeated));
  if (node.members === null) return node.value;
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { key } of node.members) (seen.has(key) ? twice : seen).add(key);
  const under = (key: string): string => (place === '' ? key : `${place}.${key}`);
  for (const key of twice) repeated.push(under(key));
  const once = node.members.filter(({ key }) => !twice.has(key));
  return Object.fromEntries([
    ...once.map(({ key, node: value }): [string, JsonValue] => [key, withNull(value, under(key), repeated)]),
    ...[...twice].map((key): [string, JsonValue] => [key, null]),
  ]);
}
