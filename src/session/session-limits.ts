import { checkSessionPolicies, managedSessionPolicies } from '../access/session-policies.ts';
import type { Gathered } from '../directory/directory.ts';
import { ValidationError } from './errors.ts';

/** The policies that limit a new session. */
export interface SessionLimits {
  readonly sessionPolicies: readonly string[];
  readonly sessionPolicyArns: readonly string[];
}

/**
 * Session policies must be valid policies; managed ones must belong to the account of the session's `owner` or to AWS. Throws
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
