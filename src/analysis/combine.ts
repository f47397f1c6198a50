import type { BucketSide } from '../evaluation/decide.ts';
import { isGrantee } from '../evaluation/grantee.ts';
import { AS_ACCOUNT, AS_ROLE, DIRECTLY } from '../evaluation/match-principal.ts';
import type { Steps } from '../policy/steps.ts';
import { withoutResourceTypes } from './asked-on.ts';
import { type ConditionUse, conditionUse } from './condition-use.ts';
import { CountedTerms } from './counted-terms.ts';
import type { Bearer, Entry } from './entry.ts';
import { checkProduct, checkTermCount } from './limits.ts';
import { fixedPart, type ResourceGlob, resourceGlob, withinPartition } from './resource-set.ts';
import { ANYTHING, intersectTerms, simplified, type Term, withoutContained } from './term.ts';

/** What a principal may do with the actions of one class: requests in some `allow` term and in no `deny` term. */
export interface TermSet {
  readonly allow: readonly Term[];
  readonly deny: readonly Term[];
}

/** The union of its terms. */
type Union = readonly Term[];

/** Facts about the caller and the action that the combination depends on, besides the statements. */
export interface Circumstances {
  readonly action: string;
  /** The action has no resource. */
  readonly wildcardOnly: boolean;
  /** The ARNs that it is asked on nevertheless; null: on no resource. */
  readonly asked: ResourceGlob | null;
  /** Null for services and anonymous callers, which belong to no account. */
  readonly home: { readonly accountId: string; readonly partition: string } | null;
  readonly isRoot: boolean;
  /** The identity side allows without a policy. */
  readonly identityGiven: boolean;
  readonly hasBoundary: boolean;
  /** Null: no session policies. `needed`: without them a session has no permissions. */
  readonly session: 'given' | 'none' | 'needed';
  /** The request comes through a VPC endpoint with a policy. */
  readonly hasEndpoint: boolean;
  /** Levels of the organization, each of which must allow. */
  readonly levels: number;
  /** Resources of the action's service whose own policy must let the caller in, even within an account. */
  readonly shutIn: readonly string[];
  /** The facts about a resource with a policy. */
  bearer(bearer: Bearer): BearerCircumstances;
}

export interface BearerCircumstances {
  readonly takesPart: boolean;
  readonly sameAccount: boolean;
  readonly samePartition: boolean;
  readonly resourceSideNeeded: boolean;
  readonly isTrust: boolean;
  /** S3 Block Public Access does not restrict it for the caller. */
  readonly publicAccessAllows: boolean;
  /** Like `Situation.bucket`. */
  readonly bucket: BucketSide | null;
}

/** The allowed requests: the flow chart of evaluation/decide.ts on sets of requests. */
export function allowedTerms(circumstances: Circumstances, entries: readonly Entry[]): Steps<Union> {
  return new Combination(circumstances, entries).allowed();
}

/** Access points of the caller's account to buckets of other accounts, and what they govern. */
interface Foreign {
  readonly entries: readonly { readonly entry: Entry; readonly governed: Union }[];
  readonly resources: readonly ResourceGlob[];
}

/** What the control policies and the endpoint leave, what of that all ceilings leave, and what of that the identity policies grant. */
interface Sides {
  readonly control: Union;
  readonly ceiling: Union;
  readonly own: Union;
}

class Combination {
  readonly #given: Circumstances;
  readonly #entries: readonly Entry[];

  constructor(given: Circumstances, entries: readonly Entry[]) {
    this.#given = given;
    this.#entries = entries;
  }

