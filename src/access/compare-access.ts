import { type DifferenceKind, Differences } from '../analysis/compare.ts';
import type { PermissionTerm } from '../analysis/term.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { AccessLevel, CatalogAction } from '../catalog/catalog-service.ts';
import type { Revision } from '../directory/directory.ts';
import type { RequestContext } from '../evaluation/request.ts';
import type { Steps } from '../policy/steps.ts';
import { ACTION_WEIGHTS, weightOf } from './action-weight.ts';
import type { DecideTools } from './decide.ts';
import { type EffectivePermissions, isOverLimit } from './effective-permissions.ts';
import { filteredActions, type PermissionFilter } from './effective-permissions-filter.ts';
import { onOneCatalog } from './one-catalog.ts';
import type { Answer, Subject } from './question.ts';
import { Work } from './work.ts';
import { effectivePermissions } from './work-out-permissions.ts';

/** How something differs: only the second allows it, only the first, or both, but not the same. */
export type AccessDifferenceKind = Extract<DifferenceKind, 'GAINED' | 'LOST' | 'CHANGED'>;

/** One action, with its allowed requests before and after. */
export interface AccessDifference {
  readonly kind: AccessDifferenceKind;
  readonly action: string;
  readonly accessLevel: AccessLevel;
  /** Its place among all actions. */
  readonly place: string;
  readonly before: readonly PermissionTerm[];
  readonly after: readonly PermissionTerm[];
}

/** Number of actions of each kind. */
export type DifferenceCounts = Readonly<Record<Exclude<DifferenceKind, 'NOTHING'>, number>>;

/** What is found about one action. OVER_LIMIT: its terms come to more than can be listed. */
type Outcome = DifferenceKind | 'OVER_LIMIT';

/** Of what is found about all actions of the catalogue. */
const BYTES = 2_000_000;

/**
 * The permissions of two subjects side by side, action by action, on one revision of the directory. What is not read is not worked
 * out.
 */
export class AccessComparison {
  readonly before: EffectivePermissions;
  readonly after: EffectivePermissions;
  readonly revision: Revision;
  readonly #catalog: Catalog;
  readonly #filter: PermissionFilter;
  readonly #work: Work;
  readonly #differences = new Differences();
  readonly #outcomes: Map<CatalogAction, Outcome>;

  /** INVARIANT: both are of one revision. Throws InvalidInput for a filter with unknown names. */
  constructor(
    catalog: Catalog,
    [before, after]: readonly [EffectivePermissions, EffectivePermissions],
    filter: PermissionFilter,
    work: Work,
    outcomes = new Map<CatalogAction, Outcome>(),
  ) {
    this.#catalog = catalog;
    this.before = before;
    this.after = after;
    this.revision = after.revision;
    this.#filter = filter;
    this.#work = work;
    this.#outcomes = outcomes;
    this.#actions();
  }

  /** The same as the work of another request. */
  during(work: Work): AccessComparison {
    const sides = this.#isOneSubject
      ? sidesOf(this.after.during(work))
      : ([this.before.during(work), this.after.during(work)] as const);
    return new AccessComparison(this.#catalog, sides, this.#filter, work, this.#outcomes);
  }

  /** The decision on assuming the first role: the only one, or that of the first of two subjects. Null: there is none. */
  get assumption(): Answer | null {
    return this.#isOneSubject ? this.after.assumption : this.before.assumption;
  }

  /** The decision on assuming the role of the second one; null: it is in no role, or there is no second one. */
  get otherAssumption(): Answer | null {
    return this.#isOneSubject ? null : this.after.assumption;
  }

  get #isOneSubject(): boolean {
    return this.after.suspended === this.before;
  }

  /** As of EffectivePermissions. */
  get bytes(): number | null {
    const [before, after] = [this.#isOneSubject ? 0 : this.before.bytes, this.after.bytes];
    return before === null || after === null ? null : before + after + BYTES;
  }

  /** Unknown facts that could add to the permissions of one of the two or remove some. */
  async gaps(): Promise<readonly string[]> {
    return [...new Set([...(await this.before.gaps()), ...(await this.after.gaps())])];
  }

  /**
   * The differences of these kinds, the worst actions first (`action-weight.ts`), those of equal weight in the order of their names:
   * no change of the directory moves one of them behind another. Actions of `partial` are left out.
   */
  listed(kinds: readonly AccessDifferenceKind[] = ['GAINED', 'LOST', 'CHANGED']): ListedDifferences {
    const wanted: ReadonlySet<Outcome> = new Set(kinds);
    const show = (action: CatalogAction, kind: AccessDifferenceKind): Steps<AccessDifference> =>
      this.#show(action, kind);
    const find = (place: string | null, most: number): Steps<readonly [CatalogAction, AccessDifferenceKind][]> =>
      this.#find(wanted, place, most);
    return new ListedDifferences(find, show, this.#work);
  }

  async counts(): Promise<DifferenceCounts> {
    return this.#work.run(this.#count());
  }

  /** Names of the actions about which the policies of one of the two say more than can be listed, in their order. */
  async partial(): Promise<readonly string[]> {
    return this.#work.run(this.#overLimit());
  }

  *#count(): Steps<DifferenceCounts> {
    const counts = { GAINED: 0, LOST: 0, CHANGED: 0, SAME: 0 };
    for (const action of this.#actions()) {
      const outcome = yield* this.#outcomeOf(action);
      if (outcome !== 'NOTHING' && outcome !== 'OVER_LIMIT') counts[outcome] += 1;
    }
    return counts;
  }

  *#overLimit(): Steps<readonly string[]> {
    const names: string[] = [];
    for (const action of this.#actions()) {
      if ((yield* this.#outcomeOf(action)) === 'OVER_LIMIT') names.push(action.name);
    }
    return names;
  }

  /** In the order of their names. */
  #actions(): Iterable<CatalogAction> {
    const concerns = (service: string): boolean => this.before.mayAllow(service) || this.after.mayAllow(service);
    return filteredActions(this.#catalog, this.#filter, 'filter', concerns);
  }

  *#find(
    wanted: ReadonlySet<Outcome>,
    place: string | null,
    most: number,
  ): Steps<readonly [CatalogAction, AccessDifferenceKind][]> {
    const found: [CatalogAction, AccessDifferenceKind][] = [];
    for (const weight of ACTION_WEIGHTS) {
      for (const action of this.#actions()) {
        if (weightOf(action) !== weight || (place !== null && placeOf(action) <= place)) continue;
        const outcome = yield* this.#outcomeOf(action);
        if (!wanted.has(outcome)) continue;
        found.push([action, outcome as AccessDifferenceKind]); // as: only such are wanted
        if (found.length >= most) return found;
      }
    }
    return found;
  }

  *#outcomeOf(action: CatalogAction): Steps<Outcome> {
    const known = this.#outcomes.get(action);
    if (known !== undefined) return known;
    yield 1;
    const outcome = yield* this.#compared(action);
    this.#outcomes.set(action, outcome);
    return outcome;
  }

