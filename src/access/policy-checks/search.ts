import type { Clause } from '../../analysis/grants/clauses.ts';
import { areApart, covers, type Ruled } from '../../analysis/grants/covers.ts';
import type { Catalog, CatalogAction } from '../../catalog/catalog.ts';
import type { ActionElement } from '../../policy/action-pattern.ts';
import { RolegateError } from '../../policy/errors.ts';
import type { PolicyKind } from '../../policy/policy-kind.ts';
import type { Steps } from '../../policy/steps.ts';
import { simulationSteps } from '../simulate.ts';
import { type Callers, callersOf } from './callers.ts';
import type { CheckedDocument } from './checked-document.ts';
import { type ActionGroup, actionGroups } from './classes.ts';
import { freshAccount, type Named, namedIn } from './named.ts';
import type { GrantOutcome, GrantWitness } from './outcome.ts';
import { type CheckedRequest, PLACES } from './request.ts';
import { around, simulationOf } from './scenario.ts';
import type { Situation } from './situation.ts';
import { type FoundSituation, situationsOf } from './situations.ts';
import { Strangers } from './stranger.ts';
import { unknownForm } from './unknown-form.ts';

/** A question whether a document grants something. */
export interface GrantQuestion {
  readonly catalog: Catalog;
  readonly kind: PolicyKind;
  readonly after: CheckedDocument;
  /** What it grants does not count; null: nothing. */
  readonly before: CheckedDocument | null;
  /** Actions that count; null: every one. */
  readonly actions: ActionElement | null;
  /** ARN patterns of the resources that count; null: every one. */
  readonly resources: readonly string[] | null;
  /** Only requests of strangers count. */
  readonly byStrangers: boolean;
  readonly now: number;
}

/**
 * Looks for a request that `after` grants and `before` does not: some Allow matches it and no Deny does, whatever other policies say. It
 * is complete, or says why not: every set of requests that the statements tell apart is represented by one request, each is
 * decided by the engine, and the one that is found is simulated with both documents.
 */
export function* searchGrant(question: GrantQuestion): Steps<GrantOutcome> {
  return yield* new Search(question).run();
}

/** Reasons that are told. */
const MOST_REASONS = 10;
/** Steps of all actions together, after which the search is given up: as many take a second or two. */
const MOST_STEPS = 1_000_000;
/** Those of one action, after which it is left open. */
const MOST_OF_ACTION = 200_000;
/** Requests that the simulation does not confirm, after which an action is given up. */
const MOST_UNCONFIRMED = 20;

class Search {
  readonly #question: GrantQuestion;
  readonly #named: Named;
  /** Accounts that no document names: that of most callers, and that of most resources. */
  readonly #others: readonly string[];
  readonly #strangers: Strangers | null;
  readonly #reasons = new Set<string>();
  /** Those that were made. */
  #steps = 0;
  /** Requests that the simulation did not confirm. */
  #unconfirmed = 0;

