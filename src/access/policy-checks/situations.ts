import type { Ruled } from '../../analysis/grants/covers.ts';
import { type KeyUse, keyValues } from '../../analysis/grants/key-values.ts';
import type { Catalog, CatalogAction } from '../../catalog/catalog.ts';
import { Evaluation } from '../../evaluation/evaluation.ts';
import { type PreparedResource, prepareResource } from '../../evaluation/prepare.ts';
import type { ContextKey, ContextReader, ContextValue } from '../../policy/context-key.ts';
import type { PolicyKind } from '../../policy/policy-kind.ts';
import { resourceElementKeys } from '../../policy/resource-pattern.ts';
import type { Steps } from '../../policy/steps.ts';
import { absentKey } from './absent-keys.ts';
import { type Caller, type Callers, canCall } from './callers.ts';
import { limits, sharedName, valuesBeside } from './dependent-keys.ts';
import { formOf, isUsuallyOfResource, sourceOf } from './keys.ts';
import type { Named } from './named.ts';
import { madeResources } from './resources.ts';
import { type ChosenKey, type Settled, Situation } from './situation.ts';
import type { Strangers } from './stranger.ts';
import { unknownRegion } from './unknown-form.ts';

interface SituationQuestion {
  readonly catalog: Catalog;
  readonly kind: PolicyKind;
  readonly now: number;
  readonly action: CatalogAction;
  /** All that are about the action. */
  readonly statements: readonly Ruled[];
  readonly callers: Callers;
  readonly named: Named;
  /** An account that no document names, of most callers, and another one. */
  readonly home: string;
  readonly foreign: string;
  /** ARN patterns of the resources that count; null: every one. */
  readonly within: readonly string[] | null;
  /** Only their requests count; null: everybody's. */
  readonly strangers: Strangers | null;
}

export interface FoundSituation {
  readonly situation: Situation;
  readonly caller: Caller;
}

/** The situations one by one, with steps between them; at the end why they are not all. */
type Situations = Generator<FoundSituation | number, readonly string[], void>;

/** Sets of values of policy variables that are tried. */
const MOST_SETTLED = 12;
const FEW_VALUES = 4;

/** All requests for one action, in situations that differ in the caller and in the values of policy variables. */
export function* situationsOf(question: SituationQuestion): Situations {
  const uses = usesOf(question.statements);
  const variables = variablesIn(question.statements);
  const reasons = new Set<string>();
  if (variables.size > 0)
    reasons.add(
      `policy variables can have any value: ${[...variables.values()].map(({ written }) => `\`\${${written}}\``).join(', ')}`,
    );
  for (const { condition } of uses) {
    if (isUsuallyOfResource(condition.key))
      reasons.add(`\`${condition.key.written}\` can follow from the resource or come with the request`);
  }
  for (const { condition } of uses) {
    const region = unknownRegion(condition);
    if (region !== null) reasons.add(`\`${region}\` is no Region that is known`);
  }
  const absent = yield* absentKey(uses);
  if (absent !== null) reasons.add(`\`${absent}\` is not in the requests of every action`);
  if (!question.callers.complete && tellsCallersApart(question.statements, uses))
    reasons.add('not every kind of caller can be tried');
  for (const caller of yield* distinct(question, uses, variables)) {
    for (const settled of yield* settledIn(question, caller, uses, variables)) {
      const found = yield* situationOf(question, { caller, settled, uses }, reasons);
      if (found !== null) yield { situation: found, caller };
    }
  }
  return [...reasons];
}

function tellsCallersApart(statements: readonly Ruled[], uses: readonly KeyUse[]): boolean {
  return (
    statements.some(
      ({ statement: { principal } }) => principal !== null && (principal.negated || !principal.everyone),
    ) ||
    uses.some(({ condition: { keys } }) =>
      keys.some((key) => sourceOf(key, 'user') === 'caller' || key.name.endsWith(':resourceaccount')),
    )
  );
}

function usesOf(statements: readonly Ruled[]): readonly KeyUse[] {
  return statements.flatMap(({ statement, variables }) =>
    statement.conditions.map((condition) => ({ condition, variables })),
  );
}

/** Keys of policy variables, by name. */
function variablesIn(statements: readonly Ruled[]): ReadonlyMap<string, ContextKey> {
  const found = new Map<string, ContextKey>();
  for (const { statement } of statements) {
    const inResource = statement.resources === null ? [] : resourceElementKeys(statement.resources);
    const inValues = statement.conditions.flatMap(({ keys }) => keys.slice(1));
    for (const key of [...inResource, ...inValues]) found.set(key.name, key);
  }
  return found;
}

interface At {
  readonly caller: Caller;
  readonly settled: Settled;
  readonly uses: readonly KeyUse[];
}

function* situationOf(question: SituationQuestion, at: At, reasons: Set<string>): Steps<Situation | null> {
  const { catalog, kind, action, statements, named, home, foreign, within, now } = question;
  const { caller, settled } = at;
  const reader = readerOf(question, caller, settled);
  const account = caller.prepared.accountId || home;
  const isOfResource = kind === 'resource' || kind === 'trust';
  const owners = isOfResource ? [foreign, account] : [account, foreign];
  // In the policy of a resource, its own account counts for less than others.
  const likelyOwners = isOfResource && named.accounts.has(account) ? owners.length : 1;
  const byStrangers = question.strangers !== null;
  const partition = caller.prepared.partition || (named.partitions[0] ?? 'aws');
  const all = [...new Set([...owners, ...named.accounts])];
  const about = { catalog, action, partition, owners: all, likelyOwners, statements, within, reader };
  const resources = yield* madeResources(about);
  if (!resources.complete) reasons.add('there are too many kinds of resources to try them all');
  if (resources.list.length === 0) return null;
  const keys = yield* chosenKeys(question, at, reader, reasons);
  return new Situation({ caller, action, resources: resources.list, keys, settled, kind, byStrangers, now });
}

