import type { TermSet } from '../../src/analysis/combine.ts';
import { type PermissionTerm, printTerm } from '../../src/analysis/term.ts';
import { Evaluation } from '../../src/evaluation/evaluation.ts';
import { type PreparedPrincipal, type PreparedResource, prepareResource } from '../../src/evaluation/prepare.ts';
import type { ActionFacts, RequestFacts } from '../../src/evaluation/request.ts';
import { compileCondition } from '../../src/policy/condition.ts';
import { readResourcePattern, resourceMatches } from '../../src/policy/resource-pattern.ts';

const NO_RESOURCE = prepareResource({
  arn: '*',
  accountId: null,
  organization: null,
  tags: {},
  policy: null,
  policyBindings: {},
  resourceControl: null,
});

/** Whether the request lies in some allow term and in no deny term, by the engine's own matching of printed terms. */
export function isMember(
  set: TermSet,
  principal: PreparedPrincipal,
  action: ActionFacts,
  resource: PreparedResource,
  request: RequestFacts,
): boolean {
  const about = action.wildcardOnly && resource.arn ? NO_RESOURCE : resource;
  const evaluation = new Evaluation(principal, action, about, request);
  const isIn = (term: PermissionTerm): boolean => inTerm(term, evaluation);
  return set.allow.map(printTerm).some(isIn) && !set.deny.map(printTerm).some(isIn);
}

function inTerm(term: PermissionTerm, evaluation: Evaluation): boolean {
  const matches = (text: string): boolean => {
    const pattern = readResourcePattern(text, 'identity', true);
    return pattern !== null && resourceMatches(pattern, evaluation.resource, evaluation) === 'match';
  };
  return (
    term.resources.every((list) => list.some(matches)) &&
    !term.notResources.some(matches) &&
    term.conditions.every((block) =>
      Object.entries(block).every(([operator, keys]) =>
        Object.entries(keys as Record<string, string | string[]>).every(([key, values]) =>
          compileCondition(operator, key, Array.isArray(values) ? values : [values], true).holds(evaluation),
        ),
      ),
    )
  );
}
