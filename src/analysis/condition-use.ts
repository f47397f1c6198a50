import { type Condition, compileCondition } from '../policy/condition.ts';
import type { ContextReader } from '../policy/context-key.ts';
import type { JsonObject } from '../policy/json.ts';
import { type OperatorUse, readOperator } from '../policy/operator.ts';

/** One key under one operator of a Condition block of version 2012-10-17, decided with the engine's own code. */
export interface ConditionUse {
  /** Spelled as AWS spells it. */
  readonly operator: string;
  readonly use: OperatorUse;
  readonly condition: Condition;
  /** Equal for uses with the same meaning in the same words. */
  readonly id: string;
}

/** Null: the operator does not exist, so it never holds. */
export function conditionUse(operator: string, key: string, values: readonly string[]): ConditionUse | null {
  const use = readOperator(operator);
  if (use === null) return null;
  const condition = compileCondition(operator, key, values, true);
  const spelled = operatorName(use);
  const id = JSON.stringify([spelled, condition.key.name, ...new Set([...values].sort())]);
  return { operator: spelled, use, condition, id };
}

const SET_OPERATORS = { one: '', forAnyValue: 'ForAnyValue:', forAllValues: 'ForAllValues:' } as const;

function operatorName({ quantifier, operator, ifExists }: OperatorUse): string {
  if (operator === null) return 'Null';
  return `${SET_OPERATORS[quantifier]}${operator.name}${ifExists ? 'IfExists' : ''}`;
}

/** Whether an operator's values are texts in which policy variables, or wildcards, have a meaning. */
export function valuesOf(use: OperatorUse): { readonly variables: boolean; readonly wildcards: boolean } {
  const name = use.operator?.name ?? 'Null';
  const isArn = name.startsWith('Arn');
  const isLike = name === 'StringLike' || name === 'StringNotLike';
  return { variables: isArn || name.startsWith('String') || name === 'Bool', wildcards: isArn || isLike };
}

/**
 * The same set of requests with fewer conditions; null: no request fulfils them all. If one of them names all possible values of
 * a key, the other conditions on that key are tried on each value.
 */
export function simplifyConditions(uses: readonly ConditionUse[]): readonly ConditionUse[] | null {
  if (uses.length < 2) return uses;
  const distinct = [...new Map(uses.map((use) => [use.id, use])).values()];
  const byKey = new Map<string, ConditionUse[]>();
  for (const use of distinct) {
    const { name } = use.condition.key;
    const known = byKey.get(name);
    if (known === undefined) byKey.set(name, [use]);
    else known.push(use);
  }
  if (byKey.size === distinct.length) return distinct;
  const kept: ConditionUse[] = [];
  for (const group of byKey.values()) {
    const fewer = simplifyGroup(group);
    if (fewer === null) return null;
    kept.push(...fewer);
  }
  return kept;
}

function simplifyGroup(group: readonly ConditionUse[]): readonly ConditionUse[] | null {
  if (group.length === 1) return group;
  const enumerating = group.find(enumerates);
  if (enumerating === undefined) return mergeNegated(group);
  const others = group.filter((use) => use !== enumerating);
  // Conditions with policy variables cannot be tried on a value alone.
  const decidable = others.filter((use) => use.condition.keys.length === 1);
  const open = others.filter((use) => use.condition.keys.length > 1);
  const candidates = candidatesOf(enumerating);
  const left = candidates.filter((value) => decidable.every((use) => use.condition.holds(only(value))));
  if (left.length === 0) return null;
  const narrowed = left.length === candidates.length ? enumerating : narrow(enumerating, left);
  return narrowed === null ? group : [narrowed, ...open];
}

/** It holds for exactly the values that it names (and possibly without the key). */
function enumerates({ use, condition }: ConditionUse): boolean {
  if (condition.keys.length > 1 || condition.key.multiValued) return false;
  if (use.operator === null) return isNullTrue(condition);
  return use.quantifier === 'one' && use.operator.name === 'StringEquals';
}

function isNullTrue(condition: Condition): boolean {
  return condition.values.length > 0 && condition.values.every((value) => value.toLowerCase() === 'true');
}

function candidatesOf({ use, condition }: ConditionUse): readonly (string | undefined)[] {
  if (use.operator === null) return [undefined];
  return use.ifExists ? [...condition.values, undefined] : condition.values;
}

function only(value: string | undefined): ContextReader {
  return { value: () => value };
}

function narrow(use: ConditionUse, left: readonly (string | undefined)[]): ConditionUse | null {
  const values = left.filter((value) => value !== undefined);
  const { written } = use.condition.key;
  if (values.length === 0) return conditionUse('Null', written, ['true']);
  const operator = left.includes(undefined) ? 'StringEqualsIfExists' : 'StringEquals';
  return conditionUse(operator, written, values);
}

/** Merges negated operators of one kind: a value that differs from each list differs from all values. */
function mergeNegated(group: readonly ConditionUse[]): readonly ConditionUse[] {
  const merged = new Map<string, ConditionUse>();
  for (const use of group) {
    const mergeable = use.use.operator?.negated === true && use.use.quantifier !== 'forAnyValue';
    const slot = mergeable ? use.operator : use.id;
    const before = merged.get(slot);
    const values = before === undefined ? null : [...new Set([...before.condition.values, ...use.condition.values])];
    const both = values === null ? null : conditionUse(use.operator, use.condition.key.written, values);
    merged.set(slot, both ?? use);
  }
  return [...merged.values()];
}

type Block = Record<string, Record<string, string | readonly string[]>>;

function put(block: Block, operator: string, key: string, values: readonly string[]): void {
  const [first] = values;
  const keys = block[operator] ?? {};
  keys[key] = values.length === 1 && first !== undefined ? first : values;
  block[operator] = keys;
}

/** IAM condition blocks that must all hold; one block if JSON allows it. */
export function conditionBlocks(uses: readonly ConditionUse[]): readonly JsonObject[] {
  const blocks: Block[] = [];
  for (const { operator, condition } of uses) {
    const name = condition.key.written;
    let block = blocks.find((one) => keyIn(one[operator], name) === undefined);
    if (block === undefined) {
      block = {};
      blocks.push(block);
    }
    put(block, operator, name, condition.values);
  }
  return blocks;
}

/**
 * The same as one block. If two uses have the same operator and key, the keys are spelled in different case: keys
 * compare without case, so that both count.
 */
export function conditionBlock(uses: readonly ConditionUse[]): JsonObject | null {
  if (uses.length === 0) return null;
  const block: Block = {};
  for (const { operator, condition } of uses) {
    put(block, operator, freeSpelling(block[operator] ?? {}, condition.key.written), condition.values);
  }
  return block;
}

function keyIn(keys: object | undefined, name: string): string | undefined {
  const lower = name.toLowerCase();
  return Object.keys(keys ?? {}).find((key) => key.toLowerCase() === lower);
}

/** `name` in a spelling that `keys` does not have: the case of its letters counts in binary. */
function freeSpelling(keys: object, name: string): string {
  let spelling = name;
  for (let count = 1; Object.hasOwn(keys, spelling); count += 1) {
    let bits = count;
    spelling = '';
    for (let i = 0; i < name.length; i += 1) {
      const lower = name.charAt(i).toLowerCase();
      const upper = lower.toUpperCase();
      spelling += upper !== lower && bits % 2 === 1 ? upper : lower;
      if (upper !== lower) bits = Math.floor(bits / 2);
    }
  }
  return spelling;
}