  *allowed(): Steps<Union> {
    const { home, isRoot } = this.#given;
    const terms = new CountedTerms(this.#given.action);
    if (home === null) {
      const endpoint = yield* this.#endpoint();
      for (const entry of this.#grants()) {
        if (namingOf(entry) !== DIRECTLY) continue;
        const letIn = yield* this.#both(yield* entry.terms(), endpoint, bearerOf(entry));
        terms.add(yield* this.#behind(letIn, entry, { control: endpoint, ceiling: [], own: [] }));
      }
      return yield* this.#union(terms.all);
    }
    const control = yield* this.#both(yield* this.#control(), yield* this.#endpoint());
    if (control.length === 0) return [];
    // The part that the boundary and the session policies leave, and the part of that which the identity policies grant.
    const bounded = isRoot ? control : yield* this.#both(control, yield* this.#boundary());
    const ceiling = isRoot ? control : yield* this.#both(bounded, yield* this.#session());
    const own = yield* this.#both(ceiling, yield* this.#identity());
    const foreign = yield* this.#foreign();
    for (const term of own) {
      const within = yield* withinHome(term, foreign.resources, this.#given);
      if (within !== null) terms.add([within]);
      yield 1;
    }
    const sides = { control, bounded, ceiling, own };
    for (const { entry, governed } of foreign.entries) {
      terms.add(yield* this.#behind(yield* this.#both(own, governed), entry, sides));
      yield 1;
    }
    for (const entry of this.#grants()) {
      terms.add(yield* this.#behind(yield* this.#throughGrant(entry, sides), entry, sides));
      yield 1;
    }
    return yield* this.#union(terms.all);
  }

  /** Access points of the caller's account to buckets of other accounts. */
  *#foreign(): Steps<Foreign> {
    const entries: { readonly entry: Entry; readonly governed: Union }[] = [];
    for (const entry of this.#given.wildcardOnly ? [] : this.#entries) {
      if (entry.slot.kind !== 'foreignBucket' || this.#given.bearer(entry.slot.bearer).bucket === null) continue;
      entries.push({ entry, governed: yield* entry.terms() });
    }
    return {
      entries,
      resources: entries.flatMap(({ governed }) => governed.flatMap(({ resources }) => resources.flat())),
    };
  }

  /** The part of what an access point permits that the bucket behind it permits, too. */
  *#behind(terms: Union, { slot }: Entry, sides: Sides): Steps<Union> {
    if (terms.length === 0 || !('bearer' in slot)) return terms;
    const { bearer } = slot;
    const { bucket } = this.#given.bearer(bearer);
    if (bucket === null) return terms;
    return yield* this.#both(terms, yield* this.#permittedBehind(bearer, bucket, sides), bearer);
  }

  *#permittedBehind(bearer: Bearer, { sameAccount, grantNeeded }: BucketSide, sides: Sides): Steps<Union> {
    const { isRoot, home } = this.#given;
    const terms = new CountedTerms(this.#given.action);
    if (sameAccount && !grantNeeded) terms.add(isRoot ? sides.control : sides.own);
    for (const entry of this.#entries) {
      const { slot } = entry;
      if (slot.kind !== 'bucketGrant' || slot.bearer !== bearer) continue;
      const byName = slot.naming === DIRECTLY ? sides.control : slot.naming === AS_ROLE ? sides.ceiling : sides.own;
      const side = home === null || isRoot ? sides.control : sameAccount ? byName : sides.own;
      // Of itself the account grants nothing to its own.
      if (sameAccount && slot.naming === AS_ACCOUNT && !grantNeeded) continue;
      terms.add(yield* this.#both(yield* entry.terms(), side, bearer));
      yield 1;
    }
    return yield* this.#union(terms.all);
  }

  *#throughGrant(entry: Entry, sides: Sides & { readonly bounded: Union }): Steps<Union> {
    if (entry.slot.kind !== 'grant' && entry.slot.kind !== 'keyGrant') return [];
    const { kind, bearer, naming } = entry.slot;
    const at = this.#given.bearer(bearer);
    if (!at.takesPart || !at.samePartition) return [];
    const through = function* (this: Combination, side: Union): Steps<Union> {
      return yield* this.#both(yield* entry.terms(), side, bearer);
    }.bind(this);
    if (!at.sameAccount) return yield* through(kind === 'keyGrant' && isGrantee(naming) ? sides.ceiling : sides.own);
    if (this.#given.isRoot) return at.resourceSideNeeded ? yield* through(sides.control) : [];
    if (naming === DIRECTLY) return yield* through(at.isTrust ? sides.bounded : sides.control);
    if (naming === AS_ROLE) return yield* through(sides.ceiling);
    return naming === AS_ACCOUNT && at.resourceSideNeeded ? yield* through(sides.own) : [];
  }

  #grants(): readonly Entry[] {
    // No resource's policy applies to a request without a resource.
    if (this.#given.wildcardOnly) return [];
    return this.#entries.filter(({ slot }) => {
      if (slot.kind !== 'grant' && slot.kind !== 'keyGrant') return false;
      const { takesPart, publicAccessAllows } = this.#given.bearer(slot.bearer);
      return takesPart && publicAccessAllows;
    });
  }

  *#control(): Steps<Union> {
    let terms: Union = [ANYTHING];
    for (let level = 0; level < this.#given.levels; level += 1) {
      const allows = yield* this.#of(({ slot }) => slot.kind === 'level' && slot.level === level);
      terms = yield* this.#both(terms, allows);
    }
    return terms;
  }

  *#endpoint(): Steps<Union> {
    return this.#given.hasEndpoint ? yield* this.#of(({ slot }) => slot.kind === 'endpoint') : [ANYTHING];
  }

  *#boundary(): Steps<Union> {
    return this.#given.hasBoundary ? yield* this.#of(({ slot }) => slot.kind === 'boundary') : [ANYTHING];
  }

