import { ActionClasses } from '../../analysis/action-classes.ts';
import { cellsOf } from '../../analysis/cells.ts';
import type { Entry } from '../../analysis/entry.ts';
import { knownTerms } from '../../analysis/entry.ts';
import type { Ruled } from '../../analysis/grants/covers.ts';
import { tokensOf } from '../../analysis/wildcard.ts';
import type { Catalog, CatalogAction } from '../../catalog/catalog.ts';
import { ACTIONS_WITH_OWN_KEYS } from '../../evaluation/call-keys.ts';
import { type ActionElement, actionMatches, readActionPattern } from '../../policy/action-pattern.ts';
import { isList, type JsonObject } from '../../policy/json.ts';
import type { PolicyKind } from '../../policy/policy-kind.ts';
import { eachInSteps, type Steps } from '../../policy/steps.ts';
import { readTemplate } from '../../policy/variable.ts';
import type { CheckedDocument } from './checked-document.ts';
import { sourceOf } from './keys.ts';

/** Statements of one action: which of them is about it decides everything that is the same for all actions of a class. */
interface RulesOfAction {
  readonly after: readonly Ruled[];
  readonly before: readonly Ruled[];
}

export interface ActionGroup {
  readonly rules: RulesOfAction;
  /** Actions that take the same resources, the first few of each kind. */
  readonly actions: readonly (readonly CatalogAction[])[];
  /** A name that the catalogue does not have, of which the same is true; null: actions are there. */
  readonly unlisted: string | null;
}

interface Wanted {
  readonly catalog: Catalog;
  readonly kind: PolicyKind;
  readonly after: CheckedDocument;
  readonly before: CheckedDocument | null;
  /** Null: every action. */
  readonly only: ActionElement | null;
}

/** Actions of one kind that are tried one after the other. */
const OF_A_KIND = 3;

/**
 * The actions that `after` allows in some statement, in groups of which the same statements are true. Names that the catalogue does
 * not have are in groups of their own, unless an action of their service has the same statements: a star also means what AWS adds.
 */
export function* actionGroups(wanted: Wanted): Steps<readonly ActionGroup[]> {
  const { catalog, kind, after, before, only } = wanted;
  const statements = [...after.statements, ...(before?.statements ?? [])];
  const entries = statements.map(
    ({ statement }, id): Entry => ({ id, slot: { kind: 'deny' }, statement, place: null, terms: () => knownTerms([]) }),
  );
  const classes = new ActionClasses(entries);
  const groups = new Map<string, Group>();
  // By service: statements on resources of one service say nothing of those of another one.
  const listed = new Set<string>();
  const ofCatalog = resourceServices(catalog);
  const allows = (ids: readonly number[]): boolean =>
    ids.some((id) => id < after.statements.length && statements[id]?.statement.allows === true);
  const services = servicesOf(wanted).filter((service) => kind !== 'trust' || service === 'sts');
  for (const service of services) {
    yield 1;
    for (const action of catalog.actionsOf(service)) {
      // It is compared with all patterns of all statements.
      yield statements.length;
      if (kind === 'rcp' && !action.resourceControlSupported) continue;
      if (only !== null && !actionMatches(only, service, nameOf(action))) continue;
      const found = classes.classOf(action);
      const ids = found.entries.map(({ id }) => id);
      if (!allows(ids)) continue;
      listed.add(keyOf(service, ids));
      const known = groups.get(found.key);
      const rules = known === undefined ? ids.flatMap((id) => statements[id] ?? []) : [];
      if (known === undefined && !namesOtherService(rules, ofCatalog)) listed.add(keyOf(NO_SERVICE, ids));
      const kindOf = known?.kindOf ?? kindsFor(rules);
      const group = known ?? { ids, kindOf, kinds: new Map<string, CatalogAction[]>() };
      groups.set(found.key, group);
      const takes = kindOf(action);
      const same = group.kinds.get(takes) ?? [];
      group.kinds.set(takes, same);
      if (same.length < OF_A_KIND) same.push(action);
    }
  }
  const rulesOf = (ids: readonly number[]): RulesOfAction => ({
    after: ids.filter((id) => id < after.statements.length).flatMap((id) => statements[id] ?? []),
    before: ids.filter((id) => id >= after.statements.length).flatMap((id) => statements[id] ?? []),
  });
  const made: ActionGroup[] = [];
  for (const { ids, kinds } of yield* quickestFirst([...groups.values()], statements)) {
    yield ids.length;
    made.push({ rules: rulesOf(ids), actions: [...kinds.values()], unlisted: null });
  }
  if (kind === 'trust' || kind === 'rcp') return made;
  const unlisted = yield* unlistedNames(after, before, catalog);
  for (const { service, name } of unlisted) {
    yield statements.length;
    if (only !== null && !actionMatches(only, service, name)) continue;
    const ids = statements.flatMap(({ statement }, id) =>
      actionMatches(statement.actions, service, name) ? [id] : [],
    );
    if (!allows(ids) || listed.has(keyOf(service, ids))) continue;
    listed.add(keyOf(service, ids));
    made.push({ rules: rulesOf(ids), actions: [], unlisted: `${service}:${name}` });
  }
  return made;
}

