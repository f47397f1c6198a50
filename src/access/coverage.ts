import type { Decision } from '../evaluation/decision.ts';
import { mostRestrictive } from '../evaluation/most-restrictive.ts';
import type { Answer, Coverage } from './question.ts';

/** What is decided on one of the resources that stand for a pattern. */
export interface OnOne {
  readonly arn: string;
  readonly answer: Answer;
  /** With what is not known of such a resource taken to the worst, and to the best; null: nothing of it matters. */
  readonly readings: { readonly worst: Answer; readonly best: Answer } | null;
}

/**
 * The answer about a pattern, from the answers about resources that stand for it. The decision is the most restrictive one on
 * one of them, so that it names what denies; with ALL, the first.
 */
export function coverageOf(pattern: string, all: readonly OnOne[], complete: boolean): Answer | null {
  const [first] = all;
  if (first === undefined) return null;
  const isAllowed = all.filter(({ answer }) => answer.decision.allowed);
  const worst = all.map(({ arn, answer, readings }) => ({ arn, answer: readings?.worst ?? answer }));
  const isAll = complete && worst.every(({ answer }) => answer.decision.allowed);
  const isNone = complete && all.every(({ answer, readings }) => !(readings?.best ?? answer).decision.allowed);
  const coverage: Coverage = isAll ? 'ALL' : isNone && isAllowed.length === 0 ? 'NONE' : 'SOME';
  const isShown = isAllowed.length > 0 && isAllowed.length < all.length;
  const denying = all.filter(({ answer }) => !answer.decision.allowed);
  const [shown, ...others] = denying.length > 0 ? denying : worst.filter(({ answer }) => !answer.decision.allowed);
  const open = coverage === 'SOME' && !isShown ? [undecided(pattern)] : [];
  if (coverage === 'ALL') return about(pattern, first, first.answer.decision, coverage, open);
  // Nothing that was looked at is denied, and there was more than could be looked at.
  if (shown === undefined) return about(pattern, first, new Undecided(first.answer.decision, pattern), coverage, open);
  const decision = mostRestrictive(
    shown.answer.decision,
    others.map(({ answer }) => answer.decision),
  );
  const its = [shown, ...others].find(({ answer }) => answer.decision === decision) ?? shown;
  return about(pattern, its, decision, coverage, open);
}

function undecided(pattern: string): string {
  return `whether all of ${pattern} is allowed, some of it or nothing could not be decided: it hangs on tags or names of resources that are not known, or on more resources than are looked at`;
}

/** The answer on one resource, in which the pattern stands for its name: it was chosen here, and nobody asked about it. */
function about(
  pattern: string,
  { arn, answer }: { readonly arn: string; readonly answer: Answer },
  decision: Decision,
  coverage: Coverage,
  open: readonly string[],
): Answer {
  const named = (text: string): string => text.replaceAll(arn, () => pattern);
  const gaps = [...answer.gaps.map(named), ...open];
  const resourceGaps = answer.resourceGaps?.map(named);
  return {
    ...answer,
    decision: new AboutPattern(decision, named),
    coverage,
    gaps,
    ...(resourceGaps === undefined ? {} : { resourceGaps }),
  };
}

/** A decision whose sentences name the pattern. */
class AboutPattern implements Decision {
  readonly #of: Decision;
  readonly #named: (text: string) => string;

  constructor(of: Decision, named: (text: string) => string) {
    this.#of = of;
    this.#named = named;
  }

  get effect(): Decision['effect'] {
    return this.#of.effect;
  }
  get allowed(): boolean {
    return this.#of.allowed;
  }
  get deniedBy(): Decision['deniedBy'] {
    return this.#of.deniedBy;
  }
  get reason(): string {
    return this.#named(this.#of.reason);
  }
  get unnamedReason(): string {
    return this.#named(this.#of.unnamedReason);
  }
  get layers(): Decision['layers'] {
    return this.#of.layers;
  }
  get matchedStatements(): Decision['matchedStatements'] {
    return this.#of.matchedStatements;
  }
  get assumedContextKeys(): readonly string[] {
    return this.#of.assumedContextKeys;
  }
  get requires(): readonly string[] {
    return this.#of.requires;
  }
  get dependsOnBucketTags(): boolean {
    return this.#of.dependsOnBucketTags;
  }
  get missingContextKeys(): readonly string[] {
    return this.#of.missingContextKeys;
  }
}

/** Not known to be allowed, and so denied. No policy denies it. */
class Undecided extends AboutPattern {
  readonly #pattern: string;

  constructor(of: Decision, pattern: string) {
    super(of, (text) => text);
    this.#pattern = pattern;
  }

  override get effect(): Decision['effect'] {
    return 'IMPLICIT_DENY';
  }
  override get allowed(): boolean {
    return false;
  }
  override get reason(): string {
    return undecided(this.#pattern);
  }
  override get unnamedReason(): string {
    return undecided(this.#pattern);
  }
  override get matchedStatements(): Decision['matchedStatements'] {
    return [];
  }
}
