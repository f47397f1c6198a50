import type { ManagedPolicyEntry } from '../../../catalog/managed-policies.ts';
import { RolegateError } from '../../../policy/errors.ts';
import { isAccountId } from '../../../policy/principal-id.ts';
import { needs } from '../allowed.ts';
import { callersAccount } from '../named-entities.ts';
import type { AwsContext } from '../operation.ts';
import { arnOf, invalidArn } from './filters.ts';

/**
 * The account whose use of a managed policy is shown, once the caller may do `action` on it: the policy's own, and the caller's
 * for policies of AWS. Throws ValidationError for what is not the ARN of a policy; AccessDenied whether there is one or not.
 */
export async function permittedPolicy(context: AwsContext, arn: string, action: string): Promise<string> {
  const { service, accountId, resource } = arnOf(arn, 'policyArn');
  const ofAws = accountId === 'aws';
  if (service !== 'iam' || !(ofAws || isAccountId(accountId)) || !/^policy\/.*[^/]$/.test(resource)) {
    throw invalidArn(arn, 'policyArn');
  }
  const account = ofAws ? callersAccount(context).accountId : accountId;
  await needs(context, { action, resource: arn, account });
  return account;
}

/** A policy of AWS in the version that the catalogue has; null: it has none of that ARN. */
export function catalogPolicy({ catalog }: AwsContext, arn: string): ManagedPolicyEntry | null {
  return catalog.managedPolicy(arn);
}

export function noSuchPolicy(arn: string): RolegateError {
  return new RolegateError('NoSuchEntity', `Policy ${arn} was not found.`);
}
