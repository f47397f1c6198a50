import type { AccessLevel } from '../../catalog/catalog-service.ts';
import type { ChangeOfAccess, PreviewedAccess, PreviewedDifference } from './previewed.ts';

// The order is that of what can be done with it: rights over rights first, then changes, then looking.

const LEVELS: readonly AccessLevel[] = ['PERMISSIONS_MANAGEMENT', 'WRITE', 'TAGGING', 'READ', 'LIST'];
const CHANGES: readonly ChangeOfAccess[] = ['GAINED', 'CHANGED', 'LOST'];

/**
 * Actions by which permissions are got, although AWS counts them among the writes.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
const PRIVILEGES: ReadonlySet<string> = new Set([
  'iam:AddUserToGroup',
  'iam:CreateAccessKey',
  'iam:CreateLoginProfile',
  'iam:PassRole',
  'iam:ResyncMFADevice',
  'iam:UpdateAccessKey',
  'iam:UpdateLoginProfile',
  'sts:AssumeRole',
  'sts:AssumeRoleWithSAML',
  'sts:AssumeRoleWithWebIdentity',
  'sts:AssumeRoot',
  'sts:GetFederationToken',
]);

/** Less is worse. */
export function rankOf({ action, accessLevel, change }: PreviewedDifference): number {
  const level = PRIVILEGES.has(action) ? 0 : LEVELS.indexOf(accessLevel);
  return level * CHANGES.length + CHANGES.indexOf(change);
}

export function byRank(a: PreviewedDifference, b: PreviewedDifference): number {
  return rankOf(a) - rankOf(b) || compare(a.action, b.action);
}

/** Of what is worst for each; then by how much of it; then in the order that they are in. */
export function worstFirst(accesses: readonly PreviewedAccess[]): readonly PreviewedAccess[] {
  const ranks = new Map(accesses.map((access) => [access, ranksOf(access)]));
  return accesses.toSorted((a, b) => compareRanks(ranks.get(a) ?? [], ranks.get(b) ?? []));
}

/** The number of differences of each rank. */
function ranksOf({ differences }: PreviewedAccess): readonly number[] {
  const counts = Array.from({ length: LEVELS.length * CHANGES.length }, () => 0);
  for (const difference of differences) counts[rankOf(difference)] = (counts[rankOf(difference)] ?? 0) + 1;
  return counts;
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [rank, count] of a.entries()) {
    const others = b[rank] ?? 0;
    if (count !== others) return others - count;
  }
  return 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
