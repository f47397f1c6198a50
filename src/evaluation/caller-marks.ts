import type { Condition } from '../policy/condition.ts';
import { type ContextKey, SESSION_NAME } from '../policy/context-key.ts';
import { resourceMatches } from '../policy/resource-pattern.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import { templateKeys } from '../policy/variable.ts';
import { ASSUMED_BY_ACTION } from './call-keys.ts';
import type { Evaluation } from './evaluation.ts';
import type { Rule } from './rule.ts';
import { holdsUnsaid, unsaidBy, variesUnsaid } from './unsaid.ts';

// What decisions on one request of many callers have in common. Two callers with the same statements about it, and with the same marks of
// each that depends on its caller, get the same outcome: the evaluator reads nothing else of a statement.

/** Whether a statement about the action can match a request. ALWAYS: it matches, whoever calls. MAYBE: its conditions or variables decide. */
export type Relevance = 'NEVER' | 'MAYBE' | 'ALWAYS';

/** Whether the request itself, whoever makes it, gives the condition a value with which it does not hold. */
function isRuledOut(condition: Condition, evaluation: Evaluation): boolean {
  if (condition.unsaid !== 0) return false;
  // What is assumed on no ARN depends on the partition of the caller.
  const isOfAll = evaluation.resource.partition !== '';
  const isGiven = condition.keys.every(
    (key) => (key.owner === 'request' || (key.owner === 'assumed' && isOfAll)) && evaluation.value(key) !== undefined,
  );
  return isGiven && !condition.holds(evaluation);
}

/** Whether `relevanceOf` can have another answer for another action of the service. */
export function variesByAction({ conditions }: CompiledStatement): boolean {
  return conditions.some(({ keys }) => keys.some(({ name }) => ASSUMED_BY_ACTION.has(name)));
}

/** As `relevanceOf`, for requests on any of many resources: nothing about one of them settles it. */
export function relevanceOnMany({ conditions }: CompiledStatement, evaluation: Evaluation, isOpen = false): Relevance {
  return !isOpen && conditions.some((condition) => isRuledOut(condition, evaluation)) ? 'NEVER' : 'MAYBE';
}

/** `evaluation`: the request, of any caller. `isOpen`: what the request gives does not count for every statement. */
export function relevanceOf(statement: CompiledStatement, evaluation: Evaluation, isOpen = false): Relevance {
  const { resources, conditions } = statement;
  if (!isOpen && conditions.some((condition) => isRuledOut(condition, evaluation))) return 'NEVER';
  const open = conditions.length === 0 ? 'ALWAYS' : 'MAYBE';
  if (resources === null) return open;
  let hasVariable = false;
  for (const pattern of resources.patterns) {
    if (pattern.template !== null) hasVariable = true;
    else if (resourceMatches(pattern, evaluation.resource, evaluation) === 'match') {
      return resources.negated ? 'NEVER' : open;
    }
  }
  if (hasVariable) return 'MAYBE';
  return resources.negated ? open : 'NEVER';
}

/** Keys that have other values for other callers of one kind. */
function isOfCaller({ owner }: ContextKey): boolean {
  return owner === 'principal' || owner === 'call';
}

/** The parts of a statement that depend on who calls. */
export class CallerDependence {
  readonly #rule: Rule;
  readonly #conditions: readonly Condition[];
  /** Of parts that depend on something else as well. */
  readonly #keys: readonly ContextKey[];
  readonly #ofResource: boolean;

  private constructor(rule: Rule, conditions: readonly Condition[], keys: readonly ContextKey[], ofResource: boolean) {
    this.#rule = rule;
    this.#conditions = conditions;
    this.#keys = keys;
    this.#ofResource = ofResource;
  }

  /** Whether it is the caller that says which resources the statement is about. */
  get namesResources(): boolean {
    return this.#ofResource;
  }

  /** Whether a part has another value for another action. */
  get dependsOnAction(): boolean {
    const conditions = this.#conditions.flatMap(({ keys }) => keys);
    return [...conditions, ...this.#keys].some(({ owner }) => owner === 'call');
  }

  /** Null: the statement is the same for all callers of one kind. */
  static of(rule: Rule): CallerDependence | null {
    const { conditions, resources } = rule.statement;
    const dependent = conditions.filter(({ keys }) => keys.some(isOfCaller));
    const inResource = (resources?.patterns ?? []).flatMap(({ template }) =>
      template === null ? [] : templateKeys(template),
    );
    const ofResource = inResource.some(isOfCaller);
    if (dependent.length === 0 && !ofResource) return null;
    const mixed = [...dependent.map(({ keys }) => keys), inResource].filter((keys) => !keys.every(isOfCaller));
    return new CallerDependence(rule, dependent, mixed.flat().filter(isOfCaller), ofResource);
  }

  /** What these parts come to for the caller of a request; null: the name of its session, which it leaves unsaid, makes a difference. */
  marks(evaluation: Evaluation): string | null {
    const rule = this.#rule;
    const unsaid = rule.unsaid === 0 ? 0 : rule.unsaid & unsaidBy(evaluation);
    const tests = this.#conditions.map((condition) => (said: Evaluation) => condition.holds(said));
    if (this.#ofResource) tests.push((said) => said.resourceMatches(rule.statement));
    let marks = '';
    for (const test of tests) {
      if (unsaid === 0) marks += test(evaluation) ? '1' : '0';
      else if ((unsaid & SESSION_NAME) !== 0 && variesUnsaid(evaluation, rule, unsaid, test)) return null;
      else marks += holdsUnsaid(evaluation, rule, unsaid, test) ? '1' : '0';
    }
    if (this.#keys.length === 0) return marks;
    if ((unsaid & SESSION_NAME) !== 0) return null;
    return marks + JSON.stringify(this.#keys.map((key) => evaluation.value(key) ?? null));
  }
}
