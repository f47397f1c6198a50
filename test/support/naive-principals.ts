/**
 * Principal and NotPrincipal, for the naive evaluator.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
import type { Doc, Kind, NaiveRequest } from './naive-request.ts';
import { list, object, textOf } from './naive-text.ts';

/** How strongly a statement names the caller: not; by its account; by its role, or the user behind a federated user; itself. */
export const NOT = 0;
export const BY_ACCOUNT = 1;
export const BY_ROLE = 2;
export const DIRECTLY = 3;

interface Entry {
  /** AWS, Service, Federated or CanonicalUser. */
  readonly type: string;
  readonly value: string;
}

function entriesOf(statement: Doc): readonly Entry[] {
  const element = statement['Principal'] ?? statement['NotPrincipal'];
  if (typeof element === 'string') return [{ type: 'AWS', value: element }];
  return Object.entries(object(element)).flatMap(([type, values]) =>
    list(values).map((value) => ({ type, value: textOf(value) })),
  );
}

/** How strongly one entry names the caller. */
function named(q: NaiveRequest, kind: Kind, { type, value }: Entry): number {
  const p = q.principal;
  if (value === '*' && type === 'AWS') return DIRECTLY;
  if (p.kind === 'anonymous') return type === 'Federated' && value === p.federatedProvider ? DIRECTLY : NOT;
  if (p.kind === 'service') return type === 'Service' && value === p.service ? DIRECTLY : NOT;
  if (type !== 'AWS') return NOT;
  if (value === p.accountId || value === `arn:${p.partition}:iam::${p.accountId}:root`) return BY_ACCOUNT;
  // What the resource's policy is bound to says nothing about that of an endpoint.
  const bindings = kind === 'vpce' ? {} : q.resource.bindings;
  const bound = (id: string): boolean => bindings[value] === undefined || bindings[value] === id;
  const is = (who: { readonly arn: string; readonly id: string }): boolean =>
    value === who.id || (value === who.arn && bound(who.id));
  if (p.kind === 'user') return is(p) ? DIRECTLY : NOT;
  if (p.kind === 'roleSession') {
    if (is(p.role)) return BY_ROLE;
    const arn = `arn:${p.partition}:sts::${p.accountId}:assumed-role/${p.role.name}/${p.sessionName}`;
    return p.sessionName !== null && value === arn ? DIRECTLY : NOT;
  }
  if (p.kind === 'federatedUser') {
    if (value === p.arn) return DIRECTLY;
    return p.issuer !== null && is(p.issuer) ? BY_ROLE : NOT;
  }
  return NOT;
}

/** How strongly the statement names the caller. One without a principal names nobody. */
export function principalNamed(q: NaiveRequest, kind: Kind, statement: Doc): number {
  const grades = entriesOf(statement).map((entry) => named(q, kind, entry));
  if (statement['Principal'] !== undefined) return Math.max(NOT, ...grades);
  if (statement['NotPrincipal'] === undefined || statement['Effect'] === 'Allow') return NOT;
  return isSpared(q, statement, grades) ? NOT : DIRECTLY;
}

/**
 * NotPrincipal denies all but those who are listed together with their account (a role is enough for its sessions), and
 * whoever has a permissions boundary.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
function isSpared(q: NaiveRequest, statement: Doc, grades: readonly number[]): boolean {
  if (q.boundary !== null) return false;
  if (entriesOf(statement).some(({ type, value }) => type === 'AWS' && value === '*')) return true;
  const listed = (grade: number): boolean => grades.includes(grade);
  const wanted: Record<NaiveRequest['principal']['kind'], readonly number[]> = {
    root: [BY_ACCOUNT],
    user: [BY_ACCOUNT, DIRECTLY],
    federatedUser: [BY_ACCOUNT, DIRECTLY],
    roleSession: [BY_ACCOUNT, BY_ROLE],
    service: [DIRECTLY],
    anonymous: [],
  };
  const { kind } = q.principal;
  return kind !== 'anonymous' && wanted[kind].every(listed);
}
