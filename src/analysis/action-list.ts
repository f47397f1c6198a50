import type { ActionFacts } from '../evaluation/request.ts';
import { ONE_STEP, type Steps } from '../policy/steps.ts';
import { canBeAskedOn } from './asked-on.ts';

type ListedAction = Pick<ActionFacts, 'name' | 'wildcardOnly' | 'askedOn'>;

/** Names of all existing actions, by service. */
export interface ActionCatalog {
  services(): readonly string[];
  actionsOf(service: string): readonly ListedAction[];
}

type ActionNames = { readonly Action: string | readonly string[] } | { readonly NotAction: string | readonly string[] };

/** Writes lists of actions in the form of a statement. */
export class ActionLists {
  readonly #services: ReadonlyMap<string, readonly ListedAction[]>;
  readonly #total: number;

  constructor(catalog: ActionCatalog) {
    this.#services = new Map(catalog.services().map((service) => [service, catalog.actionsOf(service)]));
    this.#total = [...this.#services.values()].reduce((sum, actions) => sum + actions.length, 0);
  }

  /**
   * The actions as Action or NotAction, whichever is shorter; a service with all of its actions as `s3:*`. If the
   * statement is about certain `resources` (null: all, or all but some), it has no effect on actions without resource types
   * that are asked on none of them: the list may then include these actions.
   */
  *name(names: readonly string[], resources: readonly string[] | null): Steps<ActionNames> {
    const wanted = new Set<string>();
    const byService = new Map<string, string[]>();
    for (const name of names) {
      wanted.add(name);
      if (wanted.size % ONE_STEP === 0) yield 1;
      const service = name.slice(0, name.indexOf(':'));
      const known = byService.get(service);
      if (known === undefined) byService.set(service, [name]);
      else known.push(name);
    }
    const listed: string[] = [];
    for (const [service, inside] of byService) {
      yield 1;
      for (const name of this.#others(service, wanted, resources).length === 0 ? [`${service}:*`] : inside)
        listed.push(name);
    }
    if (wanted.size * 2 < this.#total) return { Action: oneOrAll(listed) };
    const others: string[] = [];
    for (const [service, { length }] of this.#services) {
      yield 1;
      if (byService.has(service)) others.push(...this.#others(service, wanted, resources));
      else if (length > 0) others.push(`${service}:*`);
    }
    if (others.length === 0) return { Action: '*' };
    return others.length < listed.length ? { NotAction: oneOrAll(others) } : { Action: oneOrAll(listed) };
  }

  /** Actions of the service that are not included. */
  #others(service: string, wanted: ReadonlySet<string>, resources: readonly string[] | null): readonly string[] {
    const isIdle = (action: ListedAction): boolean =>
      resources !== null && action.wildcardOnly && !canBeAskedOn(action, resources);
    return (this.#services.get(service) ?? [])
      .filter((action) => !wanted.has(action.name) && !isIdle(action))
      .map(({ name }) => name);
  }
}

function oneOrAll(texts: readonly string[]): string | readonly string[] {
  const [first] = texts;
  return texts.length === 1 && first !== undefined ? first : texts;
}
