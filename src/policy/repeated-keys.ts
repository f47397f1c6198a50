import type { JsonValue } from './json.ts';
import { type Located, parseJsonText } from './json-text.ts';

/**
 * The value of a JSON text in which keys stand twice, with null for what stands under them, and their places. `JSON.parse` keeps
 * the last value of each, and says nothing of the others. Throws JsonFault for what is no JSON.
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
