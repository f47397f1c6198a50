import type { AskedDirectory, Gathered } from '../directory/directory.ts';
import type { PreparedPrincipal, PreparedResource } from '../evaluation/prepare.ts';
import type { OneRevision } from './scan.ts';
import type { ResolvedSubject } from './subject.ts';

/** A resource of each account concerned, for the control policies that apply to its resources. */
export async function homes(
  tools: { readonly directory: AskedDirectory },
  resolved: ResolvedSubject,
  now: number,
  check: OneRevision,
): Promise<Gathered> {
  const arns = [resolved.own, resolved.acting].flatMap((principal) => homeArn(principal) ?? []);
  const resources = [...new Set(arns)].map((arn) => ({ arn, accountId: null }));
  const accounts = [resolved.own, resolved.acting].flatMap((each) => (each === null ? [] : (accountOf(each) ?? [])));
  const gathered = await tools.directory.gather({ principals: [], roles: [], resources, accounts, now });
  check(gathered.revision);
  return gathered;
}

export function knownServices(accountId: string | null, gathered: Gathered): ReadonlySet<string> {
  const known = new Set<string>();
  if (accountId === null) return known;
  if (gathered.knows(accountId, 'TRUST_POLICIES')) known.add('sts');
  if (gathered.knows(accountId, 'RESOURCE_POLICIES', 'kms')) known.add('kms');
  return known;
}

export function homeOf(principal: PreparedPrincipal, gathered: Gathered): PreparedResource | null {
  const arn = homeArn(principal);
  return arn === null ? null : gathered.resource(arn, null).value;
}

function homeArn(principal: PreparedPrincipal | null): string | null {
  if (principal === null || principal.facts.kind === 'service' || principal.facts.kind === 'anonymous') return null;
  return `arn:${principal.facts.partition}:iam::${principal.facts.accountId}:root`;
}

export function accountOf({ facts }: PreparedPrincipal): string | null {
  return facts.kind === 'service' || facts.kind === 'anonymous' ? null : facts.accountId;
}
