import type { AccountOrganization, Gathered } from '../directory/directory.ts';
import type { ContextValue, RequestContext } from '../evaluation/request.ts';
import { isAccountId, type PrincipalRef } from '../policy/principal-id.ts';

/** The account of the resource for which a service calls; null: the caller is no service, or the account is not given. */
export function sourceAccountOf(principal: PrincipalRef, context: RequestContext): string | null {
  if (principal.kind !== 'service') return null;
  const account = context.get('aws:sourceaccount');
  return typeof account === 'string' && isAccountId(account) ? account : null;
}

/** aws:SourceOrgID and aws:SourceOrgPaths of an account in an organization; none for others. */
export function sourceOrganizationKeys(
  organization: AccountOrganization | null,
): readonly (readonly [key: string, value: ContextValue])[] {
  if (organization === null) return [];
  return [
    ['aws:sourceorgid', organization.organizationId],
    ['aws:sourceorgpaths', [organization.path]],
  ];
}

/**
 * The context of a service's call with the organization of aws:SourceAccount, as known to the directory. The account must
 * be part of the gathered data. Keys that are given stay unchanged.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceorgid
 */
export function withSourceOrganization(
  principal: PrincipalRef,
  context: RequestContext,
  gathered: Pick<Gathered, 'organization'>,
): RequestContext {
  const account = sourceAccountOf(principal, context);
  if (account === null) return context;
  const keys = sourceOrganizationKeys(gathered.organization(account)).filter(([key]) => !context.has(key));
  return keys.length === 0 ? context : new Map([...context, ...keys]);
}
