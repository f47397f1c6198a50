import { readPolicy } from '../policy/load.ts';
import { MalformedPolicy } from '../policy/malformed-policy.ts';
import type { NamedPrincipal, PrincipalElement } from '../policy/principal-element.ts';

/** As it is written in the policy. */
function textOf(named: NamedPrincipal): string {
  if (named.kind === 'account')
    return named.partition === null ? named.accountId : `arn:${named.partition}:iam::${named.accountId}:root`;
  if (named.kind === 'arn') return named.arn;
  if (named.kind === 'service') return named.service;
  if (named.kind === 'federated') return named.provider;
  return named.kind === 'every' ? '*' : named.id;
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
