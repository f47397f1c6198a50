import type * as iam from '@aws-sdk/client-iam';
import { documents } from '../../../access/simulated-policies.ts';
import type { CompiledPolicy } from '../../../policy/load.ts';
import { keysOfPolicies } from '../../../policy/policy-keys.ts';
import { needs } from '../allowed.ts';
import type { AwsContext, Operation } from '../operation.ts';
import { ofGivenInTurns } from './invalid-input.ts';
import { policySource } from './policy-source.ts';
import { storedEntity } from './stored.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForCustomPolicy.html */
export const getContextKeysForCustomPolicy: Operation<
  iam.GetContextKeysForCustomPolicyRequest,
  iam.GetContextKeysForPolicyResponse
> = async (context, input) => {
  await needs(context, { action: 'iam:GetContextKeysForCustomPolicy', resource: '*', account: null });
  return namesOf(await givenPolicies(context, input.PolicyInputList));
};

/**
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForPrincipalPolicy.html
 * Keys of service control policies are not told.
 */
export const getContextKeysForPrincipalPolicy: Operation<
  iam.GetContextKeysForPrincipalPolicyRequest,
  iam.GetContextKeysForPolicyResponse
> = async (context, input) => {
  const source = await policySource(context, 'iam:GetContextKeysForPrincipalPolicy', input.PolicySourceArn);
  const given = await givenPolicies(context, input.PolicyInputList ?? []);
  const { policies } = await storedEntity(context, source);
  return namesOf([...policies.identity.map(({ policy }) => policy), ...given]);
};

function namesOf(policies: readonly CompiledPolicy[]): iam.GetContextKeysForPolicyResponse {
  return { ContextKeyNames: keysOfPolicies(policies).map(({ written }) => written) };
}

/** Throws InvalidInput for a document that cannot be read. */
async function givenPolicies({ work }: AwsContext, given: readonly string[]): Promise<readonly CompiledPolicy[]> {
  const attached = await ofGivenInTurns(() =>
    work.run(documents(given, 'identity', 'identityPolicies', (field) => field)),
  );
  return attached.map(({ policy }) => policy);
}
