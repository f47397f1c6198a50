import { mayRead } from '../../guard/readable.ts';
import { brand } from '../brand.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { tableConnection } from '../table-connection.ts';
import { Group } from './group.ts';
import { IamIdentity } from './iam-identity.ts';
import { Principal } from './principal.ts';
import {
  ACCOUNT,
  ARN,
  ATTACHED_POLICIES,
  CREATED_AT,
  INLINE_POLICIES,
  NAME,
  PATH,
  PERMISSIONS_BOUNDARY,
  policiesOf,
  TAGS,
  UNIQUE_ID_OUTLIVES,
} from './shared-fields.ts';

export const User = builder.prismaNode('User', {
  nullable: true,
  id: { resolve: (row) => row.arn },
  findUnique: (arn) => ({ arn }),
  select: { arn: true },
  interfaces: [Principal, IamIdentity],
  description:
    'An IAM user: a person or a program with its own permissions and long-term credentials. Fields other than ARN, ' +
    'name, path and account need iam:GetUser (for `uniqueId` and `createdAt`, iam:ListUsers is enough, too), ' +
    'iam:ListGroupsForUser, iam:ListAttachedUserPolicies or iam:ListUserPolicies on the user',
  fields: (t) => ({
    arn: t.field(ARN),
    uniqueId: t.exposeString('id', {
      nullable: true,
      description: `Unique id of the user, AIDA…. ${UNIQUE_ID_OUTLIVES}`,
    }),
    name: t.string(NAME),
    path: t.string(PATH),
    account: t.field(ACCOUNT),
    createdAt: t.expose('createdAt', CREATED_AT),
    groups: t.field({
      type: [Group],
      nullable: true,
      description: 'The groups of the user',
      select: (_args, _context, nested) => ({ memberships: { select: { group: nested(true) } } }),
      resolve: (row) => row.memberships.map((membership) => membership.group),
    }),
    attachedPolicies: t.field({
      ...ATTACHED_POLICIES,
      description:
        'The managed policies attached to the user. Policies of its groups also apply; they are listed at the groups',
      select: (_args, _context, nested) => ({ attachments: { select: { policy: nested(true) } } }),
      resolve: (row) => policiesOf(row),
    }),
    inlinePolicies: t.relation('inlinePolicies', INLINE_POLICIES),
    permissionsBoundary: t.relation('boundary', PERMISSIONS_BOUNDARY),
    tags: t.field(TAGS),
  }),
});

export const UserConnection = tableConnection('User', User, { page: 'A page of users', entry: 'A user' });

/** A user that is known to exist, as a value of the schema; all fields but its ARN are loaded when they are selected. */
export function userValue(arn: string): { arn: string } {
  return brand({ arn }, 'User');
}

/** The user that a mutation has changed; null: the caller may change it, but not read it. */
export async function readableUser(context: GatewayContext, arn: string): Promise<{ arn: string } | null> {
  return (await mayRead(context, 'User', arn)) ? userValue(arn) : null;
}
