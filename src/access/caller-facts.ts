import type { IndexedPrincipal } from '../directory/principals/indexed-principals.ts';
import { type PreparedPrincipal, preparePrincipal } from '../evaluation/prepare.ts';
import type { OrganizationFacts, PrincipalFacts } from '../evaluation/principal.ts';

/** What all principals of an account share, as far as conditions can read it. */
export interface AccountOfCaller {
  readonly accountId: string;
  readonly partition: string;
  readonly organization: OrganizationFacts | null;
}

/** An indexed user, or a role as a session of it whose name is not known, without its policies: what conditions read of a caller. */
export function callerOf(one: IndexedPrincipal, account: AccountOfCaller): PreparedPrincipal {
  return preparePrincipal(callerFacts(one, account), null, null);
}

export function callerFacts(one: IndexedPrincipal, account: AccountOfCaller): PrincipalFacts {
  const { arn, id, tags } = one;
  const { accountId, partition, organization } = account;
  const where = { accountId, partition, organization };
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  if (one.kind === 'user') return { kind: 'user', ...where, arn, id, name, tags };
  const role = { ...where, arn, id, name, path: pathOf(arn), tags };
  const unnamed = { sessionName: null, tags: {}, sourceIdentity: null, issuedAt: null, federatedProvider: null };
  return { kind: 'roleSession', ...where, role, ...unnamed };
}

/** `/` or `/team/`, of a user or role. */
export function pathOf(arn: string): string {
  const rest = arn.slice(arn.indexOf('/'));
  return rest.slice(0, rest.lastIndexOf('/') + 1);
}
