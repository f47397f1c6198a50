import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import { brand } from '../brand.ts';
import type { GatewayContext } from '../context.ts';
import { cursorPage } from '../cursor-page.ts';
import { notACursor, type PageArguments, textOfCursor } from '../page.ts';

type PolicyType = 'RESOURCE_CONTROL_POLICY' | 'SERVICE_CONTROL_POLICY';

/** What guards and ids read of a control policy, and its type. */
export const CONTROL_POLICY = {
  id: true,
  organizationId: true,
  arn: true,
  type: true,
  organization: { select: { id: true, managementAccountId: true } },
} as const;

async function policiesOf({ directory }: GatewayContext, organizations: readonly string[]) {
  const rows = await directory.prisma.controlPolicy.findMany({
    where: { organizationId: { in: [...organizations] } },
    select: CONTROL_POLICY,
    orderBy: { id: 'asc' },
  });
  return organizations.map((id) => rows.filter(({ organizationId }) => organizationId === id));
}

type Policies = Awaited<ReturnType<typeof policiesOf>>[number];

/** An organization has some thousands of control policies at most: pages are parts of the whole list. */
const byOrganization = createContextCache(
  (context: GatewayContext) => new DataLoader<string, Policies>((organizations) => policiesOf(context, organizations)),
);

/** A page of the control policies of an organization. All look-ups of a request are made together. */
export async function controlPolicyPage(
  context: GatewayContext,
  organizationId: string,
  { type, ...args }: PageArguments & { readonly type?: PolicyType | null | undefined },
) {
  const all = async (): Promise<Policies> => {
    const policies = await byOrganization(context).load(organizationId);
    return type == null ? policies : policies.filter((policy) => policy.type === type);
  };
  return cursorPage(args, {
    cursorOf: ({ id }: Policies[number]) => Buffer.from(id).toString('base64url'),
    nodeOf: (policy) => brand({ ...policy }, 'ControlPolicy'),
    read: async ({ after, before, limit, inverted }) => {
      const [from, to] = [placeOf('after', after), placeOf('before', before)];
      const between = (await all()).filter(({ id }) => (from === null || id > from) && (to === null || id < to));
      return (inverted ? between.toReversed() : between).slice(0, limit);
    },
    count: async () => (await all()).length,
  });
}

function placeOf(name: 'after' | 'before', cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const id = textOfCursor(cursor);
  if (id === null || !id.startsWith('p-')) throw notACursor(name);
  return id;
}
