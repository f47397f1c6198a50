import type { PreparedPrincipal } from '../../evaluation/prepare.ts';
import type { KeyOwner } from '../../policy/context-key.ts';
import type { CompiledStatement } from '../../policy/statement.ts';

// What a decision on `*` does not show: Denies that are about some resources, or that hold only sometimes.

/** Keys that differ between the users and roles of an account. */
const OF_CALLER: ReadonlySet<KeyOwner> = new Set(['principal', 'mfa']);

/** Denies of its own policies on some resources, or under a condition: another of its account can have more. */
export function partialDenies({ policies }: PreparedPrincipal): readonly CompiledStatement[] {
  if (policies === null) return [];
  const { identity, boundary } = policies.source;
  const own = boundary === null ? identity : [...identity, boundary];
  return own.flatMap(({ policy }) => policy.statements.filter((one) => !one.allows && isPartial(one)));
}

/** Denies of control policies that depend on who calls. What they deny to everybody alike makes nobody more. */
export function controlDenies({ policies }: PreparedPrincipal): readonly CompiledStatement[] {
  if (policies === null) return [];
  const { serviceControl, resourceControl = null } = policies.source;
  const levels = [...(serviceControl ?? []), ...(resourceControl ?? [])];
  const statements = levels.flatMap((level) => level.policies.flatMap(({ policy }) => policy.statements));
  return statements.filter((one) => !one.allows && dependsOnCaller(one));
}

function isPartial({ resources, conditions }: CompiledStatement): boolean {
  const isOnAll = resources === null || (!resources.negated && resources.patterns.some(({ everything }) => everything));
  return !isOnAll || conditions.length > 0;
}

function dependsOnCaller({ resources, conditions }: CompiledStatement): boolean {
  const keys = conditions.flatMap((one) => one.keys);
  const inResources = (resources?.patterns ?? []).some(({ parts }) => parts.some((part) => part.includes('${')));
  return inResources || keys.some(({ owner }) => OF_CALLER.has(owner));
}
