import type { PrincipalCaller } from '../session/caller.ts';
import type { GuardContext } from './context.ts';
import {
  controlPolicyPermission,
  type OrganizationKey,
  organizationPermission,
  wholeOrganization,
} from './organization-readings.ts';
import { mayDo } from './permission.ts';

/** The types of organizations that can be looked up by id. */
export type OrganizationNodeName = 'ControlPolicy' | 'Organization' | 'OrganizationRoot' | 'OrganizationalUnit';

const KEY = { id: true, managementAccountId: true } as const;

/**
 * Whether the caller may read something of an organization. As `mayRead` of readable.ts: for what does not exist the same is
 * decided, as if it were of an organization that the caller's own account manages.
 */
export async function mayReadOfOrganization(
  context: GuardContext,
  caller: PrincipalCaller,
  type: OrganizationNodeName,
  id: string,
): Promise<boolean> {
  const { prisma } = context.directory;
  const own = 'accountId' in caller.ref ? caller.ref.accountId : '000000000000';
  const nowhere: OrganizationKey = { id: 'o-none000000', managementAccountId: own };
  switch (type) {
    case 'Organization':
      return isReadableOrganization(context, own, id);
    case 'OrganizationRoot': {
      const row = await prisma.organization.findUnique({ where: { rootId: id }, select: KEY });
      return (await mayDo(context, wholeOrganization('organizations:ListRoots', row ?? nowhere))) && row !== null;
    }
    case 'OrganizationalUnit': {
      const row = await prisma.organizationalUnit.findUnique({
        where: { id },
        select: { organization: { select: KEY } },
      });
      const organization = row?.organization ?? nowhere;
      const action = 'organizations:DescribeOrganizationalUnit';
      return (await mayDo(context, organizationPermission(context, action, organization, 'ou', id))) && row !== null;
    }
    case 'ControlPolicy': {
      const row = await prisma.controlPolicy.findUnique({
        where: { organizationId_id: controlPolicyKey(id) },
        select: { id: true, arn: true, organization: { select: KEY } },
      });
      const arn = `arn:aws:organizations::aws:policy/service_control_policy/${controlPolicyKey(id).id}`;
      const policy = row ?? { id: controlPolicyKey(id).id, arn, organization: nowhere };
      return (await mayDo(context, controlPolicyPermission('organizations:DescribePolicy', policy))) && row !== null;
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

/** Only the members of an organization can describe it. Nothing is looked up: others cannot be told apart. */
async function isReadableOrganization(context: GuardContext, own: string, id: string): Promise<boolean> {
  const place = await readableOrganization(context, own);
  return place.allowed && place.organizationId === id;
}

/** The organization of the caller's own account, null: none is known; and whether the caller may describe it. */
async function readableOrganization(
  context: GuardContext,
  own: string,
): Promise<{ readonly allowed: boolean; readonly organizationId: string | null }> {
  const [places, allowed] = await Promise.all([
    context.directory.organizationOf([own]),
    mayDo(context, { action: DESCRIBE, resource: '*', account: own }),
  ]);
  return { allowed, organizationId: places.get(own)?.organizationId ?? null };
}

const DESCRIBE = 'organizations:DescribeOrganization';

/** The ids of the organizations that the caller may list; null: all. */
export type ListedOrganizations =
  | { readonly kind: 'allowed'; readonly ids: readonly string[] | null }
  | { readonly kind: 'refused'; readonly needs: string };

export async function visibleOrganizations(context: GuardContext): Promise<ListedOrganizations> {
  const { caller } = context;
  if (caller.kind === 'operator') return { kind: 'allowed', ids: null };
  const own = caller.kind === 'principal' && 'accountId' in caller.ref ? caller.ref.accountId : '000000000000';
  const { allowed, organizationId } = await readableOrganization(context, own);
  if (!allowed) return { kind: 'refused', needs: DESCRIBE };
  return { kind: 'allowed', ids: organizationId === null ? [] : [organizationId] };
}