  constructor(question: GrantQuestion) {
    this.#question = question;
    const { after, before, resources } = question;
    this.#named = namedIn([...after.statements, ...(before?.statements ?? [])], resources ?? []);
    const home = freshAccount(this.#named);
    this.#others = [home, freshAccount(this.#named, [home])];
    this.#strangers = question.byStrangers ? new Strangers(this.#named, this.#others.slice(0, 1)) : null;
  }

  *run(): Steps<GrantOutcome> {
    const { catalog, kind, after, before, actions } = this.#question;
    const callers = yield* this.#callers();
    for (const group of yield* actionGroups({ catalog, kind, after, before, only: actions })) {
      const open: Ruled[] = [];
      for (const rule of group.rules.after) {
        if (rule.statement.allows && !(yield* this.#isCovered(rule, group))) open.push(rule);
      }
      if (open.length === 0 || this.#isGivenUp()) continue;
      const witness =
        group.unlisted === null ? yield* this.#ofGroup(group, open, callers) : this.#ofUnlisted(group.unlisted, open);
      if (witness !== null) return { kind: 'found', witness };
    }
    const reasons = [...this.#reasons];
    return reasons.length === 0 ? { kind: 'none' } : { kind: 'undecided', reasons: reasons.slice(0, MOST_REASONS) };
  }

  *#callers(): Steps<Callers> {
    const strangers = this.#strangers;
    const { kind } = this.#question;
    const { list, complete } = yield* callersOf(kind, this.#named, this.#others.slice(0, 1), strangers !== null);
    return { complete, list: strangers === null ? list : list.filter((caller) => strangers.is(caller)) };
  }

  /** Whether an Allow of `before` matches all that the statement matches, and no Deny of it more than one of `after`. */
  *#isCovered(rule: Ruled, { rules }: ActionGroup): Steps<boolean> {
    const { before } = rules;
    let isAllowed = false;
    for (const other of before) {
      yield 1;
      if (other.statement.allows && !isAllowed) isAllowed = yield* covers(other, rule);
    }
    if (!isAllowed) return false;
    for (const deny of before) {
      if (!deny.statement.allows && !(yield* isDeniedAnyway(deny, rule, rules.after))) return false;
    }
    return true;
  }

  #ofUnlisted(name: string, [rule]: readonly Ruled[]): null {
    const { version } = this.#question.catalog;
    this.#reasons.add(
      `Statement[${rule?.statement.index ?? 0}] also allows actions that the catalogue of ${version} does not have, such as \`${name}\``,
    );
    return null;
  }

  *#ofGroup(group: ActionGroup, open: readonly Ruled[], callers: Callers): Steps<GrantWitness | null> {
    for (const [first, ...others] of group.actions) {
      if (first === undefined || this.#isGivenUp()) continue;
      const before = this.#unconfirmed;
      const witness = yield* this.#ofAction(first, group, open, callers);
      if (witness !== null) return witness;
      // What is not confirmed for one action may be for another one that takes the same resources.
      for (const other of this.#unconfirmed > before ? others : []) {
        const found = yield* this.#ofAction(other, group, open, callers);
        if (found !== null) return found;
      }
    }
    return null;
  }

  *#ofAction(
    action: CatalogAction,
    { rules }: ActionGroup,
    open: readonly Ruled[],
    callers: Callers,
  ): Steps<GrantWitness | null> {
    const { catalog, resources, kind, now } = this.#question;
    const [home = '', foreign = ''] = this.#others;
    const all = [...rules.after, ...rules.before];
    const unknown = yield* this.#counted(unknownForm(catalog, action, all));
    if (unknown !== null) this.#reasons.add(`${action.name}: ${unknown}`);
    const situations = situationsOf({
      catalog,
      kind,
      now,
      action,
      statements: all,
      callers,
      named: this.#named,
      home,
      foreign,
      within: resources,
      strangers: this.#strangers,
    });
    const unconfirmed = this.#unconfirmed;
    const began = this.#steps;
    for (;;) {
      if (this.#steps - began > MOST_OF_ACTION) {
        this.#reasons.add(`${action.name}: there are too many combinations of resources and callers to try them all`);
        return null;
      }
      const next = situations.next();
      if (next.done === true) {
        for (const reason of next.value) this.#reasons.add(`${action.name}: ${reason}`);
        return null;
      }
      if (typeof next.value === 'number') {
        this.#steps += next.value;
        yield next.value;
        continue;
      }
      if (this.#isGivenUp()) return null;
      const witness = yield* this.#inSituation(next.value, action, open, rules);
      if (witness !== null) return witness;
      if (this.#unconfirmed > unconfirmed + MOST_UNCONFIRMED) return null;
    }
  }

  *#inSituation(
    { situation, caller }: FoundSituation,
    { name }: CatalogAction,
    open: readonly Ruled[],
    rules: ActionGroup['rules'],
  ): Steps<GrantWitness | null> {
    for (const rule of open) {
      for (const problem of yield* this.#counted(problemsOf(situation, rule, rules))) {
        const choice = yield* this.#counted(situation.choose(problem));
        if (choice === 'none') continue;
        if (typeof choice === 'string') {
          this.#reasons.add(`${name}: ${WHY_NOT[choice]}`);
          continue;
        }
        const made = situation.requestAt(choice);
        if (made === null) continue;
        const { resource, context } = made;
        const asked = { action: name, resource: resource.arn, resourceAccount: resource.owner, context };
        const request: CheckedRequest = { caller: caller.caller, ...asked };
        if (yield* this.#confirms(request)) return this.#witness(request, rule);
        this.#reasons.add(`${name}: a request was found that the policy simulation does not confirm`);
        this.#unconfirmed += 1;
      }
    }
    return null;
  }

  /** Then what is left out is told. */
  #isGivenUp(): boolean {
    if (this.#steps <= MOST_STEPS) return false;
    this.#reasons.add('there are too many combinations of actions, resources and callers to try them all');
    return true;
  }

  *#counted<T>(steps: Steps<T>): Steps<T> {
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      this.#steps += step.value;
      yield step.value;
    }
  }

  #witness(request: CheckedRequest, { statement }: Ruled): GrantWitness {
    const { kind } = this.#question;
    return {
      ...request,
      statement: statement.index < 0 ? null : statement.index,
      sid: statement.sid,
      place: PLACES[kind],
      around: around(kind, request),
    };
  }

