import type { Catalog } from '../catalog/catalog.ts';
import type { CatalogAction, CatalogService, ResourceType } from '../catalog/catalog-service.ts';
import { readActionPattern } from '../policy/action-pattern.ts';
import { nearest } from '../policy/spelling.ts';

/** What one entry of Action or NotAction means in the catalogue. */
export type ActionMeaning =
  | { readonly kind: 'everything' }
  | { readonly kind: 'actions'; readonly actions: readonly CatalogAction[]; readonly exact: boolean }
  /** No action can be so named. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'unknownService'; readonly service: string; readonly suggestion: string | null }
  | { readonly kind: 'unknownAction'; readonly service: CatalogService; readonly suggestion: string | null };

/** Suggestions compare with every name of a service; a document of nothing but mistakes gets only so many. */
const MAX_SUGGESTIONS = 50;
/** Comparisons of a pattern with a name, for one document: 2,000 different patterns in the largest service. */
export const MAX_COMPARISONS = 1_500_000;

/** Names of actions in lower case without the prefix, in the order of the service's actions. */
const lowerNames = new WeakMap<CatalogService, readonly string[]>();

function lowerNamesOf(service: CatalogService): readonly string[] {
  const known = lowerNames.get(service);
  if (known !== undefined) return known;
  const names = service.actions.map((action) => action.name.slice(service.key.length + 1).toLowerCase());
  lowerNames.set(service, names);
  return names;
}

/**
 * The words of one document in the catalogue. A pattern is compared with the actions of its service alone, and each
 * pattern once, however often the document repeats it.
 */
export class Vocabulary {
  readonly catalog: Catalog;
  readonly #meanings = new Map<string, ActionMeaning>();
  readonly #unions = new Map<string, ReadonlySet<CatalogAction>>();
  #suggestions = 0;
  #comparisons = 0;

  /** Some patterns were not compared with the catalogue: the document has more of them than are looked at. */
  get cutShort(): boolean {
    return this.#comparisons > MAX_COMPARISONS;
  }

  constructor(catalog: Catalog) {
    this.catalog = catalog;
  }

  /** The name that was probably meant. Null: none is near, or too many were asked for. */
  suggest(find: () => string | null): string | null {
    this.#suggestions += 1;
    return this.#suggestions > MAX_SUGGESTIONS ? null : find();
  }

  actionMeaning(text: string): ActionMeaning {
    const name = text.toLowerCase().replace(/\*{2,}/g, '*');
    let meaning = this.#meanings.get(name);
    if (meaning === undefined) {
      meaning = this.#readAction(name);
      this.#meanings.set(name, meaning);
    }
    return meaning;
  }

  /** The actions of all these meanings together; the same set for the same texts, so that what follows from it is found once. */
  union(texts: readonly string[], meanings: readonly ActionMeaning[]): ReadonlySet<CatalogAction> {
    const key = JSON.stringify(texts).toLowerCase();
    const known = this.#unions.get(key);
    if (known !== undefined) return known;
    const actions = new Set<CatalogAction>();
    const lists = new Set(meanings.map((meaning) => (meaning.kind === 'actions' ? meaning.actions : [])));
    for (const list of lists) for (const action of list) actions.add(action);
    this.#unions.set(key, actions);
    return actions;
  }

  #readAction(name: string): ActionMeaning {
    const pattern = readActionPattern(name);
    if (pattern === null) return { kind: 'unreadable' };
    if (pattern.service === null) return { kind: 'everything' };
    const service = this.catalog.service(pattern.service);
    if (service === null) return this.#unknownService(pattern.service);
    const exact = pattern.name.exact !== null;
    if (exact) {
      const action = this.catalog.action(name);
      if (action !== null) return { kind: 'actions', actions: [action], exact };
      return { kind: 'unknownAction', service, suggestion: this.suggest(() => this.catalog.suggest(name)) };
    }
    if (pattern.name.everything) return { kind: 'actions', actions: service.actions, exact };
    const names = lowerNamesOf(service);
    this.#comparisons += names.length;
    // No document that AWS takes comes near; of one that does, the rest is not looked at.
    if (this.#comparisons > MAX_COMPARISONS) return { kind: 'everything' };
    const actions = service.actions.filter((_action, i) => pattern.name.matches(names[i] ?? ''));
    return actions.length > 0
      ? { kind: 'actions', actions, exact }
      : { kind: 'unknownAction', service, suggestion: null };
  }

  #unknownService(service: string): ActionMeaning {
    const suggestion = this.suggest(() => nearest(service, this.catalog.services()));
    return { kind: 'unknownService', service, suggestion };
  }

  /** Resource types whose ARNs name `service` (lower case) in their third part, whichever service's actions take them. */
  resourceTypesOf(service: string): readonly ResourceType[] {
    const own = this.catalog.service(service);
    // Most services name their own ARNs; only for the others all services are read.
    if (own !== null && own.resourceTypes.length > 0) return own.resourceTypes;
    return this.#allTypes().get(service) ?? [];
  }

  #allTypes(): ReadonlyMap<string, readonly ResourceType[]> {
    const known = typesByArnService.get(this.catalog);
    if (known !== undefined) return known;
    const byService = new Map<string, ResourceType[]>();
    for (const type of this.catalog.services().flatMap((key) => this.catalog.service(key)?.resourceTypes ?? [])) {
      for (const arnService of new Set(type.arns.map((arn) => arn.split(':', 3)[2] ?? ''))) {
        const types = byService.get(arnService);
        if (types === undefined) byService.set(arnService, [type]);
        else types.push(type);
      }
    }
    typesByArnService.set(this.catalog, byService);
    return byService;
  }
}

const typesByArnService = new WeakMap<Catalog, ReadonlyMap<string, readonly ResourceType[]>>();
