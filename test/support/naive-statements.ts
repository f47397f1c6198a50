/** Whether one statement applies to a request, for the naive evaluator: in plain loops over the document, as it is. */
import { askedArn } from './naive-asked.ts';
import { conditionsHold } from './naive-conditions.ts';
import { actionMatches, resourceMatches } from './naive-elements.ts';
import { DIRECTLY, NOT, principalNamed } from './naive-principals.ts';
import type { Doc, Kind, NaiveRequest } from './naive-request.ts';
import { waysOf } from './naive-unsaid.ts';

/** Kinds of policy whose statements say about whom they are; in the others it is whoever they are attached to. */
const WITH_PRINCIPAL = new Set<Kind>(['resource', 'trust', 'rcp', 'vpce']);

/** How strongly a statement that applies names the caller; NOT: it does not apply. */
export function strength(q: NaiveRequest, doc: Doc, kind: Kind, statement: Doc): number {
  if (!actionMatches(statement, q.action)) return NOT;
  const strengths = waysOf(q, statement).map((way) => strengthIn(way, doc, kind, statement));
  return statement['Effect'] === 'Deny' ? Math.max(...strengths) : Math.min(...strengths);
}

function strengthIn(q: NaiveRequest, doc: Doc, kind: Kind, statement: Doc): number {
  const named = WITH_PRINCIPAL.has(kind) ? principalNamed(q, kind, statement) : DIRECTLY;
  if (named === NOT) return NOT;
  return resourceMatches(q, doc, kind, statement, q.seenAs ?? askedArn(q)) && conditionsHold(q, doc, statement)
    ? named
    : NOT;
}
