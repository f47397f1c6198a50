import type { Condition } from '../policy/condition.ts';
import type { ContextKey } from '../policy/context-key.ts';
import { AssumedFindings } from './assumed-findings.ts';
import { decide, type Situation } from './decide.ts';
import type { AskedKey } from './decision.ts';
import type { Evaluation } from './evaluation.ts';
import type { LayerInPlace, StatementInPlace } from './explain.ts';
import { holdsUnsaid, unsaidBy, variesUnsaid } from './unsaid.ts';

/**
 * Condition keys that a statement requires, that the request lacks and could have carried, and whose value could have
 * changed the outcome from allowed to denied or back. Spelled as in the policy, in order of appearance.
 */
export function missingKeys(
  evaluation: Evaluation,
  situation: Situation,
  layers: readonly LayerInPlace[],
  allowed: boolean,
): readonly AskedKey[] {
  const isMissing = (key: ContextKey): boolean => evaluation.value(key) === undefined && evaluation.couldBeGiven(key);
  return decisiveKeys(evaluation, situation, layers, allowed, isMissing);
}

/** The same for keys that the request does not give and for which a value was assumed. */
export function assumedKeys(
  evaluation: Evaluation,
  situation: Situation,
  layers: readonly LayerInPlace[],
  allowed: boolean,
): readonly AskedKey[] {
  if (evaluation.request.assumes !== true) return [];
  return decisiveKeys(evaluation, situation, layers, allowed, (key) => evaluation.isAssumed(key));
}

/** Whether other values of `keys` could have changed the outcome, or left no Deny that matches. */
export function dependsOnKeys(
  evaluation: Evaluation,
  situation: Situation,
  layers: readonly LayerInPlace[],
  allowed: boolean,
  keys: ReadonlySet<string>,
): boolean {
  const isOpen = (key: ContextKey): boolean => keys.has(key.name);
  const denying = layers.flatMap(({ statements }) =>
    statements.filter((one) => one.matches && !one.rule.statement.allows),
  );
  if (denying.length > 0) return denying.every((one) => openKeys(evaluation, one, isOpen).length > 0);
  return decisiveKeys(evaluation, situation, layers, allowed, isOpen).length > 0;
}

/** The keys for which `isOpen` is true and whose value could have changed the outcome. */
function decisiveKeys(
  evaluation: Evaluation,
  situation: Situation,
  layers: readonly LayerInPlace[],
  allowed: boolean,
  isOpen: (key: ContextKey) => boolean,
): readonly AskedKey[] {
  const open = new Map<StatementInPlace, readonly ContextKey[]>();
  for (const { statements } of layers) {
    for (const statement of statements) {
      const keys = openKeys(evaluation, statement, isOpen);
      if (keys.length > 0) open.set(statement, keys);
    }
  }
  if (open.size === 0) return [];
  // The best case for the other outcome: every open statement is decided in its favour.
  const turned = (one: StatementInPlace): boolean =>
    open.has(one) ? one.rule.statement.allows !== allowed : one.matches;
  const other = decide(situation, new AssumedFindings(evaluation, layers, turned));
  if ((other.effect === 'ALLOWED') === allowed) return [];
  const asked: AskedKey[] = [];
  for (const [statement, keys] of open) {
    if (turned(statement) === statement.matches) continue;
    if (!isNeeded(evaluation, situation, layers, allowed, turned, statement)) continue;
    for (const key of keys) asked.push({ key: key.written, statement: statement.rule.asMatched });
  }
  return asked;
}

/**
 * Whether changing this statement helps to change the outcome: some set of changed statements changes it, and no longer does
 * without this one. Tried by removing the others one at a time, in order, as long as the outcome stays changed.
 *
 * Many are removed together first. Each changed statement works for the same outcome, so if it stays changed without all of them, it
 * stays so without each; and if not, halves of them are tried, in the same order.
 */
function isNeeded(
  evaluation: Evaluation,
  situation: Situation,
  layers: readonly LayerInPlace[],
  allowed: boolean,
  turned: (one: StatementInPlace) => boolean,
  wanted: StatementInPlace,
): boolean {
  const back = new Set<StatementInPlace>();
  const isTurned = (): boolean => {
    const counts = (one: StatementInPlace): boolean => (back.has(one) ? one.matches : turned(one));
    const outcome = decide(situation, new AssumedFindings(evaluation, layers, counts));
    return (outcome.effect === 'ALLOWED') !== allowed;
  };
  const others: StatementInPlace[] = [];
  for (const { statements } of layers)
    for (const one of statements) if (one !== wanted && turned(one) !== one.matches) others.push(one);
  const remove = (from: number, to: number): void => {
    if (from === to) return;
    for (let at = from; at < to; at += 1) back.add(others[at] as StatementInPlace); // as: within the list
    if (isTurned()) return;
    for (let at = from; at < to; at += 1) back.delete(others[at] as StatementInPlace); // as: within the list
    if (to - from === 1) return;
    const middle = (from + to) >> 1;
    remove(from, middle);
    remove(middle, to);
  };
  remove(0, others.length);
  back.add(wanted);
  return !isTurned();
}

const NO_KEYS: readonly ContextKey[] = [];

/** The open keys that decide whether the statement matches; none if it cannot match, or must. */
export function openKeys(
  evaluation: Evaluation,
  { rule }: StatementInPlace,
  isOpen: (key: ContextKey) => boolean,
): readonly ContextKey[] {
  const { statement, resourceKeys } = rule;
  if (rule.conditions === null && resourceKeys.length === 0) return NO_KEYS;
  const unsaid = rule.unsaid === 0 ? 0 : rule.unsaid & unsaidBy(evaluation);
  const holds = (test: (said: Evaluation) => boolean): boolean =>
    unsaid === 0 ? test(evaluation) : holdsUnsaid(evaluation, rule, unsaid, test);
  // A fact that every such call has (the name of the new session) is no open key if the condition holds for every value.
  const matters = (key: ContextKey, condition: Condition): boolean =>
    (key.unsaid & unsaid) === 0 || variesUnsaid(evaluation, rule, unsaid, (said) => condition.holds(said));
  const open: ContextKey[] = [];
  const inResource = resourceKeys.filter(isOpen);
  if (inResource.length === 0 && !holds((said) => said.resourceMatches(statement))) return [];
  open.push(...inResource);
  for (const condition of statement.conditions) {
    const keys = condition.keys.filter(isOpen).filter((key) => matters(key, condition));
    if (keys.length === 0 && !holds((said) => condition.holds(said))) return [];
    open.push(...keys);
  }
  return open;
}
