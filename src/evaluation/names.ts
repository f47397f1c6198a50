import type { NamedPrincipal, PrincipalElement } from '../policy/principal-element.ts';
import type { PrincipalFacts } from './principal.ts';
import { sessionArn, sessionsOf } from './principal-values.ts';

/**
 * A set of names in 32 bits, one bit for each name. Sets without a common bit have no common name, so that most statements
 * of a resource's policy can be skipped without comparing names. Sets with a common bit may have one.
 */
export type Names = number;

export const NOBODY: Names = 0;
export const ANYBODY: Names = -1;

/** All names that a Principal can use for the caller. */
export function namesOf(facts: PrincipalFacts): Names {
  // Everybody has no name, and includes every caller.
  if (facts.kind === 'anonymous') return ANYBODY;
  if (facts.kind === 'service') return bitOf(facts.service);
  const { canonicalUser } = facts;
  const account = bitOf(facts.accountId) | (canonicalUser === undefined ? NOBODY : bitOf(canonicalUser.toLowerCase()));
  if (facts.kind === 'root') return account;
  if (facts.kind === 'user') return account | bitOf(facts.arn) | bitOf(facts.id);
  if (facts.kind === 'federatedUser') {
    const { arn, issuer } = facts;
    return account | bitOf(arn) | (issuer === null ? NOBODY : bitOf(issuer.arn) | bitOf(issuer.id));
  }
  const { role } = facts;
  // Without a name, any session of the role may be meant.
  return account | bitOf(role.arn) | bitOf(role.id) | bitOf(sessionArn(facts) ?? sessionsOf(role));
}

/** The callers that a Principal or NotPrincipal can concern. */
export function namedBy(element: PrincipalElement | null): Names {
  if (element === null) return NOBODY;
  if (element.everyone || element.negated) return ANYBODY;
  return element.named.reduce((names, named) => names | namesIn(named) | sessionBit(named), NOBODY);
}

/** For a session's ARN, the bit of all sessions of its role. */
function sessionBit(named: NamedPrincipal): Names {
  if (named.kind !== 'arn' || !named.arn.includes(':assumed-role/')) return NOBODY;
  return bitOf(named.arn.slice(0, named.arn.lastIndexOf('/') + 1));
}

function namesIn(named: NamedPrincipal): Names {
  switch (named.kind) {
    case 'account':
      return bitOf(named.accountId);
    case 'arn':
      return bitOf(named.arn);
    case 'service':
      return bitOf(named.service);
    case 'federated':
      return bitOf(named.provider);
    case 'every':
      return ANYBODY;
    case 'uniqueId':
      return bitOf(named.id);
    case 'canonicalUser':
      return bitOf(named.id.toLowerCase());
    default:
      return named satisfies never;
  }
}

/** FNV-1a, of which five bits choose the bit of the name. */
function bitOf(name: string): Names {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return 1 << ((hash ^ (hash >>> 15)) & 31);
}
