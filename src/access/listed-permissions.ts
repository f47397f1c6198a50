import type { TermSet } from '../analysis/combine.ts';
import { type PermissionTerm, printTerm, type Term } from '../analysis/term.ts';
import type { AccessLevel, CatalogAction } from '../catalog/catalog-service.ts';
import type { Steps } from '../policy/steps.ts';
import type { Work } from './work.ts';

/** A set of requests as it is shown. */
export interface PrintedSet {
  readonly allow: readonly PermissionTerm[];
  readonly deny: readonly PermissionTerm[];
}

/** One action that is allowed on some resource: for requests in some `allow` term and in no `deny` term. */
export interface EffectivePermission extends PrintedSet {
  readonly action: string;
  readonly accessLevel: AccessLevel;
}

/** Permissions in the order of their actions' names. Each part is worked out when it is read, step by step. */
export class ListedPermissions {
  readonly #actions: Iterable<CatalogAction>;
  readonly #setOf: (action: CatalogAction) => Steps<TermSet>;
  readonly #printed: Map<TermSet, PrintedSet>;
  readonly #work: Work;

  /** `printed`: the sets that have been shown before. */
  constructor(
    actions: Iterable<CatalogAction>,
    setOf: (action: CatalogAction) => Steps<TermSet>,
    printed: Map<TermSet, PrintedSet>,
    work: Work,
  ) {
    this.#actions = actions;
    this.#setOf = setOf;
    this.#printed = printed;
    this.#work = work;
  }

  /** The first ones behind a name, at most `most`; null: from the beginning. */
  after(name: string | null, most: number): Promise<readonly EffectivePermission[]> {
    return this.#work.run(this.#after(name, most));
  }

  /** Whether none is for an action of this name, or in front of it. */
  startsAfter(name: string): Promise<boolean> {
    return this.#work.run(this.#startsAfter(name));
  }

  count(): Promise<number> {
    return this.#work.run(this.#count());
  }

  *#after(name: string | null, most: number): Steps<readonly EffectivePermission[]> {
    const found: EffectivePermission[] = [];
    for (const action of this.#actions) {
      if (name !== null && action.name <= name) continue;
      const set = yield* this.#setOf(action);
      if (set.allow.length === 0) continue;
      found.push({ action: action.name, accessLevel: action.accessLevel, ...(yield* this.#print(set)) });
      if (found.length >= most) break;
    }
    return found;
  }

  *#startsAfter(name: string): Steps<boolean> {
    for (const action of this.#actions) {
      if (action.name > name) return true;
      if ((yield* this.#setOf(action)).allow.length > 0) return false;
    }
    return true;
  }

  *#count(): Steps<number> {
    let count = 0;
    for (const action of this.#actions) if ((yield* this.#setOf(action)).allow.length > 0) count += 1;
    return count;
  }

  *#print(set: TermSet): Steps<PrintedSet> {
    const known = this.#printed.get(set);
    if (known !== undefined) return known;
    const printed = { allow: yield* printedTerms(set.allow), deny: yield* printedTerms(set.deny) };
    this.#printed.set(set, printed);
    return printed;
  }
}

function* printedTerms(terms: readonly Term[]): Steps<readonly PermissionTerm[]> {
  const printed: PermissionTerm[] = [];
  for (const term of terms) {
    printed.push(printTerm(term));
    yield 1;
  }
  return printed;
}
