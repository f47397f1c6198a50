import type { JsonObject } from '../policy/json.ts';
import { conditionsFor } from './conditional.ts';
import type { Answer } from './question.ts';

/** Which of the principals are listed. */
export interface Wanted {
  /** Whether to include principals that are allowed only under conditions that the question leaves open. */
  readonly conditional: boolean;
  /** Of a pattern of resources, only those that may on all of them. Left out: also those that may on some. */
  readonly onAll?: boolean;
}

/** What the answer says about one principal. */
export interface Found {
  readonly answer: Answer;
  /** Null: it is not listed. */
  readonly conditions: readonly JsonObject[] | null;
  readonly gaps: readonly string[];
  /** It may under conditions that no condition block expresses. */
  readonly unsaid?: true;
  /** It may only in sessions with certain names. */
  readonly unnamed?: true;
}

/**
 * Null: the answer says nothing about it. `conditional`: whether those are listed that may under conditions; `onAll`: of a pattern, only
 * those that may on all of it.
 */
export function foundIn(answer: Answer, { conditional, onAll = false }: Wanted): Found | null {
  const { decision, resourceGaps = [] } = answer;
  const ownGaps = answer.gaps.filter((gap) => !resourceGaps.includes(gap));
  const say = (rest: Omit<Found, 'answer' | 'gaps'>): Found => ({ answer, gaps: ownGaps, ...rest });
  if (decision.allowed) return say({ conditions: [] });
  // Of a pattern: SOME is allowed; null: it could not be decided, and the gaps say so.
  if (answer.coverage !== undefined) return listedIf(answer.coverage === 'SOME' && !onAll, say, ownGaps);
  const conditions = conditional ? conditionsFor(decision) : null;
  if (conditions === 'unsaid') return say({ conditions: null, unsaid: true });
  if (conditions !== null) return say({ conditions });
  if (decision.requires.length > 0) return say({ conditions: null, unnamed: true });
  return ownGaps.length > 0 ? say({ conditions: null }) : null;
}

function listedIf(
  isListed: boolean,
  say: (rest: Omit<Found, 'answer' | 'gaps'>) => Found,
  gaps: readonly string[],
): Found | null {
  if (isListed) return say({ conditions: [] });
  return gaps.length > 0 ? say({ conditions: null }) : null;
}

/** Greatest number of gaps in the answer. */
const MAX_GAPS = 100;

/** What the answer says beside its list: what is not known, and how many are left out. */
export class Beside {
  readonly resourceGaps = new Set<string>();
  readonly #gaps = new Set<string>();
  #unnamed = 0;
  #unsaid = 0;

  /** `principals`: so many of them are alike. */
  add({ answer, gaps, unsaid, unnamed }: Found, principals = 1): void {
    if (unsaid === true) this.#unsaid += principals;
    if (unnamed === true) this.#unnamed += principals;
    for (const gap of gaps) if (this.#gaps.size < MAX_GAPS) this.#gaps.add(gap);
    for (const gap of answer.resourceGaps ?? []) this.resourceGaps.add(gap);
  }

  /** `others`: gaps of outsiders. */
  gaps(others: readonly string[], conditional: boolean): readonly string[] {
    const gaps = [...this.#gaps, ...others];
    if (this.#gaps.size >= MAX_GAPS) gaps.push(`there are more than ${MAX_GAPS} gaps; the others are left out`);
    if (this.#unnamed > 0) {
      gaps.push(
        `not listed: ${this.#unnamed} of the roles, which may do this only in sessions with certain names` +
          (conditional ? '' : ' (`conditional: true` lists them)'),
      );
    }
    if (this.#unsaid > 0) {
      gaps.push(
        `not listed: ${this.#unsaid} of the principals, which may do this under conditions that no condition block expresses`,
      );
    }
    return gaps;
  }
}
