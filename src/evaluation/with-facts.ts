import { namesOf } from './names.ts';
import type { PrincipalFacts } from './principal.ts';

/** What of a prepared principal is found out of its facts. */
interface OfFacts {
  readonly facts: PrincipalFacts;
  readonly names: ReturnType<typeof namesOf>;
  callerBitsKnown: number;
  callerBitsHeld: number;
}

/** The same principal with other facts about its session: names, and what was found out of the facts, begin anew. Its tags stay. */
export function withFacts<Prepared extends OfFacts>(principal: Prepared, facts: PrincipalFacts): Prepared {
  return { ...principal, facts, names: namesOf(facts), callerBitsKnown: 0, callerBitsHeld: 0 };
}
