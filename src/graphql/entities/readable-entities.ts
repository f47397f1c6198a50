import { mayRead } from '../../guard/readable.ts';
import { brand } from '../brand.ts';
import type { GatewayContext } from '../context.ts';

// What a mutation has changed, as values of the schema; null: it is not there, or the caller may change it, but not read it.

export async function readableResource(
  context: GatewayContext,
  arn: string,
): Promise<{ readonly arn: string; readonly accountId: string } | null> {
  if (!(await mayRead(context, 'Resource', arn))) return null;
  const row = await context.directory.prisma.resource.findUnique({
    where: { arn },
    select: { arn: true, accountId: true },
  });
  return row === null ? null : brand(row, 'Resource');
}

export async function readableEndpoint(
  context: GatewayContext,
  id: string,
): Promise<{ readonly id: string; readonly arn: string } | null> {
  if (!(await mayRead(context, 'VpcEndpoint', id))) return null;
  const row = await context.directory.prisma.vpcEndpoint.findUnique({ where: { id }, select: { id: true, arn: true } });
  return row === null ? null : brand(row, 'VpcEndpoint');
}

export async function readableAccount(context: GatewayContext, id: string): Promise<{ readonly id: string } | null> {
  if (!(await mayRead(context, 'Account', id))) return null;
  const row = await context.directory.prisma.account.findUnique({ where: { id }, select: { id: true } });
  return row === null ? null : brand(row, 'Account');
}

const KEY = { id: true, managementAccountId: true } as const;

interface OrganizationKey {
  readonly id: string;
  readonly managementAccountId: string;
}

export async function readableOrganization(context: GatewayContext, id: string): Promise<OrganizationKey | null> {
  if (!(await mayRead(context, 'Organization', id))) return null;
  const row = await context.directory.prisma.organization.findUnique({ where: { id }, select: KEY });
  return row === null ? null : brand(row, 'Organization');
}

export async function readableUnit(
  context: GatewayContext,
  id: string,
): Promise<{ readonly id: string; readonly organization: OrganizationKey } | null> {
  if (!(await mayRead(context, 'OrganizationalUnit', id))) return null;
  const row = await context.directory.prisma.organizationalUnit.findUnique({
    where: { id },
    select: { id: true, organization: { select: KEY } },
  });
  return row === null ? null : brand(row, 'OrganizationalUnit');
}

/** `id`: that of its node, `o-…/p-…`. */
export async function readableControlPolicy(
  context: GatewayContext,
  id: string,
): Promise<{
  readonly id: string;
  readonly organizationId: string;
  readonly arn: string;
  readonly organization: OrganizationKey;
} | null> {
  if (!(await mayRead(context, 'ControlPolicy', id))) return null;
  const [organizationId = '', policyId = ''] = id.split('/');
  const row = await context.directory.prisma.controlPolicy.findUnique({
    where: { organizationId_id: { organizationId, id: policyId } },
    select: { id: true, organizationId: true, arn: true, organization: { select: KEY } },
  });
  return row === null ? null : brand(row, 'ControlPolicy');
}
