import { namesOf } from './names.ts';
import type { PreparedPrincipal } from './prepare.ts';
import type { PrincipalFacts } from './principal.ts';

/** The same principal with other facts about its session: names, and what was found out of the facts, begin anew. Its tags stay. */
export function withFacts(principal: PreparedPrincipal, facts: PrincipalFacts): PreparedPrincipal {
  return { ...principal, facts, names: namesOf(facts), callerBitsKnown: 0, callerBitsHeld: 0 };
}
