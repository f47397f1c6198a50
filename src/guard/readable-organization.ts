import type { PrincipalCaller } from '../session/caller.ts';
import type { GuardContext } from './context.ts';
import type { MaybePromise } from './maybe-promise.ts';
import {
  controlPolicyPermission,
  organizationOfAccount,
  organizationPermission,
  wholeOrganization,
} from './organization-readings.ts';
import { mayDo, type Permission } from './permission.ts';
import type { Refused } from './ruling.ts';

const DESCRIBE = 'organizations:DescribeOrganization';
const DESCRIBE_UNIT = 'organizations:DescribeOrganizationalUnit';

/** The types of organizations that can be looked up by id. */
export type OrganizationNodeName = 'ControlPolicy' | 'Organization' | 'OrganizationRoot' | 'OrganizationalUnit';

/**
 * Whether the caller may read something of an organization. Only its members can be allowed to: it is decided as for the
 * organization of the caller's own account, with the same statements sent, whatever `id` names.
 */
export async function mayReadOfOrganization(
  context: GuardContext,
  caller: PrincipalCaller,
  type: OrganizationNodeName,
  id: string,
): Promise<boolean> {
  const { prisma } = context.directory;
  const own = ownAccount(caller);
  const organization = await organizationOfAccount(context, own);
  const allowed = (permission: Permission): MaybePromise<boolean> => mayDo(context, permission);
  switch (type) {
    case 'Organization':
      return (await allowed({ action: DESCRIBE, resource: '*', account: own })) && organization.id === id;
    case 'OrganizationRoot': {
      const row = await prisma.organization.findUnique({ where: { rootId: id }, select: { id: true } });
      return (await allowed(wholeOrganization('organizations:ListRoots', organization))) && row?.id === organization.id;
    }
    case 'OrganizationalUnit': {
      const row = await prisma.organizationalUnit.findUnique({ where: { id }, select: { organizationId: true } });
      const permission = organizationPermission(context, DESCRIBE_UNIT, organization, 'ou', id);
      return (await allowed(permission)) && row?.organizationId === organization.id;
    }
    case 'ControlPolicy': {
      const key = controlPolicyKey(id);
      const row = await prisma.controlPolicy.findUnique({ where: { organizationId_id: key }, select: { arn: true } });
      const arn = row?.arn ?? `arn:aws:organizations::aws:policy/service_control_policy/${key.id}`;
      const permission = controlPolicyPermission('organizations:DescribePolicy', { id: key.id, arn, organization });
      return (await allowed(permission)) && row !== null && key.organizationId === organization.id;
    }
    default:
      return type satisfies never;
  }
}

/** The parts of the id of a control policy among those of all organizations: `o-…/p-…`. */
export function controlPolicyKey(id: string): { readonly organizationId: string; readonly id: string } {
  const [organizationId = '', policyId = ''] = id.split('/');
  return { organizationId, id: policyId };
}

/** Services belong to no account: questions about theirs are asked about an account that nobody has. */
function ownAccount({ ref }: PrincipalCaller): string {
  return 'accountId' in ref ? ref.accountId : '000000000000';
}

/** The ids of the organizations that the caller may list; null: all. */
export type ListedOrganizations = Refused | { readonly kind: 'allowed'; readonly ids: readonly string[] | null };

export async function visibleOrganizations(context: GuardContext): Promise<ListedOrganizations> {
  const { caller, directory } = context;
  if (caller.kind !== 'principal') return { kind: 'allowed', ids: caller.kind === 'operator' ? null : [] };
  const own = ownAccount(caller);
  const [places, allowed] = await Promise.all([
    directory.organizationOf([own]),
    mayDo(context, { action: DESCRIBE, resource: '*', account: own }),
  ]);
  const place = places.get(own);
  if (!allowed) return { kind: 'refused', needs: DESCRIBE };
  return { kind: 'allowed', ids: place === undefined ? [] : [place.organizationId] };
}
