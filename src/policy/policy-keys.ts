import type { ContextKey } from './context-key.ts';
import type { CompiledPolicy } from './load.ts';
import { resourceElementKeys } from './resource-pattern.ts';

/** The condition keys that policies name in conditions and policy variables: each once, as it is first written, sorted. */
export function keysOfPolicies(policies: readonly CompiledPolicy[]): readonly ContextKey[] {
  const keys = new Map<string, ContextKey>();
  for (const { statements } of policies) {
    for (const { conditions, resources } of statements) {
      const inConditions = conditions.flatMap((condition) => condition.keys);
      const inResources = resources === null ? [] : resourceElementKeys(resources);
      for (const key of [...inConditions, ...inResources]) if (!keys.has(key.name)) keys.set(key.name, key);
    }
  }
  return [...keys.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