function* chosenKeys(
  { catalog, strangers, action }: SituationQuestion,
  { caller, settled, uses }: At,
  reader: ContextReader,
  reasons: Set<string>,
): Steps<readonly ChosenKey[]> {
  const byName = new Map<string, KeyUse[]>();
  for (const use of uses) {
    const { key } = use.condition;
    if (settled.has(key.name) || sourceOf(key, caller.prepared.caller) !== 'chosen') continue;
    byName.set(key.name, [...(byName.get(key.name) ?? []), use]);
  }
  const chosen: ChosenKey[] = [];
  const conditions = uses.map(({ condition }) => condition);
  for (const own of byName.values()) {
    const key = own[0]?.condition.key;
    if (key === undefined) continue;
    const same = uses.filter(({ condition }) => sharedName(condition.key) === sharedName(key));
    const form = formOf(
      catalog,
      key,
      same.map(({ condition }) => condition),
      caller.prepared.caller,
      action.name,
    );
    const { values, complete } = yield* keyValues(same, form, reader, valuesBeside(key.name, conditions));
    if (!complete) reasons.add(`\`${key.written}\` is compared in too many ways to try them all`);
    chosen.push({ key, values: strangers === null ? values : values.filter((value) => strangers.canHave(key, value)) });
  }
  return chosen;
}

const NOWHERE: PreparedResource = prepareResource({
  arn: '*',
  accountId: null,
  organization: null,
  tags: {},
  policy: null,
  policyBindings: {},
  resourceControl: null,
});

function readerOf({ action, now }: SituationQuestion, caller: Caller, settled: Settled): Evaluation {
  const context = new Map<string, ContextValue>();
  for (const [name, value] of settled) if (value !== undefined) context.set(name, value);
  return new Evaluation(caller.prepared, action, NOWHERE, { context, now, authority: 'context', assumes: true });
}

const NOTHING_SETTLED: Settled = new Map();

/** Callers that some statement tells apart, the first of each. */
function* distinct(
  question: SituationQuestion,
  uses: readonly KeyUse[],
  variables: ReadonlyMap<string, ContextKey>,
): Steps<readonly Caller[]> {
  const { kind, statements, callers, named } = question;
  const found = new Map<string, Caller>();
  const isOfAccount = kind === 'resource' || kind === 'trust' || question.action.service === 'iam';
  const keys = [...uses.map(({ condition }) => condition.key), ...variables.values()];
  for (const caller of callers.list) {
    yield statements.length;
    if (!canCall(caller, question.action)) continue;
    const { prepared } = caller;
    const reader = readerOf(question, caller, NOTHING_SETTLED);
    const names = statements.map(({ statement }) =>
      statement.principal === null ? null : reader.namedUnbound(statement),
    );
    const holds = uses.map(({ condition }) =>
      condition.keys.every((key) => sourceOf(key, prepared.caller) === 'caller') ? condition.holds(reader) : null,
    );
    const account = isOfAccount && named.accounts.has(prepared.accountId) ? prepared.accountId : '';
    const sources = keys.map((key) => sourceOf(key, prepared.caller));
    const values = [...variables.values()].map((key) =>
      sourceOf(key, prepared.caller) === 'caller' ? reader.value(key) !== undefined : null,
    );
    const provider = caller.caller.federatedProvider ?? null;
    const isLimited = keys.some(({ name }) => limits(name, prepared.facts, question.strangers !== null) !== null);
    const signature = JSON.stringify([
      names,
      holds,
      account,
      sources,
      values,
      prepared.partition,
      provider,
      isLimited ? prepared.caller : isSigned(prepared.caller),
    ]);
    if (!found.has(signature)) found.set(signature, caller);
  }
  return [...found.values()];
}

function isSigned(kind: Caller['prepared']['caller']): 'account' | 'service' | 'anonymous' {
  return kind === 'service' || kind === 'anonymous' ? kind : 'account';
}

/** Values of the policy variables that are chosen: one that no document names, none, and some that conditions name. */
function* settledIn(
  { catalog, action }: SituationQuestion,
  caller: Caller,
  uses: readonly KeyUse[],
  variables: ReadonlyMap<string, ContextKey>,
): Steps<readonly Settled[]> {
  let all: readonly Settled[] = [NOTHING_SETTLED];
  for (const key of variables.values()) {
    if (sourceOf(key, caller.prepared.caller) !== 'chosen') continue;
    const same = uses.filter(({ condition }) => condition.key.name === key.name && condition.keys.length === 1);
    const form = formOf(
      catalog,
      key,
      same.map(({ condition }) => condition),
      caller.prepared.caller,
      action.name,
    );
    const { values } = yield* keyValues(same, form, NO_VALUES);
    const own = form.type === 'String' || form.type === '' ? [`own-${all.length}`] : [];
    const tried = [...own, ...values.filter((value) => value !== '')].slice(0, FEW_VALUES);
    all = all
      .flatMap((settled) => tried.map((value): Settled => new Map([...settled, [key.name, value]])))
      .slice(0, MOST_SETTLED);
  }
  return all;
}

const NO_VALUES: ContextReader = { value: () => undefined };
