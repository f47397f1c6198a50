import { readPolicy } from '../policy/load.ts';
import { MalformedPolicy } from '../policy/malformed-policy.ts';
import type { NamedPrincipal, PrincipalElement } from '../policy/principal-element.ts';

/** As it is written in the policy. */
function textOf(named: NamedPrincipal): string {
  switch (named.kind) {
    case 'account':
      return named.partition === null ? named.accountId : `arn:${named.partition}:iam::${named.accountId}:root`;
    case 'arn':
      return named.arn;
    case 'service':
      return named.service;
    case 'federated':
      return named.provider;
    case 'every':
      return '*';
    case 'uniqueId':
    case 'canonicalUser':
      return named.id;
  }
}

function textsOf({ everyone, negated, named }: PrincipalElement): readonly string[] {
  // Whoever is not named is meant.
  return everyone || negated ? ['*'] : named.map(textOf);
}

/**
 * The values of `lambda:Principal`: whom a policy of a function names, each once. Nobody where it is no policy, which the operation
 * says itself. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 */
export function lambdaPrincipals(policyDocument: string): readonly string[] {
  try {
    const { statements } = readPolicy(policyDocument, 'resource');
    return [...new Set(statements.flatMap(({ principal }) => (principal === null ? [] : textsOf(principal))))];
  } catch (error) {
    if (error instanceof MalformedPolicy) return [];
    throw error;
  }
}
