import { parseDecimal } from '../policy/compare/number.ts';
import { compileCondition } from '../policy/condition.ts';
import { contextKey } from '../policy/context-key.ts';
import { parseInstant } from '../policy/date.ts';
import type { Steps } from '../policy/steps.ts';
import type { ConditionEntry } from './condition-entry.ts';

/** Greatest number of comparisons between values of two conditions for one key. */
const MAX_COMPARISONS = 20_000;

/**
 * Conditions that cannot hold together: a value that another condition excludes, an empty range, a key that must exist
 * and must not. Only certain cases; conditions with policy variables or set operators are assumed to hold.
 * Returns the last condition of each key that is contradicted.
 */
export function* contradictions(
  entries: readonly ConditionEntry[],
  variables: boolean,
): Steps<readonly ConditionEntry[]> {
  const byKey = new Map<string, ConditionEntry[]>();
  for (const entry of entries) {
    const name = entry.key.toLowerCase();
    const others = byKey.get(name);
    if (others === undefined) byKey.set(name, [entry]);
    else others.push(entry);
  }
  const found: ConditionEntry[] = [];
  for (const group of byKey.values()) {
    const last = group.at(-1);
    if (last === undefined || group.length < 2) continue;
    const fixed = group.filter((entry) => !variables || entry.values.every(({ text }) => !text.includes('${')));
    if (absent(fixed) || noValueLeft(fixed) || emptyRange(fixed)) found.push(last);
    yield group.length;
  }
  return found;
}

/** `Null` requires that the key is absent, another condition needs it. */
function absent(group: readonly ConditionEntry[]): boolean {
  const saysAbsent = ({ use, values }: ConditionEntry): boolean =>
    use.operator === null && values.length > 0 && values.every(({ text }) => text.toLowerCase() === 'true');
  const saysPresent = ({ use, values }: ConditionEntry): boolean => {
    if (use.operator === null) return values.length > 0 && values.every(({ text }) => text.toLowerCase() === 'false');
    return !use.ifExists && !use.operator.negated && use.quantifier !== 'forAllValues';
  };
  return group.some(saysAbsent) && group.some(saysPresent);
}

/** The other conditions exclude all values of a StringEquals. */
function noValueLeft(group: readonly ConditionEntry[]): boolean {
  const first = group.find(
    ({ use }) => use.operator?.name === 'StringEquals' && use.quantifier === 'one' && !use.ifExists,
  );
  if (first === undefined || contextKey(first.key).multiValued) return false;
  const others = group.filter(({ use }) => use.quantifier === 'one');
  const wanted = others.reduce((sum, { values }) => sum + values.length, 0);
  if (first.values.length * wanted > MAX_COMPARISONS) return false;
  const conditions = others.map(({ operator, key, values }) =>
    compileCondition(
      operator,
      key,
      values.map(({ text }) => text),
      false,
    ),
  );
  const key = contextKey(first.key);
  return !first.values.some(({ text }) => {
    const reader = { value: (asked: { readonly name: string }) => (asked.name === key.name ? text : undefined) };
    return conditions.every((condition) => condition.holds(reader));
  });
}

/** The conditions require numbers or dates in ranges that exclude each other. */
function emptyRange(group: readonly ConditionEntry[]): boolean {
  // Where all say IfExists, they hold without the key.
  let required = false;
  let low = { bound: Number.NEGATIVE_INFINITY, open: false };
  let high = { bound: Number.POSITIVE_INFINITY, open: false };
  for (const { use, values } of group) {
    const match = /^(Numeric|Date)(Less|Greater)Than(Equals)?$/.exec(use.operator?.name ?? '');
    if (match === null || use.quantifier !== 'one') continue;
    const [, family, direction, equals] = match;
    const parse = family === 'Date' ? parseInstant : parseDecimal;
    const bounds = values.map(({ text }) => parse(text)).filter((bound) => bound !== null);
    if (bounds.length === 0) continue;
    required ||= !use.ifExists;
    const open = equals === undefined;
    // One of several values must match: the widest range counts.
    if (direction === 'Less')
      high = tighter(high, { bound: bounds.reduce((a, b) => Math.max(a, b)), open }, (a, b) => a < b);
    else low = tighter(low, { bound: bounds.reduce((a, b) => Math.min(a, b)), open }, (a, b) => a > b);
  }
  return required && (low.bound > high.bound || (low.bound === high.bound && (low.open || high.open)));
}

type Bound = { readonly bound: number; readonly open: boolean };

function tighter(a: Bound, b: Bound, isTighter: (a: number, b: number) => boolean): Bound {
  if (a.bound === b.bound) return { bound: a.bound, open: a.open || b.open };
  return isTighter(b.bound, a.bound) ? b : a;
}
