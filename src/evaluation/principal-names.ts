import type { NamedPrincipal } from '../policy/principal-element.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import type { PrincipalFacts } from './principal.ts';
import { sessionArn, sessionsOf } from './principal-values.ts';
import type { ResourceFacts } from './resource.ts';

/** What stands for everybody where a name is needed. */
export const EVERYBODY = '*';

/**
 * The names by which a statement of a resource's policy can concern callers, so that the policies that concern one are found
 * without looking at all: a statement names a caller (see match-principal.ts) only if it shares a name with it, or has null here,
 * which is everybody. `bindings`: those of the policy. The names say no more than that: whether it is named is decided there.
 */
export function namesIn(
  { principal }: Pick<CompiledStatement, 'principal'>,
  bindings: ResourceFacts['policyBindings'],
): readonly string[] | null {
  if (principal === null || principal.negated || principal.everyone) return null;
  const names: string[] = [];
  for (const named of principal.named) {
    if (named.kind === 'every') return null;
    names.push(...namesBy(named, bindings));
  }
  return names;
}

/** The names that names without bindings get by those of a policy. */
export function namesBoundIn(names: readonly string[], bindings: ResourceFacts['policyBindings']): readonly string[] {
  return names.flatMap((name) => (name.startsWith('arn ') ? idBoundTo(name.slice('arn '.length), bindings) : []));
}

function namesBy(
  named: Exclude<NamedPrincipal, { kind: 'every' }>,
  bindings: ResourceFacts['policyBindings'],
): readonly string[] {
  switch (named.kind) {
    case 'account':
      return [`account ${named.accountId}`];
    case 'arn':
      return [`arn ${named.arn}`, ...idBoundTo(named.arn, bindings), ...sessionsAround(named.arn)];
    case 'uniqueId':
      return [`id ${named.id}`];
    case 'service':
      return [`service ${named.service}`];
    case 'federated':
      return [`federated ${named.provider}`];
    case 'canonicalUser':
      return [`canonical ${named.id.toLowerCase()}`];
    default:
      return named satisfies never;
  }
}

/** The names by which statements can concern a caller. */
export function namesOf(facts: PrincipalFacts): readonly string[] {
  if (facts.kind === 'service') return [`service ${facts.service}`];
  const canonical = facts.canonicalUser === undefined ? [] : [`canonical ${facts.canonicalUser.toLowerCase()}`];
  if (facts.kind === 'anonymous') {
    const { federatedProvider } = facts;
    return federatedProvider === undefined ? canonical : [...canonical, `federated ${federatedProvider}`];
  }
  const names = [...canonical, `account ${facts.accountId}`];
  if (facts.kind === 'root') return names;
  if (facts.kind === 'roleSession') {
    const { role } = facts;
    const session = sessionArn(facts);
    names.push(`arn ${role.arn}`, `id ${role.id}`);
    // A session without a name may be any session of the role.
    return [...names, session === null ? `sessions ${sessionsOf(role)}` : `arn ${session}`];
  }
  names.push(`arn ${facts.arn}`);
  const entity = facts.kind === 'user' ? facts : facts.issuer;
  return entity === null ? names : [...names, `arn ${entity.arn}`, `id ${entity.id}`];
}

function idBoundTo(arn: string, bindings: ResourceFacts['policyBindings']): readonly string[] {
  const bound = Object.hasOwn(bindings, arn) ? bindings[arn] : undefined;
  return bound === undefined ? [] : [`id ${bound}`];
}

const SESSIONS = /^[^/]*:assumed-role\/[^/]*\//;

function sessionsAround(arn: string): readonly string[] {
  const sessions = SESSIONS.exec(arn)?.[0];
  return sessions === undefined ? [] : [`sessions ${sessions}`];
}
