import type { PreparedPrincipal, PreparedResource } from './prepare.ts';

/**
 * The principal and the resource are in one account. A resource with an unknown owner is treated as the caller's own.
 * Access never crosses partitions.
 */
export function isOwnAccount(principal: PreparedPrincipal, resource: PreparedResource): boolean {
  // Services and anonymous callers belong to no account.
  if (principal.accountId === '') return false;
  if (resource.partition !== principal.partition && resource.partition !== '') return false;
  return resource.accountId === null || resource.accountId === principal.accountId;
}
