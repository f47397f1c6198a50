import { type ActionPattern, actionMatches, readActionPattern } from '../../policy/action-pattern.ts';
import { InvalidInput } from '../../policy/errors.ts';
import type { PrincipalRef } from '../../policy/principal-id.ts';
import type { PreviewedChange } from './previewed.ts';

/** Most patterns of what must not be gained. */
const MOST_PATTERNS = 100;

/** Somebody gains what must not be gained. */
export interface ForbiddenGain {
  /** As it was given. */
  readonly pattern: string;
  readonly principal: PrincipalRef;
  readonly assumedRole: string | null;
  readonly action: string;
}

/** UNDECIDED: nobody is known to gain it, and not everybody was looked at. */
export type PreviewVerdict = 'PASSED' | 'FAILED' | 'UNDECIDED';

/** Patterns of actions, read. */
export interface ForbiddenPatterns {
  readonly given: readonly string[];
  readonly patterns: readonly ActionPattern[];
}

/** Throws InvalidInput, which names `field`. */
export function readForbidden(given: readonly string[], field: string): ForbiddenPatterns {
  if (given.length > MOST_PATTERNS)
    throw new InvalidInput(field, `\`${field}\` has ${given.length} entries; the limit is ${MOST_PATTERNS}`);
  const patterns = given.map((text, index) => {
    const pattern = readActionPattern(text);
    if (pattern === null)
      throw new InvalidInput(`${field}[${index}]`, `\`${text}\` is not an action or a pattern of actions`);
    return pattern;
  });
  return { given, patterns };
}

/** Who gains what must not be gained, by the first pattern that it matches, and what that says about the changes. */
export function forbiddenGains(
  {
    accesses,
    withheld,
    isComplete,
    unjudged,
  }: Pick<PreviewedChange, 'accesses' | 'withheld' | 'isComplete' | 'unjudged'>,
  { given, patterns }: ForbiddenPatterns,
): { readonly verdict: PreviewVerdict; readonly gains: readonly ForbiddenGain[] } {
  const gains: ForbiddenGain[] = [];
  const canBeGained = (actions: readonly string[]): boolean =>
    actions.some((action) => matched(action, patterns) !== -1);
  let isSure = isComplete && !withheld;
  if (given.length > 0 && unjudged.some(({ actions }) => actions === null || canBeGained(actions))) isSure = false;
  for (const { principal, assumedRole, differences, partial } of accesses) {
    if (partial.some((action) => matched(action, patterns) !== -1)) isSure = false;
    for (const { action, gains: isGain } of differences) {
      const at = isGain ? matched(action, patterns) : -1;
      if (at !== -1) gains.push({ pattern: given[at] ?? '', principal, assumedRole, action });
    }
  }
  if (gains.length > 0) return { verdict: 'FAILED', gains };
  return { verdict: isSure ? 'PASSED' : 'UNDECIDED', gains };
}

/** Of the first pattern that matches; -1: none does. */
function matched(action: string, patterns: readonly ActionPattern[]): number {
  const [service = '', name = ''] = action.toLowerCase().split(':', 2);
  return patterns.findIndex((pattern) => actionMatches({ negated: false, patterns: [pattern] }, service, name));
}