  *#confirms(request: CheckedRequest): Steps<boolean> {
    const { after, before } = this.#question;
    if (!(yield* this.#isGranted(after, request))) return false;
    return before === null || (yield* this.#isGranted(before, request)) === false;
  }

  /** Null: the request is refused. */
  *#isGranted(document: CheckedDocument, request: CheckedRequest): Steps<boolean | null> {
    const { catalog, kind, now } = this.#question;
    const [answer] = yield* simulationSteps(catalog, simulationOf(kind, document.text, request), now);
    return answer === undefined || answer instanceof RolegateError ? null : answer.decision.allowed;
  }
}

const WHY_NOT = {
  tooMany: 'there are too many combinations of conditions to try them all',
  apart: 'values of several condition keys depend on each other, or on the caller',
};

/** Whether every request that the statement matches and this Deny, too, is denied by one of `after`. */
function* isDeniedAnyway(deny: Ruled, rule: Ruled, after: readonly Ruled[]): Steps<boolean> {
  if (yield* areApart(deny, rule)) return true;
  for (const other of after) {
    yield 1;
    if (!other.statement.allows && (yield* covers(other, deny))) return true;
  }
  return false;
}

/** The ways in which a request can be granted by the statement, and not before: no Allow matches it, or some Deny does. */
function* problemsOf(
  situation: Situation,
  rule: Ruled,
  { after, before }: ActionGroup['rules'],
): Steps<readonly { readonly hold: readonly Clause[]; readonly fail: readonly Clause[] }[]> {
  const granted = yield* situation.clauseOf(rule);
  if (granted === null) return [];
  const denied = yield* clausesOf(situation, after, false);
  const problems = [{ hold: [granted], fail: [...denied, ...(yield* clausesOf(situation, before, true))] }];
  for (const deny of yield* clausesOf(situation, before, false))
    problems.push({ hold: [granted, deny], fail: [...denied] });
  return problems;
}

function* clausesOf(situation: Situation, rules: readonly Ruled[], allows: boolean): Steps<readonly Clause[]> {
  const clauses: Clause[] = [];
  for (const rule of rules) {
    if (rule.statement.allows !== allows) continue;
    const clause = yield* situation.clauseOf(rule);
    if (clause !== null) clauses.push(clause);
  }
  return clauses;
}