/** What is quickly decided comes first: few patterns of resources, then few kinds. */
function* quickestFirst(groups: readonly Group[], statements: readonly Ruled[]): Steps<readonly Group[]> {
  const counted: { readonly group: Group; readonly patterns: number }[] = [];
  for (const group of groups) {
    yield group.ids.length;
    counted.push({ group, patterns: patternsIn(group.ids.flatMap((id) => statements[id] ?? [])) });
  }
  return counted
    .sort((one, other) => one.patterns - other.patterns || one.group.kinds.size - other.group.kinds.size)
    .map(({ group }) => group);
}

function keyOf(service: string, ids: readonly number[]): string {
  return `${service} ${[...ids].sort((a, b) => a - b).join()}`;
}

interface Group {
  readonly ids: readonly number[];
  readonly kindOf: (action: CatalogAction) => string;
  readonly kinds: Map<string, CatalogAction[]>;
}

/** Number of patterns of resources that are not everything. */
function patternsIn(rules: readonly Ruled[]): number {
  return rules.reduce(
    (sum, { statement }) => sum + (statement.resources?.patterns.filter(({ everything }) => !everything).length ?? 0),
    0,
  );
}

/** Services whose requests are decided in some way of their own: a bucket does not name its account, a key or role lets in itself. */
const WITH_RULES_OF_THEIR_OWN: ReadonlySet<string> = new Set(['s3', 'kms', 'sts', 'iam']);

/** Actions of one kind take resources between which the statements make the same differences. */
function kindsFor(rules: readonly Ruled[]): (action: CatalogAction) => string {
  const patterns = rules.flatMap(({ statement }) => statement.resources?.patterns ?? []);
  const services = new Set(patterns.flatMap(({ everything, parts }) => (everything ? [] : [parts[SERVICE] ?? ''])));
  const anyService = [...services].some((service) => /[*?]/.test(service));
  const keys = rules.flatMap(({ statement }) => statement.conditions.flatMap((condition) => condition.keys));
  const byKeys = keys.some((key) => sourceOf(key, 'user') === 'resource' || OF_SERVICE.test(key.name));
  return ({ name, service, wildcardOnly, askedOn, resourceTypes }) => {
    const arns = askedOn === undefined ? resourceTypes.flatMap(({ type }) => type.arns) : [askedOn.arn];
    const isNamed = anyService || arns.some((arn) => services.has(arn.split(':', SERVICE + 1)[SERVICE] ?? ''));
    const isOwn = isNamed || byKeys || WITH_RULES_OF_THEIR_OWN.has(service);
    const plain = wildcardOnly && askedOn === undefined;
    // Who can call differs between the calls that assume a role; some calls lack a key that the others of their service have.
    const isAlone = service === 'sts' || ACTIONS_WITH_OWN_KEYS.has(name.toLowerCase());
    return JSON.stringify(isOwn ? [service, plain, arns, isAlone ? name : ''] : [plain]);
  };
}

