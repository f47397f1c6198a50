import { checkSessionPolicies, managedSessionPolicies } from '../access/session-policies.ts';
import type { Gathered } from '../directory/directory.ts';
import { ValidationError } from './errors.ts';

/** What limits a session that is to be made. */
export interface SessionLimits {
  readonly sessionPolicies: readonly string[];
  readonly sessionPolicyArns: readonly string[];
}

/**
 * Session policies have to be policies, managed ones those of the account of the session's `owner` or of AWS. Throws
 * MalformedPolicyDocument, ValidationError.
 */
export function checkSessionLimits(
  { sessionPolicies, sessionPolicyArns }: SessionLimits,
  gathered: Gathered,
  owner: { readonly kind: 'role' | 'user'; readonly accountId: string },
): void {
  checkSessionPolicies(sessionPolicies, 'sessionPolicies');
  const [missing] = managedSessionPolicies(sessionPolicyArns, gathered, owner.accountId).missing;
  if (missing === undefined) return;
  const field = `sessionPolicyArns[${sessionPolicyArns.indexOf(missing)}]`;
  throw new ValidationError(`\`${missing}\` is not a policy of the ${owner.kind}'s account or of AWS`, field);
}