  *#compared(action: CatalogAction): Steps<Outcome> {
    const { resource = null } = this.#filter;
    try {
      const before = yield* this.before.setOf(action, resource);
      return yield* this.#differences.between(before, yield* this.after.setOf(action, resource));
    } catch (error) {
      if (isOverLimit(error)) return 'OVER_LIMIT';
      throw error;
    }
  }

  *#show(action: CatalogAction, kind: AccessDifferenceKind): Steps<AccessDifference> {
    const { resource = null } = this.#filter;
    const before = yield* this.#differences.shown(yield* this.before.setOf(action, resource));
    const after = yield* this.#differences.shown(yield* this.after.setOf(action, resource));
    const { name, accessLevel } = action;
    return { kind, action: name, accessLevel, place: placeOf(action), before, after };
  }
}

/** What is behind it is behind it at every revision: it depends on the action alone. */
function placeOf(action: CatalogAction): string {
  return `${weightOf(action)} ${action.name}`;
}

/** Differences in their order. Each part is worked out when it is read, step by step. */
export class ListedDifferences {
  readonly #find: (place: string | null, most: number) => Steps<readonly [CatalogAction, AccessDifferenceKind][]>;
  readonly #show: (action: CatalogAction, kind: AccessDifferenceKind) => Steps<AccessDifference>;
  readonly #work: Work;

  constructor(
    find: (place: string | null, most: number) => Steps<readonly [CatalogAction, AccessDifferenceKind][]>,
    show: (action: CatalogAction, kind: AccessDifferenceKind) => Steps<AccessDifference>,
    work: Work,
  ) {
    this.#find = find;
    this.#show = show;
    this.#work = work;
  }

  /** The first ones behind a place, at most `most`; null: from the beginning. */
  after(place: string | null, most: number): Promise<readonly AccessDifference[]> {
    return this.#work.run(this.#after(place, most));
  }

  /** Whether none has this place, or one in front of it. */
  async startsAfter(place: string): Promise<boolean> {
    const [first] = await this.#work.run(this.#find(null, 1));
    return first === undefined || placeOf(first[0]) > place;
  }

  async count(): Promise<number> {
    return (await this.#work.run(this.#find(null, Number.POSITIVE_INFINITY))).length;
  }

  *#after(place: string | null, most: number): Steps<readonly AccessDifference[]> {
    const shown: AccessDifference[] = [];
    for (const [action, kind] of yield* this.#find(place, most)) shown.push(yield* this.#show(action, kind));
    return shown;
  }
}

/**
 * Permissions that the principal of `subject` gains and loses by assuming its role. If it may not assume the role, it has no
 * permissions there: all are lost. Throws as `effectivePermissions` does.
 */
export function compareAccess(
  tools: DecideTools,
  subject: Subject & { readonly assumedRole: string },
  { filter, context = new Map(), assumeContextKeys }: ComparisonOptions,
  now: number,
): Promise<AccessComparison> {
  return onOneCatalog(tools, async (all) => {
    const work = tools.work ?? new Work();
    const inRole = await effectivePermissions({ ...all, work }, subject, context, now, assumeContextKeys);
    return new AccessComparison(all.catalog, sidesOf(inRole), filter ?? {}, work);
  });
}

/** A principal as itself and in its role. INVARIANT: a role is requested. */
export function sidesOf(inRole: EffectivePermissions): readonly [EffectivePermissions, EffectivePermissions] {
  const { suspended } = inRole;
  if (suspended === null) throw new Error('no role is requested');
  return [suspended, inRole];
}

/** What is compared, and how. */
export interface ComparisonOptions {
  readonly filter?: PermissionFilter | null;
  readonly context?: RequestContext;
  readonly assumeContextKeys?: boolean;
}
