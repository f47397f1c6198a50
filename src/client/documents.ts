import type { Check } from './types.ts';

/** A GraphQL request, and the field whose list answers its checks in their order. */
export interface Question {
  readonly field: 'decisions' | 'decisionsFor';
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const SELECTED = '{ effect deniedBy reason }';

export const DECISIONS: string = `query ($requests: [AccessRequestInput!]!) { decisions(requests: $requests) ${SELECTED} }`;

export const DECISIONS_FOR: string =
  'query ($principal: PrincipalId!, $assumedRole: Arn, $context: RequestContext, $checks: [CheckInput!]!) { decisionsFor(principal: ' +
  `$principal, assumedRole: $assumedRole, context: $context, checks: $checks) ${SELECTED} }`;

/** Checks of one principal in one role and context are asked in the form that is fastest. */
export function questionOf(checks: readonly Check[]): Question {
  const [first] = checks;
  if (first === undefined || checks.some((check) => !isSameCaller(check, first)))
    return { field: 'decisions', query: DECISIONS, variables: { requests: checks.map(requestOf) } };
  const { principal, assumedRole, context } = first;
  const own = checks.map(({ action, resource, resourceAccount }) => ({ action, resource, resourceAccount }));
  return { field: 'decisionsFor', query: DECISIONS_FOR, variables: { principal, assumedRole, context, checks: own } };
}

/** What the schema takes, whatever else an object of the application has. */
function requestOf({ principal, action, resource, context, assumedRole, resourceAccount }: Check): Check {
  return { principal, action, resource, context, assumedRole, resourceAccount };
}

function isSameCaller(one: Check, other: Check): boolean {
  return one.principal === other.principal && one.assumedRole === other.assumedRole && isSameContext(one, other);
}

/** Two contexts whose keys are in another order are asked one by one, which is only slower. */
function isSameContext({ context: one }: Check, { context: other }: Check): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
