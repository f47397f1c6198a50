import type { AskedKey } from './decision.ts';

/** The keys of a list, each once, in order of appearance: the same key may be written in several ways. */
export function namesOfKeys(asked: readonly AskedKey[]): readonly string[] {
  const names = new Map<string, string>();
  for (const { key } of asked) if (!names.has(key.toLowerCase())) names.set(key.toLowerCase(), key);
  return [...names.values()];
}
