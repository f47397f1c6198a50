import type { Condition } from '../../policy/condition.ts';
import { readOperator } from '../../policy/operator.ts';
import type { NamedPrincipal, PrincipalElement } from '../../policy/principal-element.ts';
import type { ResourceElement } from '../../policy/resource-pattern.ts';
import type { CompiledStatement } from '../../policy/statement.ts';
import type { Steps } from '../../policy/steps.ts';
import { isVariable, readTemplate } from '../../policy/variable.ts';
import { EVERYTHING, globOfParts, globsOverlap, listCovers, type ResourceGlob } from '../resource-set.ts';

/** A statement, and what of its document its meaning depends on. */
export interface Ruled {
  readonly statement: CompiledStatement;
  /** The document supports policy variables. */
  readonly variables: boolean;
}

/**
 * Whether `wide` matches every request of one action that `narrow` matches, whatever values policy variables have. Both are Allows
 * or both are Denies, and both are about the action. False does not prove the opposite.
 */
export function* covers(wide: Ruled, narrow: Ruled): Steps<boolean> {
  if (!principalCovers(wide.statement.principal, narrow.statement.principal)) return false;
  if (!(yield* resourcesCover(wide, narrow))) return false;
  const given = narrow.statement.conditions;
  return wide.statement.conditions.every((condition) =>
    given.some((one) => implies(one, condition) && sameReading(one, condition, wide.variables === narrow.variables)),
  );
}

/** Whether no request matches both because of its resource. False does not prove the opposite. */
export function* areApart(a: Ruled, b: Ruled): Steps<boolean> {
  const [one, other] = [a.statement.resources, b.statement.resources];
  if (one === null || other === null || (one.negated && other.negated)) return false;
  if (one.negated) return yield* listCovers(globsOf(one, a.variables), globsOf(other, b.variables));
  if (other.negated) return yield* listCovers(globsOf(other, b.variables), globsOf(one, a.variables));
  const globs = globsOf(other, b.variables);
  for (const glob of globsOf(one, a.variables)) {
    yield globs.length;
    if (globs.some((each) => globsOverlap(glob, each))) return false;
  }
  return true;
}

function principalCovers(wide: PrincipalElement | null, narrow: PrincipalElement | null): boolean {
  if (wide === null || narrow === null) return wide === narrow;
  if (wide.negated || narrow.negated) return JSON.stringify(wide) === JSON.stringify(narrow);
  if (wide.everyone) return true;
  return !narrow.everyone && narrow.named.every((one) => wide.named.some((other) => sameName(one, other)));
}

function sameName(a: NamedPrincipal, b: NamedPrincipal): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function* resourcesCover(wide: Ruled, narrow: Ruled): Steps<boolean> {
  const [all, some] = [wide.statement.resources, narrow.statement.resources];
  if (all === null || some === null) return all === some;
  if (hasVariables(all, wide.variables) && all.negated) return wide.variables === narrow.variables && same(all, some);
  const [of, within] = [globsOf(all, wide.variables), globsOf(some, narrow.variables)];
  if (!all.negated) return some.negated ? of.includes(EVERYTHING) : yield* listCovers(of, within);
  // What the wide one excludes, the narrow one must not match.
  if (some.negated) return !hasVariables(some, narrow.variables) && (yield* listCovers(within, of));
  for (const glob of within) {
    yield of.length;
    if (of.some((each) => globsOverlap(glob, each))) return false;
  }
  return true;
}

function same(a: ResourceElement, b: ResourceElement): boolean {
  return a.negated === b.negated && JSON.stringify(partsOf(a)) === JSON.stringify(partsOf(b));
}

function partsOf({ patterns }: ResourceElement): readonly (readonly string[])[] {
  return patterns.map(({ parts }) => parts);
}

/** Parts of an ARN before its resource. */
const HEADS = 5;

function templateOf(parts: readonly string[], variables: boolean): ReturnType<typeof readTemplate> {
  return readTemplate(parts[HEADS] ?? '', { variables, wildcards: true });
}

function hasVariables({ patterns }: ResourceElement, variables: boolean): boolean {
  return patterns.some(({ everything, parts }) => !everything && templateOf(parts, variables).some(isVariable));
}

function globsOf({ patterns }: ResourceElement, variables: boolean): readonly ResourceGlob[] {
  return patterns.map(({ everything, parts }) =>
    everything ? EVERYTHING : globOfParts(parts.slice(0, HEADS), templateOf(parts, variables)),
  );
}

/** Whether the second condition holds for every request for which the first one does, both read by the same rules. */
function implies(first: Condition, second: Condition): boolean {
  if (first.key.name !== second.key.name) return false;
  const [one, other] = [readOperator(first.operator), readOperator(second.operator)];
  if (one === null || other === null || one.operator?.name !== other.operator?.name) return false;
  if (one.operator === null) return isSubset(first.values, second.values);
  if (one.quantifier !== other.quantifier || (one.ifExists && !other.ifExists)) return false;
  return one.operator.negated ? isSubset(second.values, first.values) : isSubset(first.values, second.values);
}

function isSubset(some: readonly string[], all: readonly string[]): boolean {
  const known = new Set(all);
  return some.every((one) => known.has(one));
}

/** What looks like a policy variable means the same in both. */
function sameReading(a: Condition, b: Condition, sameVersion: boolean): boolean {
  return sameVersion || ![...a.values, ...b.values].some((value) => value.includes('${'));
}
