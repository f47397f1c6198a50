import type * as iam from '@aws-sdk/client-iam';
import { needs } from '../allowed.ts';
import { callersAccount } from '../named-entities.ts';
import type { Operation, Operations } from '../operation.ts';
import { getContextKeysForCustomPolicy, getContextKeysForPrincipalPolicy } from './context-keys.ts';
import { withoutExcluded } from './exclusions.ts';
import { followsFrom, NOTHING_FOLLOWS } from './follows.ts';
import { checkCallerOfResourcePolicy, givenSimulation } from './given.ts';
import { invalidInput } from './invalid-input.ts';
import { policySource } from './policy-source.ts';
import { runSimulation } from './run.ts';
import { storedEntity } from './stored.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html */
const simulateCustomPolicy: Operation<iam.SimulateCustomPolicyRequest, iam.SimulatePolicyResponse> = async (
  context,
  input,
) => {
  await needs(context, { action: 'iam:SimulateCustomPolicy', resource: '*', account: null });
  const given = givenSimulation(context, input);
  const { caller } = given;
  checkCallerOfResourcePolicy(given, caller);
  const levels = controlLevels(input.OrderedOrganizationPolicyInputList);
  return runSimulation(context, 'SimulateCustomPolicy', input, given, {
    caller,
    home: caller ?? callersAccount(context),
    stored: null,
    facts: null,
    given: levels,
    inOrganization: levels !== null,
    follows: caller === null ? NOTHING_FOLLOWS : followsFrom(caller, false),
  });
};

function controlLevels(
  given: readonly iam.OrderedOrganizationPolicyType[] | undefined,
): readonly (readonly string[])[] | null {
  if (given === undefined || given.length === 0) return null;
  return given.map(({ ServiceControlPolicyInputList: policies = [] }, index) => {
    if (policies.length > 0) return policies;
    throw invalidInput(
      `Invalid Input OrderedOrganizationPolicyInputList.${index + 1}: at every level there is at least one service control policy`,
    );
  });
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html */
const simulatePrincipalPolicy: Operation<iam.SimulatePrincipalPolicyRequest, iam.SimulatePolicyResponse> = async (
  context,
  input,
) => {
  const source = await policySource(context, 'iam:SimulatePrincipalPolicy', input.PolicySourceArn);
  const given = givenSimulation(context, input);
  const caller = given.caller ?? source;
  checkCallerOfResourcePolicy(given, caller);
  const stored = await storedEntity(context, source);
  const isStored = caller.arn === source.arn;
  return runSimulation(context, 'SimulatePrincipalPolicy', input, given, {
    caller,
    home: caller,
    stored: { policies: withoutExcluded(stored.policies, input.PolicyExclusionList ?? []) },
    facts: isStored ? stored.facts : null,
    given: null,
    inOrganization: stored.organization !== null,
    follows: followsFrom(caller, isStored),
  });
};

/** IAM's policy simulator. */
export const IAM_SIMULATIONS = {
  GetContextKeysForCustomPolicy: getContextKeysForCustomPolicy,
  GetContextKeysForPrincipalPolicy: getContextKeysForPrincipalPolicy,
  SimulateCustomPolicy: simulateCustomPolicy,
  SimulatePrincipalPolicy: simulatePrincipalPolicy,
} satisfies Operations;
