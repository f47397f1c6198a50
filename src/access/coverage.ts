import type { Decision } from '../evaluation/decision.ts';
import { mostRestrictive } from '../evaluation/most-restrictive.ts';
import { answerWith } from './answer.ts';
import type { Answer, Coverage } from './question.ts';

/** The decision on one of the resources that represent a pattern. */
export interface OnOne {
  readonly arn: string;
  readonly answer: Answer;
  /** The decisions for the worst and the best case of unknown facts about such a resource; null: no unknown fact matters. */
  readonly readings: { readonly worst: Answer; readonly best: Answer } | null;
}

/**
 * The answer for a pattern, from the answers for the resources that represent it. The decision is the most restrictive of
 * them, so that it names what denies; with ALL, the first. The coverage is null if it could not be decided.
 */
export function coverageOf(pattern: string, all: readonly OnOne[], complete: boolean): Answer | null {
  const [first] = all;
  if (first === undefined) return null;
  const isAllowed = all.filter(({ answer }) => answer.decision.allowed);
  const worst = all.map(({ arn, answer, readings }) => ({ arn, answer: readings?.worst ?? answer }));
  const isAll = complete && worst.every(({ answer }) => answer.decision.allowed);
  const isNone = complete && all.every(({ answer, readings }) => !(readings?.best ?? answer).decision.allowed);
  const isShown = isAllowed.length > 0 && isAllowed.length < all.length;
  const coverage = isAll ? 'ALL' : isNone && isAllowed.length === 0 ? 'NONE' : isShown ? 'SOME' : null;
  const denying = all.filter(({ answer }) => !answer.decision.allowed);
  const [shown, ...others] = denying.length > 0 ? denying : worst.filter(({ answer }) => !answer.decision.allowed);
  const open = coverage === null ? [undecided(pattern)] : [];
  if (coverage === 'ALL') return about(pattern, first, first.answer.decision, coverage, open);
  // None of the examined resources is denied, and there were more than could be examined.
  if (shown === undefined) return about(pattern, first, new Undecided(first.answer.decision, pattern), coverage, open);
  const decision = mostRestrictive(
    shown.answer.decision,
    others.map(({ answer }) => answer.decision),
  );
  const its = [shown, ...others].find(({ answer }) => answer.decision === decision) ?? shown;
  // What is denied has no gap that could only deny; what else the pattern matches may have one.
  const beside =
    coverage === 'NONE'
      ? []
      : isAllowed.flatMap((one) => one.answer.gaps.map((gap) => gap.replaceAll(one.arn, () => pattern)));
  return about(pattern, its, decision, coverage, [...open, ...beside]);
}

function undecided(pattern: string): string {
  return `whether all, some or none of ${pattern} is allowed could not be decided: it depends on unknown tags or names of resources, or on more resources than are examined`;
}

/** The answer for one resource, with the pattern in place of its name, because the caller did not name this resource. */
function about(
  pattern: string,
  { arn, answer }: { readonly arn: string; readonly answer: Answer },
  decision: Decision,
  coverage: Coverage | null,
  open: readonly string[],
): Answer {
  const named = (text: string): string => text.replaceAll(arn, () => pattern);
  const gaps = [...new Set([...answer.gaps.map(named), ...open])];
  const resourceGaps = answer.resourceGaps?.map(named);
  return answerWith(answer, {
    decision: new AboutPattern(decision, named),
    coverage,
    gaps,
    ...(resourceGaps === undefined ? {} : { resourceGaps }),
  });
}

/** A decision whose sentences contain the pattern. */
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

  get missingKeys(): Decision['missingKeys'] {
    return this.#of.missingKeys;
  }

  dependsOn(keys: ReadonlySet<string>): boolean {
    return this.#of.dependsOn(keys);
  }

  get assumedKeys(): Decision['assumedKeys'] {
    return this.#of.assumedKeys;
  }
}

/** Not known to be allowed, and therefore denied. No policy denies it. */
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
