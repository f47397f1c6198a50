/**
 * Principal and NotPrincipal, for the naive evaluator.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
import type { Doc, Json, Kind, NaiveRequest } from './naive-request.ts';
import { list, object } from './naive-text.ts';

/** How strongly a statement names the caller: not; by its account; by its role, or the user behind a federated user; itself. */
export const NOT = 0;
export const BY_ACCOUNT = 1;
export const BY_ROLE = 2;
export const DIRECTLY = 3;

interface Entry {
  /** AWS, Service, Federated or CanonicalUser. */
  readonly type: string;
  /** Null: it cannot be read. */
  readonly value: string | null;
}

function entriesOf(statement: Doc): readonly Entry[] {
  const element = statement['Principal'] ?? statement['NotPrincipal'];
  if (typeof element !== 'object') return [entryOf('AWS', element === '*' ? element : null)];
  return Object.entries(object(element)).flatMap(([type, values]) => list(values).map((value) => entryOf(type, value)));
}

/** What a principal of each type looks like; ids are of principals that were there. */
const FORMS: Readonly<Record<string, RegExp>> = {
  AWS: /^(\*|\d{12}|A(ID|RO)A\w+|arn:[\w-]+:iam::\d{12}:(root|user\/[^*?]+|role\/[^*?]+)|arn:[\w-]+:sts::\d{12}:(assumed-role\/[^/*?]+\/[^/*?]+|federated-user\/[^*?]+))$/,
  Service: /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i,
  Federated: /^(arn:[\w-]+:iam::\d{12}:(saml|oidc)-provider\/.+|[a-z0-9-]+(\.[a-z0-9-]+)+)$/i,
  CanonicalUser: /^[0-9a-f]{64}$/,
};

function entryOf(type: string, value: Json): Entry {
  const isReadable = typeof value === 'string' && FORMS[type]?.test(value) === true;
  return { type, value: isReadable ? value : null };
}

/** An entry that cannot be read: of a Deny it is everybody of its type. */
function namedByUnreadable(q: NaiveRequest, type: string, statement: Doc): number {
  if (statement['Effect'] !== 'Deny' || statement['Principal'] === undefined) return NOT;
  const p = q.principal;
  if (type === 'Service') return p.kind === 'service' ? DIRECTLY : NOT;
  if (type === 'Federated') return p.kind === 'anonymous' && p.federatedProvider !== undefined ? DIRECTLY : NOT;
  return DIRECTLY;
}

/** How strongly one entry names the caller. */
function named(q: NaiveRequest, kind: Kind, statement: Doc, { type, value }: Entry): number {
  const p = q.principal;
  if (value === null) return namedByUnreadable(q, type, statement);
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
  const grades = entriesOf(statement).map((entry) => named(q, kind, statement, entry));
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
