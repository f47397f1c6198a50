import type { ExecutionResult, GraphQLSchema } from 'graphql';
import type { Directory } from '../directory/directory.ts';
import type { GatewayContext, RequestFacts } from '../graphql/context.ts';
import { executePlan } from '../graphql/execution/execute-plan.ts';
import { planQuery } from '../graphql/execution/plan.ts';
import { operatorFacts } from './operator-facts.ts';
import { validQuery } from './valid-query.ts';

/** A decision about somebody who is stored, which asks the database, and one on policies of its own, which has an answer. */
const QUESTIONS = `query WarmUp($stored: AccessRequestInput!, $own: SimulateCustomPoliciesInput!) {
  decision(request: $stored) { effect }
  simulateCustomPolicies(input: $own) { effect deniedBy reason }
}`;

/** Stored users that are asked about: a server reads for the third in a fifth of the time that it takes for the first. */
const USERS = 4;
const NOBODY = 'arn:aws:iam::000000000000:user/nobody';
const REQUEST = { action: 's3:GetObject', resource: 'arn:aws:s3:::nothing/here' };
const POLICY = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 's3:Get*', Resource: ['arn:aws:s3:::nothing/*'] },
    { Effect: 'Deny', Action: 's3:*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
  ],
};
const OWN = { caller: { principal: NOBODY }, identityPolicies: [JSON.stringify(POLICY)], requests: [REQUEST] };

/**
 * Asks, as the operator, what waits for the first question otherwise: the schema checked, code compiled, a connection made. Nobody
 * is told of it. Answers what the questions answered; null: nothing. A start does not fail by it: readiness says what does not answer.
 */
export async function warmUp(
  schema: GraphQLSchema,
  directory: Pick<Directory, 'userArns'>,
  contextOf: (facts: RequestFacts, request: object) => GatewayContext,
  now: number,
): Promise<ExecutionResult | null> {
  const document = validQuery(schema, QUESTIONS);
  if (document === null) throw new Error('the questions are not valid');
  const plan = planQuery(schema, document);
  if (plan === null) return null;
  const askAbout = (principal: string) => {
    const variables = { stored: { principal, ...REQUEST }, own: OWN };
    return executePlan(plan, contextOf(operatorFacts('warm-up', now), {}), variables);
  };
  const ask = async () => {
    const [first = NOBODY, ...others] = await directory.userArns({ limit: USERS });
    const result = await askAbout(first);
    for (const principal of others) await askAbout(principal);
    return result;
  };
  return ask().catch(() => null);
}
