import { isGrantee } from '../evaluation/grantee.ts';
import { AS_ACCOUNT, AS_ROLE, DIRECTLY } from '../evaluation/match-principal.ts';
import { RolegateError } from '../policy/errors.ts';
import type { Steps } from '../policy/steps.ts';
import { type Circumstances, settledAt, withinHome } from './combine.ts';
import type { Bearer, Entry, Slot } from './entry.ts';
import { ANYTHING, intersectTerms, isAnything, type Term } from './term.ts';

/** Greatest number of intersections that are tried. */
const MOST_TRIED = 8_000;

/** Whether a set of requests that the policies leave is what is looked for. */
export type Accepts = (term: Term) => Steps<boolean>;

type Union = readonly Term[];

/**
 * Whether one of the sets of requests in `allowedTerms` is accepted: the first one that is found ends the search, which goes into the
 * depth, one statement of each layer at a time. Null: the search is not made for access points of S3, for which all sets are worked out.
 * Throws LIMIT_EXCEEDED if none is found among too many.
 */
export function* someAllowed(given: Circumstances, entries: readonly Entry[], accepts: Accepts): Steps<boolean | null> {
  const isBehind = ({ slot }: Entry): boolean => 'bearer' in slot && given.bearer(slot.bearer).bucket !== null;
  if (!given.wildcardOnly && entries.some(isBehind)) return null;
  return yield* new SomeRequest(given, entries, accepts).isFound();
}

class SomeRequest {
  readonly #given: Circumstances;
  readonly #entries: readonly Entry[];
  readonly #accepts: Accepts;
  #tried = 0;

  constructor(given: Circumstances, entries: readonly Entry[], accepts: Accepts) {
    this.#given = given;
    this.#entries = entries;
    this.#accepts = accepts;
  }

  /** As `Combination.allowed`, which makes the whole union. */
  *isFound(): Steps<boolean> {
    const { home, isRoot, identityGiven, hasBoundary, session, hasEndpoint, levels } = this.#given;
    const endpoint = hasEndpoint ? [yield* this.#of(({ kind }) => kind === 'endpoint')] : [];
    if (home === null) {
      for (const { entry, bearer } of this.#grants()) {
        if (namingOf(entry) !== DIRECTLY) continue;
        const at = entry.slot.kind === 'grant' ? bearer : undefined;
        if (yield* this.#search([yield* entry.terms(), ...endpoint], this.#accepts, at)) return true;
      }
      return false;
    }
    const control = [...endpoint];
    for (let level = 0; level < levels; level += 1) {
      control.push(yield* this.#of((slot) => slot.kind === 'level' && slot.level === level));
    }
    const bounded = isRoot || !hasBoundary ? control : [yield* this.#of(({ kind }) => kind === 'boundary'), ...control];
    const ceiling = isRoot || session === 'none' ? bounded : [yield* this.#session(), ...bounded];
    const own = identityGiven ? ceiling : [yield* this.#of(({ kind }) => kind === 'identity'), ...ceiling];
    const accepts = this.#accepts;
    const given = this.#given;
    const atHome = function* (term: Term): Steps<boolean> {
      const within = yield* withinHome(term, [], given);
      return within !== null && (yield* accepts(within));
    };
    if (yield* this.#search(own, atHome)) return true;
    for (const { entry, bearer } of this.#grants()) {
      const sides = this.#sidesOf(entry, bearer, { control, bounded, ceiling, own });
      if (sides !== null && (yield* this.#search([yield* entry.terms(), ...sides], accepts, bearer))) return true;
    }
    return false;
  }

  *#session(): Steps<Union> {
    return this.#given.session === 'given' ? yield* this.#of(({ kind }) => kind === 'session') : [];
  }

  /** What else has to allow what a grant lets in, as in `Combination`; null: the grant has no effect. */
  #sidesOf(
    { slot }: Entry,
    bearer: Bearer,
    { control, bounded, ceiling, own }: Record<'control' | 'bounded' | 'ceiling' | 'own', readonly Union[]>,
  ): readonly Union[] | null {
    if (slot.kind !== 'grant' && slot.kind !== 'keyGrant') return null;
    const at = this.#given.bearer(bearer);
    if (!at.samePartition) return null;
    if (!at.sameAccount) return slot.kind === 'keyGrant' && isGrantee(slot.naming) ? ceiling : own;
    if (this.#given.isRoot) return at.resourceSideNeeded ? control : null;
    if (slot.naming === DIRECTLY) return at.isTrust ? bounded : control;
    if (slot.naming === AS_ROLE) return ceiling;
    return slot.naming === AS_ACCOUNT && at.resourceSideNeeded ? own : null;
  }

  #grants(): readonly { readonly entry: Entry; readonly bearer: Bearer }[] {
    if (this.#given.wildcardOnly) return [];
    return this.#entries.flatMap((entry) => {
      const { slot } = entry;
      if (slot.kind !== 'grant' && slot.kind !== 'keyGrant') return [];
      const { takesPart, publicAccessAllows } = this.#given.bearer(slot.bearer);
      return takesPart && publicAccessAllows ? [{ entry, bearer: slot.bearer }] : [];
    });
  }

  *#of(isWanted: (slot: Slot) => boolean): Steps<Union> {
    const terms: Term[] = [];
    for (const entry of this.#entries) {
      if (!isWanted(entry.slot)) continue;
      for (const term of yield* entry.terms()) terms.push(term);
      yield 1;
    }
    return terms;
  }

  /** Whether a term of each union has something in common with the others that is accepted; with `bearer`, on its resources. */
  #search(unions: readonly Union[], accepts: Accepts, bearer?: Bearer): Steps<boolean> {
    const open = unions.filter((union) => !union.some(isAnything));
    return this.#among(open, 0, ANYTHING, accepts, bearer);
  }

  *#among(
    unions: readonly Union[],
    place: number,
    sofar: Term,
    accepts: Accepts,
    bearer: Bearer | undefined,
  ): Steps<boolean> {
    const union = unions[place];
    if (union === undefined) return yield* accepts(sofar);
    for (const term of union) {
      this.#count();
      yield 1;
      const both = yield* intersectTerms(sofar, term);
      const known = both === null || bearer === undefined ? both : settledAt(both, bearer);
      if (known !== null && (yield* this.#among(unions, place + 1, known, accepts, bearer))) return true;
    }
    return false;
  }

  #count(): void {
    this.#tried += 1;
    if (this.#tried <= MOST_TRIED) return;
    throw new RolegateError(
      'LIMIT_EXCEEDED',
      `the policies about \`${this.#given.action}\` come to more than ${MOST_TRIED} combinations of statements, which is the limit`,
    );
  }
}

function namingOf({ slot }: Entry): number | null {
  return slot.kind === 'grant' || slot.kind === 'keyGrant' ? slot.naming : null;
}
