import type { TermSet } from '../../src/analysis/combine.ts';
import { type PermissionTerm, printTerm } from '../../src/analysis/term.ts';
import { Evaluation } from '../../src/evaluation/evaluation.ts';
import { type PreparedPrincipal, type PreparedResource, prepareResource } from '../../src/evaluation/prepare.ts';
import type { ActionFacts, RequestFacts } from '../../src/evaluation/request.ts';
import { candidateNames } from '../../src/evaluation/session-names.ts';
import { supposing, unsaidBy } from '../../src/evaluation/unsaid.ts';
import { resourceText } from '../../src/policy/arn.ts';
import { type Condition, compileCondition } from '../../src/policy/condition.ts';
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
  const allow = set.allow.map(printTerm);
  const deny = set.deny.map(printTerm);
  return abouts(principal, action, resource, request).every((about) => {
    const evaluation = new Evaluation(principal, action, about, request);
    // What the question leaves unsaid (the name of a session, whether a bucket's tags count): all of it allows, some denies.
    const unsaid = unsaidBy(evaluation);
    const said = (term: PermissionTerm): readonly Evaluation[] => {
      if (unsaid === 0) return [evaluation];
      const conditions = conditionsOf(term);
      return supposing(evaluation, unsaid, candidateNames(evaluation, [{ conditions, principal: null }], unsaid));
    };
    return (
      allow.some((term) => said(term).every((one) => inTerm(term, one))) &&
      !deny.some((term) => said(term).some((one) => inTerm(term, one)))
    );
  });
}

function conditionsOf(term: PermissionTerm): readonly Condition[] {
  return term.conditions.flatMap((block) =>
    Object.entries(block).flatMap(([operator, keys]) =>
      Object.entries(keys as Record<string, string | string[]>).map(([key, values]) =>
        compileCondition(operator, key, Array.isArray(values) ? values : [values], true),
      ),
    ),
  );
}

const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1', 'ap-south-1'];

/** What AWS asks the action on: the resource, none, or the ARN of a listing, in several Regions where none is given. */
export function abouts(
  { accountId }: PreparedPrincipal,
  { wildcardOnly, askedOn }: ActionFacts,
  resource: PreparedResource,
  { context }: RequestFacts,
): readonly PreparedResource[] {
  if (!wildcardOnly) return [resource];
  if (askedOn === undefined) return [resource.arn ? NO_RESOURCE : resource];
  const given = context.get('aws:requestedregion');
  return (typeof given === 'string' ? [given] : REGIONS).map((region) => {
    const arn = askedOn.arn.replace('$P', 'aws').replace('$R', region).replace('$A', accountId);
    return { ...NO_RESOURCE, ...resourceText(arn) };
  });
}

function inTerm(term: PermissionTerm, evaluation: Evaluation): boolean {
  const matches = (text: string): boolean => {
    const pattern = readResourcePattern(text, 'identity', true);
    return pattern !== null && resourceMatches(pattern, evaluation.resource, evaluation) === 'match';
  };
  return (
    term.resources.every((list) => list.some(matches)) &&
    !term.notResources.some(matches) &&
    conditionsOf(term).every((condition) => condition.holds(evaluation))
  );
}
