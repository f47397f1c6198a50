import { Work, type WorkLimits } from '../access/work.ts';
import type { RequestFacts } from '../graphql/context.ts';
import { UNKNOWN_ORIGIN } from '../session/call.ts';

/** The facts of a question that this process itself asks, as the operator. `limits`: of its work; left out: the usual ones. */
export function operatorFacts(requestId: string, now: number, limits?: WorkLimits): RequestFacts {
  const work = new Work(limits);
  work.begin();
  return {
    requestId,
    caller: { kind: 'operator' },
    now,
    origin: { ...UNKNOWN_ORIGIN, requestId },
    signInCookie: { keep: () => undefined, forget: () => undefined },
    work,
  };
}
