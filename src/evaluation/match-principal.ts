import type { NamedPrincipal, PrincipalElement } from '../policy/principal-element.ts';
import type { Bound } from './bindings.ts';
import type { PreparedPrincipal } from './prepare.ts';
import { sessionArn, sessionsOf } from './principal-values.ts';

/** How strongly a statement of a resource-based policy names the caller. Stronger is greater. */
export const NOT_NAMED = 0;
/** Its account: delegates to the account's administrators, grants nothing by itself. */
export const AS_ACCOUNT = 1;
/** Its role, or the user that made the federated session: replaces the identity policies, not the ceilings. */
export const AS_ROLE = 2;
/** The user, the session or everybody: within the account, no other Allow is needed. */
export const DIRECTLY = 3;

export type Naming = typeof NOT_NAMED | typeof AS_ACCOUNT | typeof AS_ROLE | typeof DIRECTLY;

/**
 * The strongest way in which the Principal of a statement names the caller.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function naming(element: PrincipalElement, caller: PreparedPrincipal, saved: Bound): Naming {
  if (element.everyone) return DIRECTLY;
  let strongest: Naming = NOT_NAMED;
  for (const named of element.named) {
    const one = namingBy(named, caller, saved);
    if (one > strongest) strongest = one;
  }
  return strongest;
}

function namingBy(named: NamedPrincipal, caller: PreparedPrincipal, saved: Bound): Naming {
  const facts = caller.facts;
  if (named.kind === 'canonicalUser') return namingByCanonicalUser(named.id, caller);
  if (facts.kind === 'anonymous') {
    if (named.kind === 'every')
      return named.of === 'federated' && facts.federatedProvider !== undefined ? DIRECTLY : NOT_NAMED;
    return named.kind === 'federated' && named.provider === facts.federatedProvider ? DIRECTLY : NOT_NAMED;
  }
  if (facts.kind === 'service') {
    if (named.kind === 'every') return named.of === 'service' ? DIRECTLY : NOT_NAMED;
    return named.kind === 'service' && named.service === facts.service ? DIRECTLY : NOT_NAMED;
  }
  if (named.kind === 'account') {
    const { accountId, partition } = named;
    const isIts = accountId === caller.accountId && (partition === null || partition === caller.partition);
    return isIts ? AS_ACCOUNT : NOT_NAMED;
  }
  if (named.kind === 'arn') return namingByArn(named.arn, caller, saved);
  return named.kind === 'uniqueId' ? namingById(named.id, caller) : NOT_NAMED;
}

/**
 * A canonical user id means an account, or an origin access identity of CloudFront, which is in no account.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html and
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
 */
function namingByCanonicalUser(id: string, { facts }: PreparedPrincipal): Naming {
  if (facts.kind === 'service' || facts.canonicalUser?.toLowerCase() !== id.toLowerCase()) return NOT_NAMED;
  return facts.kind === 'anonymous' ? DIRECTLY : AS_ACCOUNT;
}

function namingByArn(arn: string, { facts }: PreparedPrincipal, saved: Bound): Naming {
  if (facts.kind === 'user') return means(facts, arn, saved) ? DIRECTLY : NOT_NAMED;
  if (facts.kind === 'roleSession') {
    if (means(facts.role, arn, saved)) return AS_ROLE;
    // AWS does not document whether a session's ARN is bound to the role's id: it is compared as text.
    return facts.sessionName !== null && arn === sessionArn(facts) ? DIRECTLY : NOT_NAMED;
  }
  if (facts.kind !== 'federatedUser') return NOT_NAMED;
  if (arn === facts.arn) return DIRECTLY;
  const { issuer } = facts;
  return issuer !== null && means(issuer, arn, saved) ? AS_ROLE : NOT_NAMED;
}

function namingById(id: string, { facts }: PreparedPrincipal): Naming {
  if (facts.kind === 'user') return id === facts.id ? DIRECTLY : NOT_NAMED;
  if (facts.kind === 'roleSession') return id === facts.role.id ? AS_ROLE : NOT_NAMED;
  return facts.kind === 'federatedUser' && id === facts.issuer?.id ? AS_ROLE : NOT_NAMED;
}

/**
 * Whether a saved policy means this user or role by an ARN. It names the entity that existed then: an entity created again under
 * the same name is a different one, and one that was renamed since is the same.
 */
function means(entity: { readonly arn: string; readonly id: string }, arn: string, { bindings }: Bound): boolean {
  const bound = bindings !== null && Object.hasOwn(bindings, arn) ? bindings[arn] : undefined;
  return bound === undefined ? arn === entity.arn : bound === entity.id;
}

/**
 * Whether the Principal names a session of the caller's role, if the caller's session name is unknown: it may be that one.
 */
export function mayName(element: PrincipalElement, { facts }: PreparedPrincipal): boolean {
  if (facts.kind !== 'roleSession' || facts.sessionName !== null) return false;
  const sessions = sessionsOf(facts.role);
  return element.named.some((named) => named.kind === 'arn' && named.arn.startsWith(sessions));
}

/**
 * Whether a Deny with NotPrincipal applies to the caller. It is excluded only if its account is listed and also its identity:
 * the user; the role (its session need not be listed too); the federated user. The account alone excludes its root user. A
 * caller with a permissions boundary is never excluded. AWS recommends exactly these lists.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
export function hitByNotPrincipal(element: PrincipalElement, caller: PreparedPrincipal, saved: Bound): boolean {
  if (caller.policies !== null && caller.policies.source.boundary !== null) return true;
  if (element.everyone) return false;
  const found = new Set(element.named.map((named) => namingBy(named, caller, saved)));
  return !OWN_NAMES[caller.facts.kind].every((name) => found.has(name)) || caller.facts.kind === 'anonymous';
}

/** The names of a caller that must be listed. */
const OWN_NAMES = {
  user: [AS_ACCOUNT, DIRECTLY],
  federatedUser: [AS_ACCOUNT, DIRECTLY],
  roleSession: [AS_ACCOUNT, AS_ROLE],
  root: [AS_ACCOUNT],
  service: [DIRECTLY],
  anonymous: [],
} as const satisfies Record<PreparedPrincipal['facts']['kind'], readonly Naming[]>;
