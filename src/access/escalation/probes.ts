import type { Catalog, CatalogAction } from '../../catalog/catalog.ts';
import type { AccessLevel } from '../../catalog/catalog-service.ts';
import { actionName } from '../../evaluation/layer-set.ts';
import type { PreparedPrincipal } from '../../evaluation/prepare.ts';
import { actionMatches } from '../../policy/action-pattern.ts';
import type { CompiledStatement } from '../../policy/statement.ts';
import { kindOfEvery } from '../every-resource.ts';
import { resourcesFor, resourcesIn } from './grants.ts';
import type { Asked } from './judge.ts';
import { controlDenies, partialDenies } from './partly-denied.ts';

/** A request of somebody. */
export interface Probe extends Omit<Asked, 'principal'> {
  /** The same for the same request. */
  readonly key: string;
}

/** The worst first. */
const LEVELS: readonly AccessLevel[] = ['PERMISSIONS_MANAGEMENT', 'WRITE', 'READ', 'LIST', 'TAGGING'];
/** Requests of one statement that are tried. */
const MOST_OF_STATEMENT = 2000;
/** The same of a Deny: its actions mostly differ in nothing else. */
const MOST_OF_DENY = 200;
/** Resources of one type. */
const MOST_RESOURCES = 5;

const known = new WeakMap<Catalog, readonly CatalogAction[]>();

/** One action of each level of each service, those of IAM first. */
function representatives(catalog: Catalog): readonly CatalogAction[] {
  const before = known.get(catalog);
  if (before !== undefined) return before;
  const actions = ['iam', ...catalog.services().filter((one) => one !== 'iam')].flatMap((service) => {
    const all = catalog.actionsOf(service).filter((action) => kindOfEvery(action) === 'other');
    return LEVELS.flatMap((level) => all.find(({ accessLevel }) => accessLevel === level) ?? []);
  });
  known.set(catalog, actions);
  return actions;
}

/** Requests that represent what the Allows of the policies of a user or role are about. */
export function* probesOf(catalog: Catalog, principal: PreparedPrincipal): Iterable<Probe> {
  for (const { policy } of principal.policies?.source.identity ?? []) {
    for (const statement of policy.statements) {
      if (!statement.allows) continue;
      let count = 0;
      for (const action of actionsOf(catalog, statement)) {
        for (const resource of resourcesOf(catalog, action, statement, principal)) {
          yield { action: action.name, resource, key: `${action.name} ${resource}` };
          count += 1;
        }
        if (count > MOST_OF_STATEMENT) break;
      }
    }
  }
}

/** Requests that represent what Denies take away on some resources. */
export function* probesOfDenies(catalog: Catalog, principal: PreparedPrincipal): Iterable<Probe> {
  for (const statement of [...partialDenies(principal), ...controlDenies(principal)]) {
    let count = 0;
    for (const action of actionsOf(catalog, statement)) {
      if (count > MOST_OF_DENY) break;
      for (const { type } of action.resourceTypes) {
        const resources = resourcesIn(catalog, principal, [statement], action, type.name);
        for (const resource of resources.slice(0, MOST_RESOURCES)) {
          yield { action: action.name, resource, key: `${action.name} ${resource}` };
          count += 1;
        }
      }
    }
  }
}

function* actionsOf(catalog: Catalog, { actions }: CompiledStatement): Iterable<CatalogAction> {
  const matches = (action: CatalogAction): boolean => actionMatches(actions, action.service, actionName(action));
  if (actions.negated || actions.patterns.some(({ service }) => service === null)) {
    yield* catalog.actionsOf('iam').filter((action) => kindOfEvery(action) === 'other' && matches(action));
    yield* representatives(catalog).filter(matches);
  }
  if (actions.negated) return;
  const services = new Set(actions.patterns.flatMap(({ service }) => service ?? []));
  for (const service of services) yield* catalog.actionsOf(service).filter(matches);
}

function resourcesOf(
  catalog: Catalog,
  action: CatalogAction,
  { resources }: CompiledStatement,
  principal: PreparedPrincipal,
): readonly string[] {
  if (action.wildcardOnly) return ['*'];
  const isEvery = resources === null || (!resources.negated && resources.patterns.some(({ everything }) => everything));
  if (isEvery && kindOfEvery(action) === 'other') return ['*'];
  return action.resourceTypes.flatMap(({ type }) =>
    resourcesFor(catalog, principal, { action: action.name, type: type.name }).slice(0, MOST_RESOURCES),
  );
}