/** The services of which an Allow of `after`, and what is asked for, can name an action. */
function servicesOf({ catalog, after, only }: Wanted): readonly string[] {
  const allowed = servicesIn(
    after.statements.flatMap(({ statement }) => (statement.allows ? [statement.actions] : [])),
  );
  const asked = only === null ? null : servicesIn([only]);
  const isIn = (named: ReadonlySet<string> | null, service: string): boolean => named === null || named.has(service);
  return catalog.services().filter((service) => isIn(allowed, service) && isIn(asked, service));
}

/** Null: every one. */
function servicesIn(elements: readonly ActionElement[]): ReadonlySet<string> | null {
  const named = new Set<string>();
  for (const { negated, patterns } of elements) {
    if (negated) return null;
    for (const { service } of patterns) {
      if (service === null) return null;
      named.add(service);
    }
  }
  return named;
}

const ofResources = new WeakMap<Catalog, ReadonlySet<string>>();

/** The services that resources of the catalogue belong to. */
function resourceServices(catalog: Catalog): ReadonlySet<string> {
  const known = ofResources.get(catalog);
  if (known !== undefined) return known;
  const types = catalog.services().flatMap((service) => catalog.service(service)?.resourceTypes ?? []);
  const services = new Set(types.flatMap(({ arns }) => arns.map((arn) => arn.split(':')[SERVICE] ?? '')));
  ofResources.set(catalog, services);
  return services;
}

/** Whether a statement is about resources of a service that is not one of these, and all that may be said of such a service differs. */
function namesOtherService(rules: readonly Ruled[], services: ReadonlySet<string>): boolean {
  return rules.some(({ statement }) =>
    (statement.resources?.patterns ?? []).some(({ everything, parts }) => {
      const service = parts[SERVICE] ?? '';
      return !everything && parts.length > SERVICE && !/[*?]/.test(service) && !services.has(service);
    }),
  );
}

/** Keys that requests to one service have by themselves. */
const OF_SERVICE = /^(?:kms|ec2|s3\w*|secretsmanager|lambda|ecs):/;

/** The place of the service in an ARN. */
const SERVICE = 2;

/** Without its service, in lower case. */
function nameOf({ name }: CatalogAction): string {
  return name.slice(name.indexOf(':') + 1).toLowerCase();
}

/** In no catalogue. */
const NO_SERVICE = 'x-unlisted';

/** A name of every set into which the patterns divide those that the catalogue does not have, in lower case. */
function* unlistedNames(
  after: CheckedDocument,
  before: CheckedDocument | null,
  catalog: Catalog,
): Steps<readonly { readonly service: string; readonly name: string }[]> {
  const byService = new Map<string, Set<string>>();
  for (const document of before === null ? [after] : [after, before]) {
    for (const { statement } of document.statements) {
      for (const text of actionTexts(document.policy.source.statement(statement.index))) {
        const service = readActionPattern(text)?.service ?? null;
        if (service === null) continue;
        const names = byService.get(service) ?? new Set<string>();
        byService.set(service, names.add(text.slice(text.indexOf(':') + 1).toLowerCase()));
      }
    }
  }
  const found: { readonly service: string; readonly name: string }[] = [{ service: NO_SERVICE, name: 'action' }];
  for (const [service, names] of byService) {
    const patterns = yield* eachInSteps([...names], (name) =>
      tokensOf(readTemplate(name, { variables: false, wildcards: true }), false),
    );
    // Too many to tell apart: at least each pattern by itself.
    const cells = (yield* cellsOf(ANY_NAME, patterns)) ?? [...names].map((name) => name.replaceAll(/[*?]/g, 'x'));
    const known = new Set(catalog.actionsOf(service).map(nameOf));
    for (const name of cells) if (!known.has(name)) found.push({ service, name });
  }
  return found;
}

const ANY_NAME = tokensOf(readTemplate('*', { variables: false, wildcards: true }), false);

function actionTexts(statement: JsonObject): readonly string[] {
  const given = statement['Action'] ?? statement['NotAction'];
  return (isList(given) ? given : [given]).filter((one): one is string => typeof one === 'string');
}
