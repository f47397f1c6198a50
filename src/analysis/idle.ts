import type { Steps } from '../policy/steps.ts';
import { settledAt, type TermSet } from './combine.ts';
import type { Bearer } from './entry.ts';
import { intersectTerms, isAnything, isContained, type Term, withoutContained } from './term.ts';

/** Greatest number of pairs of allow and deny terms that are compared. */
const COMPARED = 20_000;

/** A denial, and the resource whose policy contains it; null: another policy does. */
export interface Denial {
  readonly term: Term;
  readonly bearer: Bearer | null;
}

/** Removes denials that overlap nothing allowed, and allowed terms that are denied entirely. */
export function* withoutIdle(allow: readonly Term[], denials: readonly Denial[]): Steps<TermSet> {
  const terms = denials.map((denial) => denial.term);
  if (allow.length === 0 || terms.some(isAnything)) return { allow: [], deny: [] };
  if (denials.length === 0) return { allow, deny: [] };
  if (allow.length * denials.length > COMPARED) return { allow, deny: yield* withoutContained(terms) };
  const left: Term[] = [];
  for (const term of allow) {
    if (!(yield* isContained(term, terms))) left.push(term);
    yield 1;
  }
  const meeting: Term[] = [];
  for (const denial of denials) if (yield* deniesSome(denial, left)) meeting.push(denial.term);
  return { allow: left, deny: yield* withoutContained(meeting) };
}

function* deniesSome({ term, bearer }: Denial, allowed: readonly Term[]): Steps<boolean> {
  for (const one of allowed) {
    const both = yield* intersectTerms(one, term);
    if (both !== null && (bearer === null || settledAt(both, bearer) !== null)) return true;
    yield 1;
  }
  return false;
}
