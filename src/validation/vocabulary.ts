import { readActionPattern } from '../policy/action-pattern.ts';
import { nearest } from '../policy/spelling.ts';
import type { KnownAction, KnownNames, KnownService, KnownType } from './known-names.ts';

/** The meaning of one entry of Action or NotAction in the catalogue. */
export type ActionMeaning =
  | { readonly kind: 'everything' }
  | { readonly kind: 'actions'; readonly actions: readonly KnownAction[]; readonly exact: boolean }
  /** No action can have this name. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'unknownService'; readonly service: string; readonly suggestion: string | null }
  | { readonly kind: 'unknownAction'; readonly service: KnownService; readonly suggestion: string | null };

/** Suggestions compare with every name of a service; a document full of mistakes gets only this many. */
const MAX_SUGGESTIONS = 50;
/** Greatest number of comparisons of a pattern with a name, for one document: 2,000 different patterns in the largest service. */
export const MAX_COMPARISONS = 1_500_000;

/** Names of actions in lower case without the prefix, in the order of the service's actions. */
const lowerNames = new WeakMap<KnownService, readonly string[]>();

function lowerNamesOf(service: KnownService): readonly string[] {
  const known = lowerNames.get(service);
  if (known !== undefined) return known;
  const names = service.actions.map((action) => action.name.slice(service.key.length + 1).toLowerCase());
  lowerNames.set(service, names);
  return names;
}

/**
 * The words of one document in the catalogue. A pattern is compared only with the actions of its service, and only
 * once, however often the document repeats it.
 */
export class Vocabulary {
  readonly catalog: KnownNames;
  readonly #meanings = new Map<string, ActionMeaning>();
  readonly #unions = new Map<string, ReadonlySet<KnownAction>>();
  #suggestions = 0;
  #comparisons = 0;

  /** Some patterns were not compared with the catalogue, because the document has more than the limit. */
  get cutShort(): boolean {
    return this.#comparisons > MAX_COMPARISONS;
  }

  constructor(catalog: KnownNames) {
    this.catalog = catalog;
  }

  /** The name that was probably meant. Null: no name is close enough, or too many were requested. */
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

  /** The actions of all these meanings together; the same set object for the same texts, so that results from it can be cached. */
  union(texts: readonly string[], meanings: readonly ActionMeaning[]): ReadonlySet<KnownAction> {
    const key = JSON.stringify(texts).toLowerCase();
    const known = this.#unions.get(key);
    if (known !== undefined) return known;
    const actions = new Set<KnownAction>();
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
    // No document that AWS accepts comes near; if one exceeds the limit, the rest is skipped.
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

  /** Resource types with `service` (lower case) in the third part of their ARNs, whichever service's actions take them. */
  resourceTypesOf(service: string): readonly KnownType[] {
    const own = this.catalog.service(service);
    // Most services appear in their own ARNs; all services are read only for the others.
    if (own !== null && own.resourceTypes.length > 0) return own.resourceTypes;
    return this.#allTypes().get(service) ?? [];
  }

  #allTypes(): ReadonlyMap<string, readonly KnownType[]> {
    const known = typesByArnService.get(this.catalog);
    if (known !== undefined) return known;
    const byService = new Map<string, KnownType[]>();
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

const typesByArnService = new WeakMap<KnownNames, ReadonlyMap<string, readonly KnownType[]>>();
