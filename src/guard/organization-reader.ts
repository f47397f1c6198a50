import type { Answer, Question } from '../access/question.ts';
import type { AccountOrganization } from '../directory/directory.ts';
import type { PrincipalCaller } from '../session/caller.ts';
import type { GuardContext } from './context.ts';
import type { MaybePromise } from './maybe-promise.ts';

/**
 * Services whose delegated administrators review the access in all accounts of an organization.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services_list.html
 */
const ADMINISTERED_FOR_ACCESS: readonly string[] = ['iam.amazonaws.com', 'access-analyzer.amazonaws.com'];

/**
 * IAM's entities have no resource-based policies, so nobody could ever read those of another account. As an exception,
 * principals of an organization's management account and of its delegated administrators may read in all accounts of the
 * organization, if their own policies allow it. They may only read. Service control policies apply to delegated
 * administrators as to all members, and never to the management account. `answer`: the decision on `permission`, a denial.
 */
export function readsForOrganization(
  { catalog, directory }: Pick<GuardContext, 'catalog' | 'directory'>,
  caller: PrincipalCaller,
  { action, resource, account }: Pick<Question, 'action' | 'resource'> & { readonly account: string | null },
  { decision, revision }: Answer,
): MaybePromise<boolean> {
  if (decision.deniedBy !== 'RESOURCE_POLICY' || decision.effect !== 'IMPLICIT_DENY') return false;
  if (!onlyReads(catalog, action)) return false;
  const ownPoliciesAllow = decision.layers.every(
    ({ layer, effect }) => effect === 'ALLOWED' || (layer === 'RESOURCE_POLICY' && effect === 'IMPLICIT_DENY'),
  );
  if (!ownPoliciesAllow || !('accountId' in caller.ref)) return false;
  const own = caller.ref.accountId;
  const target = account ?? resource.split(':', 5)[4] ?? '';
  return directory.organizationOf([own, target], revision).then((organizations) => {
    const organization = organizations.get(target);
    if (organization === undefined || organizations.get(own)?.organizationId !== organization.organizationId)
      return false;
    return administers(organization, own, action);
  });
}

/** Operations on checkers, which can only ask, make no change in the accounts that they are about. */
const ON_CHECKERS = /^rolegate:(?:Create|Rotate|Revoke)Checker$/;

function onlyReads(catalog: GuardContext['catalog'], action: string): boolean {
  const accessLevel = catalog.action(action)?.accessLevel;
  return accessLevel === 'READ' || accessLevel === 'LIST' || ON_CHECKERS.test(action);
}

/** Whether the account administers the organization with regard to `action`. */
function administers(organization: AccountOrganization, accountId: string, action: string): boolean {
  if (organization.managementAccountId === accountId) return true;
  const service = action.split(':', 1)[0] ?? '';
  // Whatever a member account administers, it may read the organization itself.
  // https://docs.aws.amazon.com/organizations/latest/APIReference/API_RegisterDelegatedAdministrator.html
  const administersAny = service === 'organizations';
  return organization.delegatedAdministrators.some(
    (administrator) =>
      administrator.accountId === accountId &&
      (administersAny ||
        administrator.servicePrincipal === `${service}.amazonaws.com` ||
        ADMINISTERED_FOR_ACCESS.includes(administrator.servicePrincipal)),
  );
}
