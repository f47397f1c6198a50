import { mayRead } from '../../guard/readable.ts';
import { brand } from '../brand.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { tableConnection } from '../table-connection.ts';
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

export const Role = builder.prismaNode('Role', {
  nullable: true,
  id: { resolve: (row) => row.arn },
  findUnique: (arn) => ({ arn }),
  select: { arn: true },
  interfaces: [Principal],
  description:
    'A set of permissions that belongs to nobody: whoever its trust policy and their own permissions let assume it gives up ' +
    'the own permissions and holds the role’s. As a principal it means a session of the role whose name is not known. What is more than its ARN, name, ' +
    'path and account takes iam:GetRole (all but tags and boundary also iam:ListRoles), iam:ListAttachedRolePolicies or ' +
    'iam:ListRolePolicies on it',
  fields: (t) => ({
    arn: t.field(ARN),
    uniqueId: t.exposeString('id', {
      nullable: true,
      description: `AROA…. ${UNIQUE_ID_OUTLIVES}`,
    }),
    name: t.string(NAME),
    path: t.string(PATH),
    account: t.field(ACCOUNT),
    createdAt: t.expose('createdAt', CREATED_AT),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What it is for; null when nobody said',
    }),
    trustPolicy: t.field({
      type: 'PolicyDocument',
      nullable: true,
      description: 'Who may assume it',
      select: { trustPolicy: { select: { text: true } } },
      resolve: (row) => row.trustPolicy.text,
    }),
    maxSessionDuration: t.exposeInt('maxSessionDuration', {
      description: 'Longest time a session of it can be asked to last, in seconds: 3,600 to 43,200',
    }),
    attachedPolicies: t.field({
      ...ATTACHED_POLICIES,
      select: (_args, _context, nested) => ({ attachments: { select: { policy: nested(true) } } }),
      resolve: (row) => policiesOf(row),
    }),
    inlinePolicies: t.relation('inlinePolicies', INLINE_POLICIES),
    permissionsBoundary: t.relation('boundary', PERMISSIONS_BOUNDARY),
    tags: t.field(TAGS),
  }),
});

export const RoleConnection = tableConnection('Role', Role, { page: 'Roles, a page at a time', entry: 'A role' });

/** A role that is known to exist, as a value of the schema; all but its ARN is loaded when it is asked for. */
export function roleValue(arn: string): { arn: string } {
  return brand({ arn }, 'Role');
}

/** The role that a mutation has changed; null: its caller may change it, but not read it. */
export async function readableRole(context: GatewayContext, arn: string): Promise<{ arn: string } | null> {
  return (await mayRead(context, 'Role', arn)) ? roleValue(arn) : null;
}