  *#session(): Steps<Union> {
    if (this.#given.session === 'given') return yield* this.#of(({ slot }) => slot.kind === 'session');
    return this.#given.session === 'none' ? [ANYTHING] : [];
  }

  *#identity(): Steps<Union> {
    return this.#given.identityGiven ? [ANYTHING] : yield* this.#of(({ slot }) => slot.kind === 'identity');
  }

  *#of(isWanted: (entry: Entry) => boolean): Steps<Union> {
    const terms = new CountedTerms(this.#given.action);
    for (const entry of this.#entries) {
      if (!isWanted(entry)) continue;
      terms.add(yield* entry.terms());
      yield 1;
    }
    return yield* this.#union(terms.all);
  }

  *#union(terms: Union): Steps<Union> {
    const fewer = yield* withoutContained(terms);
    checkTermCount(fewer.length, this.#given.action);
    return fewer;
  }

  /** The intersection; with `bearer`, on its resources, whose owner is known. */
  *#both(a: Union, b: Union, bearer?: Bearer): Steps<Union> {
    if (b.length === 1 && b[0] === ANYTHING) return a;
    checkProduct(a.length, b.length, this.#given.action);
    const terms = new CountedTerms(this.#given.action);
    for (const one of a) {
      for (const other of b) {
        const both = yield* intersectTerms(one, other);
        const known = both === null || bearer === undefined ? both : settledAt(both, bearer);
        if (known !== null) terms.add([known]);
        yield 1;
      }
    }
    return yield* this.#union(terms.all);
  }
}

function namingOf({ slot }: Entry): number | null {
  return slot.kind === 'grant' || slot.kind === 'keyGrant' ? slot.naming : null;
}

/** Resources of the caller's account, or with an unknown owner, whose own policy is not required. */
export function* withinHome(
  term: Term,
  except: readonly ResourceGlob[],
  { home, wildcardOnly, asked, shutIn }: Circumstances,
): Steps<Term | null> {
  if (home === null) return null;
  if (wildcardOnly) return yield* withoutResourceTypes(term, asked);
  const resources = term.resources.map((list) => ownGlobs(list, home));
  if (resources.some((list) => list.length === 0)) return null;
  const named = resources.some((list) => list.every((glob) => fixedPart(glob, 4) === home.accountId));
  return yield* simplified({
    ...term,
    resources,
    notResources: [...term.notResources, ...shutIn.map(resourceGlob), ...except],
    conditions: named ? term.conditions : [...term.conditions, ...ownedBy(home.accountId)],
  });
}

function bearerOf({ slot }: Entry): Bearer | undefined {
  return slot.kind === 'grant' ? slot.bearer : undefined;
}

/** The term with the conditions that the bearer's owner decides settled; null: nothing is left. */
export function settledAt(term: Term, bearer: Bearer): Term | null {
  const conditions: ConditionUse[] = [];
  for (const use of term.conditions) {
    const settled = bearer.settling.again(use);
    if (settled === false) return null;
    if (settled !== true) conditions.push(settled);
  }
  return conditions.length === term.conditions.length ? term : { ...term, conditions };
}

const ACCOUNT_ID = /^\d{12}$/;

/**
 * The part of a pattern that is in the caller's partition and does not name another account. If a pattern leaves the
 * account open, a condition on the owner is added.
 */
function ownGlobs(
  list: readonly ResourceGlob[],
  home: { readonly accountId: string; readonly partition: string },
): readonly ResourceGlob[] {
  return list
    .map((glob) => withinPartition(glob, home.partition))
    .filter((glob) => glob !== null)
    .filter((glob) => {
      const account = fixedPart(glob, 4);
      return account === null || account === home.accountId || !ACCOUNT_ID.test(account);
    });
}

/** A resource without a known owner (a bucket that the directory does not hold) is treated as the caller's own. */
function ownedBy(accountId: string): readonly ConditionUse[] {
  const use = conditionUse('StringEqualsIfExists', 'aws:ResourceAccount', [accountId]);
  return use === null ? [] : [use];
}
