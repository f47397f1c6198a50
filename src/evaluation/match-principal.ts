import type { NamedPrincipal, PrincipalElement } from '../policy/principal-element.ts';
import type { PreparedPrincipal } from './prepare.ts';
import { sessionArn } from './principal-values.ts';
import type { ResourceFacts } from './resource.ts';

/** How strongly a statement of a resource-based policy names the caller. Stronger is greater. */
export const NOT_NAMED = 0;
/** Its account: delegates to the account's administrators, grants nothing by itself. */
export const AS_ACCOUNT = 1;
/** Its role, or the user that made the federated session: replaces the identity policies, not the ceilings. */
export const AS_ROLE = 2;
/** The user, the session or everybody: within the account, nothing else has to allow. */
export const DIRECTLY = 3;

export type Naming = typeof NOT_NAMED | typeof AS_ACCOUNT | typeof AS_ROLE | typeof DIRECTLY;

type Bindings = ResourceFacts['policyBindings'];

/**
 * How the Principal of a statement names the caller, at its strongest.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function naming(element: PrincipalElement, caller: PreparedPrincipal, bindings: Bindings): Naming {
  if (element.everyone) return DIRECTLY;
  let strongest: Naming = NOT_NAMED;
  for (const named of element.named) {
    const one = namingBy(named, caller, bindings);
    if (one > strongest) strongest = one;
  }
  return strongest;
}

function namingBy(named: NamedPrincipal, caller: PreparedPrincipal, bindings: Bindings): Naming {
  const facts = caller.facts;
  if (facts.kind === 'anonymous') return NOT_NAMED;
  if (facts.kind === 'service') {
    return named.kind === 'service' && named.service === facts.service ? DIRECTLY : NOT_NAMED;
  }
  switch (named.kind) {
    case 'account':
      return named.accountId === facts.accountId ? AS_ACCOUNT : NOT_NAMED;
    case 'arn':
      return namingByArn(named.arn, caller, bindings);
    case 'uniqueId':
      return namingById(named.id, caller);
    default:
      return NOT_NAMED;
  }
}

function namingByArn(arn: string, { facts }: PreparedPrincipal, bindings: Bindings): Naming {
  switch (facts.kind) {
    case 'user':
      return arn === facts.arn && isBoundTo(facts.id, arn, bindings) ? DIRECTLY : NOT_NAMED;
    case 'roleSession':
      if (arn === facts.role.arn) return isBoundTo(facts.role.id, arn, bindings) ? AS_ROLE : NOT_NAMED;
      // AWS does not say whether a session's ARN is bound to the role's id: compared as text.
      return facts.sessionName !== null && arn === sessionArn(facts) ? DIRECTLY : NOT_NAMED;
    case 'federatedUser':
      if (arn === facts.arn) return DIRECTLY;
      return facts.issuer !== null && arn === facts.issuer.arn && isBoundTo(facts.issuer.id, arn, bindings)
        ? AS_ROLE
        : NOT_NAMED;
    default:
      return NOT_NAMED;
  }
}

function namingById(id: string, { facts }: PreparedPrincipal): Naming {
  switch (facts.kind) {
    case 'user':
      return id === facts.id ? DIRECTLY : NOT_NAMED;
    case 'roleSession':
      return id === facts.role.id ? AS_ROLE : NOT_NAMED;
    case 'federatedUser':
      return id === facts.issuer?.id ? AS_ROLE : NOT_NAMED;
    default:
      return NOT_NAMED;
  }
}

/** A saved policy names the entity that was there then: one that was made again under the same name is another. */
function isBoundTo(id: string, arn: string, bindings: Bindings): boolean {
  const bound = Object.hasOwn(bindings, arn) ? bindings[arn] : undefined;
  return bound === undefined || bound === id;
}

/**
 * Whether a Deny with NotPrincipal hits the caller. It is spared only when everything it is at once is listed (account and
 * user; account, role and session), and never when a permissions boundary is attached.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
export function hitByNotPrincipal(element: PrincipalElement, caller: PreparedPrincipal, bindings: Bindings): boolean {
  if (caller.policies !== null && caller.policies.source.boundary !== null) return true;
  if (element.everyone) return false;
  const found = new Set(element.named.map((named) => namingBy(named, caller, bindings)));
  switch (caller.facts.kind) {
    case 'user':
    case 'federatedUser':
      return !(found.has(AS_ACCOUNT) && found.has(DIRECTLY));
    case 'roleSession':
      return !(found.has(AS_ACCOUNT) && found.has(AS_ROLE) && found.has(DIRECTLY));
    case 'root':
      return !found.has(AS_ACCOUNT);
    case 'service':
      return !found.has(DIRECTLY);
    case 'anonymous':
      return true;
  }
}
