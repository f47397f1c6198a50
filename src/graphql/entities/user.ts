import { mayRead } from '../../guard/readable.ts';
import { brand } from '../brand.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { tableConnection } from '../table-connection.ts';
import { Group } from './group.ts';
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
  interfaces: [Principal],
  description:
    'An IAM user: somebody, or something, with permissions of its own and long-term credentials. What is more than its ARN, name, ' +
    'path and account takes iam:GetUser (`uniqueId` and `createdAt` also iam:ListUsers), iam:ListGroupsForUser, ' +
    'iam:ListAttachedUserPolicies or iam:ListUserPolicies on it',
  fields: (t) => ({
    arn: t.field(ARN),
    uniqueId: t.exposeString('id', {
      nullable: true,
      description: `AIDA…. ${UNIQUE_ID_OUTLIVES}`,
    }),
    name: t.string(NAME),
    path: t.string(PATH),
    account: t.field(ACCOUNT),
    createdAt: t.expose('createdAt', CREATED_AT),
    groups: t.field({
      type: [Group],
      nullable: true,
      description: 'The groups that it is a member of',
      select: (_args, _context, nested) => ({ memberships: { select: { group: nested(true) } } }),
      resolve: (row) => row.memberships.map((membership) => membership.group),
    }),
    attachedPolicies: t.field({
      ...ATTACHED_POLICIES,
      description: 'The managed policies attached to it; those of its groups count as well and stand at the groups',
      select: (_args, _context, nested) => ({ attachments: { select: { policy: nested(true) } } }),
      resolve: (row) => policiesOf(row),
    }),
    inlinePolicies: t.relation('inlinePolicies', INLINE_POLICIES),
    permissionsBoundary: t.relation('boundary', PERMISSIONS_BOUNDARY),
    tags: t.field(TAGS),
  }),
});

export const UserConnection = tableConnection('User', User, { page: 'Users, a page at a time', entry: 'A user' });

/** A user that is known to exist, as a value of the schema; all but its ARN is loaded when it is asked for. */
export function userValue(arn: string): { arn: string } {
  return brand({ arn }, 'User');
}

/** The user that a mutation has changed; null: its caller may change it, but not read it. */
export async function readableUser(context: GatewayContext, arn: string): Promise<{ arn: string } | null> {
  return (await mayRead(context, 'User', arn)) ? userValue(arn) : null;
}
