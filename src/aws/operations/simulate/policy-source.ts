import { needs } from '../allowed.ts';
import { callersAccount } from '../named-entities.ts';
import type { AwsContext } from '../operation.ts';
import { type Entity, entityOf } from './entity.ts';
import { invalidInput } from './invalid-input.ts';

/**
 * The entity whose policies are asked about. Its form comes first, then permission, then that it is of the caller's account, as
 * IAM demands. Throws InvalidInput and AccessDenied.
 */
export async function policySource(context: AwsContext, action: string, arn: string): Promise<Entity> {
  const source = entityOf(arn);
  await needs(context, { action, resource: arn, account: null });
  const { accountId } = callersAccount(context);
  if (source.accountId === accountId) return source;
  throw invalidInput(
    `Invalid Policy Source Arn: caller's account ${accountId} does not have access to policies in account ${source.accountId}`,
  );
}
