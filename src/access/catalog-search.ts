import type { Catalog } from '../catalog/catalog.ts';
import type {
  AccessLevel,
  CatalogAction,
  CatalogService,
  ConditionKey,
  ResourceType,
} from '../catalog/catalog-service.ts';
import { InvalidInput } from '../policy/errors.ts';
import { nearest } from '../policy/spelling.ts';

export type { CatalogAction, CatalogService, ConditionKey, ResourceType };

/** What a search has found. Keys are unique, and entries are in the order of their keys: those that begin with the text first. */
export interface CatalogMatch<T> {
  readonly key: string;
  readonly value: T;
}

/** A condition key, and the service that it belongs to; null: a global one. */
export interface OwnedConditionKey extends ConditionKey {
  readonly service: string | null;
}

export interface ActionSearch {
  /** Prefix of a service. Left out: all services. */
  readonly service?: string;
  readonly search?: string;
  readonly accessLevel?: AccessLevel;
}

/** Services with the text in their prefix or name, without regard to case. */
export function findServices(catalog: Catalog, search = ''): readonly CatalogMatch<CatalogService>[] {
  return matches(
    servicesOf(catalog),
    search,
    ({ key }) => key,
    ({ name }) => name,
  );
}

/** Actions with the text in `service:Action`. Throws InvalidInput for a service that does not exist. */
export function findActions(
  catalog: Catalog,
  { service, search = '', accessLevel }: ActionSearch,
): readonly CatalogMatch<CatalogAction>[] {
  const actions = servicesOf(catalog, service).flatMap((each) => each.actions);
  const wanted = accessLevel === undefined ? actions : actions.filter((action) => action.accessLevel === accessLevel);
  return matches(wanted, search, ({ name }) => name);
}

/** The condition keys of a service, or of all, and the global ones. Throws InvalidInput for a service that does not exist. */
export function findConditionKeys(
  catalog: Catalog,
  { service, search = '' }: Pick<ActionSearch, 'search' | 'service'>,
): readonly CatalogMatch<OwnedConditionKey>[] {
  const found = new Map<string, OwnedConditionKey>();
  // Services repeat the global keys that their actions take.
  for (const key of catalog.globalConditionKeys) found.set(key.name.toLowerCase(), { ...key, service: null });
  for (const { key: prefix, conditionKeys } of servicesOf(catalog, service)) {
    for (const key of conditionKeys) {
      const owner = key.name.startsWith('aws:') ? null : prefix;
      if (!found.has(key.name.toLowerCase())) found.set(key.name.toLowerCase(), { ...key, service: owner });
    }
  }
  return matches([...found.values()], search, ({ name }) => name);
}

function servicesOf(catalog: Catalog, prefix?: string): readonly CatalogService[] {
  const keys = prefix === undefined ? catalog.services() : [prefix];
  const services = keys.flatMap((key) => catalog.service(key) ?? []);
  if (services.length > 0 || prefix === undefined) return services;
  const similar = nearest(prefix, catalog.services());
  const hint = similar === null ? '' : `; did you mean \`${similar}\`?`;
  throw new InvalidInput('service', `there is no service \`${prefix.slice(0, MAX_QUOTED)}\`${hint}`);
}

const MAX_QUOTED = 100;

/** `nameOf`: a unique name, of which the part after a colon has a beginning of its own. `alsoOf`: a further text. */
function matches<T>(
  all: readonly T[],
  search: string,
  nameOf: (entry: T) => string,
  alsoOf?: (entry: T) => string,
): readonly CatalogMatch<T>[] {
  const wanted = search.toLowerCase();
  const found: CatalogMatch<T>[] = [];
  for (const value of all) {
    const name = nameOf(value).toLowerCase();
    const also = alsoOf?.(value).toLowerCase() ?? '';
    if (!name.includes(wanted) && !also.includes(wanted)) continue;
    const begins = name.startsWith(wanted) || name.startsWith(wanted, name.indexOf(':') + 1) || also.startsWith(wanted);
    found.push({ key: `${begins ? 0 : 1} ${name}`, value });
  }
  return found.sort((a, b) => (a.key < b.key ? -1 : 1));
}
