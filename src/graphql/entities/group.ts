import { mayRead } from '../../guard/readable.ts';
import { brand } from '../brand.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { tableConnection } from '../table-connection.ts';
import { IamIdentity } from './iam-identity.ts';
import {
  ACCOUNT,
  ARN,
  ATTACHED_POLICIES,
  CREATED_AT,
  INLINE_POLICIES,
  NAME,
  PATH,
  policiesOf,
} from './shared-fields.ts';

export const Group = builder.prismaNode('Group', {
  nullable: true,
  id: { resolve: (row) => row.arn },
  findUnique: (arn) => ({ arn }),
  select: { arn: true },
  interfaces: [IamIdentity],
  description:
    'A collection of users of one account. The policies of a group apply to its users, beside their own. A group ' +
    'cannot make requests. Fields other than ARN, name, path and account need iam:GetGroup, ' +
    'iam:ListAttachedGroupPolicies or iam:ListGroupPolicies on the group',
  fields: (t) => ({
    arn: t.field(ARN),
    name: t.string(NAME),
    path: t.string(PATH),
    account: t.field(ACCOUNT),
    createdAt: t.expose('createdAt', CREATED_AT),
    attachedPolicies: t.field({
      ...ATTACHED_POLICIES,
      select: (_args, _context, nested) => ({ attachments: { select: { policy: nested(true) } } }),
      resolve: (row) => policiesOf(row),
    }),
    inlinePolicies: t.relation('inlinePolicies', INLINE_POLICIES),
  }),
});

export const GroupConnection = tableConnection('Group', Group, { page: 'A page of groups', entry: 'A group' });

/** The group that a mutation has changed; null: the caller may change it, but not read it. */
export async function readableGroup(context: GatewayContext, arn: string): Promise<{ arn: string } | null> {
  return (await mayRead(context, 'Group', arn)) ? brand({ arn }, 'Group') : null;
}
