import type { TermSet } from '../analysis/combine.ts';
import { conditionUse } from '../analysis/condition-use.ts';
import { resourceGlob } from '../analysis/resource-set.ts';
import { meets, type Term } from '../analysis/term.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { AccessLevel, CatalogAction } from '../catalog/catalog-service.ts';
import { matchesTemplate, specificity } from '../catalog/resource-template.ts';
import { actionName } from '../evaluation/layer-set.ts';
import { type ActionPattern, actionMatches, readActionPattern } from '../policy/action-pattern.ts';
import { parseArn } from '../policy/arn.ts';
import { InvalidInput } from '../policy/errors.ts';
import { isAccountId } from '../policy/principal-id.ts';
import type { Steps } from '../policy/steps.ts';
import type { Owners } from './effective-permissions-bearers.ts';

/** Conditions on permissions. A permission must meet all that are given; those left out or null do not limit. */
export interface PermissionFilter {
  /** Prefixes of services, compared without case. */
  readonly services?: readonly string[] | null;
  /** `s3:GetObject`, or with wildcards, `s3:Get*`. */
  readonly actions?: readonly string[] | null;
  readonly accessLevels?: readonly AccessLevel[] | null;
  /** An ARN, with or without wildcards; `*`: actions that need no resource. */
  readonly resource?: string | null;
}

/**
 * The actions of the catalogue that match the filter, in the order of their names. Throws InvalidInput that names `field` and
 * the place, before the first one. Services for which `concerns` says no are left out.
 */
export function filteredActions(
  catalog: Catalog,
  filter: PermissionFilter,
  field: string,
  concerns: (service: string) => boolean = () => true,
): Iterable<CatalogAction> {
  const services = filter.services == null ? catalog.services() : knownServices(catalog, filter.services, field);
  const patterns = filter.actions == null ? null : readPatterns(filter.actions, field);
  const levels = filter.accessLevels == null ? null : new Set(filter.accessLevels);
  const resource = checkedResource(filter.resource ?? null, field);
  const isAbout = resource === null ? null : canBeAbout(catalog, resource);
  const meets = (action: CatalogAction): boolean =>
    (levels === null || levels.has(action.accessLevel)) &&
    (patterns === null || actionMatches({ negated: false, patterns }, action.service, actionName(action))) &&
    (isAbout === null || isAbout(action));
  const isNamed = (service: string): boolean =>
    patterns === null || patterns.some((one) => one.service === null || one.service === service);
  return {
    *[Symbol.iterator]() {
      for (const service of byName(services)) {
        if (!isNamed(service) || !concerns(service)) continue;
        for (const action of inOrder(catalog.actionsOf(service))) if (meets(action)) yield action;
      }
    },
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const named = new WeakMap<readonly string[], readonly string[]>();

/** In the order of their actions' names. The services of a catalogue are always the same list. */
function byName(services: readonly string[]): readonly string[] {
  const known = named.get(services) ?? services.toSorted((a, b) => compare(`${a}:`, `${b}:`));
  named.set(services, known);
  return known;
}

/** By the actions of a service: in the order of their names. */
const ordered = new WeakMap<readonly CatalogAction[], readonly CatalogAction[]>();

function inOrder(actions: readonly CatalogAction[]): readonly CatalogAction[] {
  const known = ordered.get(actions) ?? actions.toSorted((a, b) => compare(a.name, b.name));
  ordered.set(actions, known);
  return known;
}

function knownServices(catalog: Catalog, services: readonly string[], field: string): readonly string[] {
  const keys = services.map((service, i) => {
    const known = catalog.service(service);
    if (known === null) {
      throw new InvalidInput(
        `${field}.services[${i}]`,
        `the catalogue of ${catalog.version} knows no service \`${cut(service)}\``,
      );
    }
    return known.key;
  });
  return [...new Set(keys)].sort();
}

function readPatterns(actions: readonly string[], field: string): readonly ActionPattern[] {
  return actions.map((text, i) => {
    const pattern = readActionPattern(text);
    if (pattern === null) {
      throw new InvalidInput(
        `${field}.actions[${i}]`,
        `\`${cut(text)}\` is not an action: expected \`service:Action\`, also with wildcards`,
      );
    }
    return pattern;
  });
}

function checkedResource(resource: string | null, field: string): string | null {
  if (resource === null || resource === '*' || parseArn(resource) !== null) return resource;
  throw new InvalidInput(`${field}.resource`, `\`${cut(resource)}\` is neither an ARN nor *`);
}

function cut(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

/** Whether an action can be about `resource`: its form is that of one of the action's resource types. */
export function canBeAbout(catalog: Catalog, resource: string): (action: CatalogAction) => boolean {
  if (resource === '*') return (action) => action.wildcardOnly;
  const fits = (template: string): boolean => matchesTemplate(template, resource);
  // The ARN of an object also has the form of a bucket's ARN (a placeholder stands for any text): the closest form counts.
  // With wildcards it may match both.
  const service = /[*?]/.test(resource) ? null : catalog.service(resource.split(':', 3)[2] ?? '');
  const forms = (service?.resourceTypes ?? []).flatMap((type) => type.arns.filter(fits)).map(specificity);
  const closest = Math.max(0, ...forms);
  return (action) =>
    action.resourceTypes.some(({ type }) => type.arns.some((arn) => specificity(arn) >= closest && fits(arn)));
}

/** The part of a set that can apply to the resource; the set itself if all of it can. */
export function* onResource(set: TermSet, resource: string, catalog: Catalog, owners: Owners): Steps<TermSet> {
  if (resource === '*') return set;
  const glob = resourceGlob(resource);
  const owner = ownerOf(resource, catalog, owners);
  const applying = function* (terms: readonly Term[]): Steps<readonly Term[]> {
    const found: Term[] = [];
    for (const term of terms) {
      if (yield* meets(owner === null ? term : ownedBy(term, owner), glob)) found.push(term);
      yield 1;
    }
    return found;
  };
  const allow = yield* applying(set.allow);
  const deny = allow.length === 0 ? [] : yield* applying(set.deny);
  return allow.length === set.allow.length && deny.length === set.deny.length ? set : { allow, deny };
}

function ownedBy(term: Term, accountId: string): Term {
  const owned = conditionUse('StringEquals', 'aws:ResourceAccount', [accountId]);
  return owned === null ? term : { ...term, conditions: [...term.conditions, owned] };
}

function ownerOf(resource: string, catalog: Catalog, owners: Owners): string | null {
  const account = parseArn(resource)?.accountId ?? '';
  if (isAccountId(account)) return account;
  for (const arn of [resource, ...catalog.policyHolders(resource)]) {
    const owner = owners.get(arn);
    if (owner !== undefined) return owner;
  }
  return null;
}
