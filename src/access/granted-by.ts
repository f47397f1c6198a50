import type { Decision } from '../evaluation/decision.ts';
import type { PolicyLayer } from '../evaluation/layer.ts';

/** The layers whose Allows grant what is allowed, in evaluation order; none for a denial, and for what needs no policy. */
export function grantedBy({ allowed, matchedStatements }: Decision): readonly PolicyLayer[] {
  return allowed ? [...new Set(matchedStatements.map(({ layer }) => layer))] : [];
}
