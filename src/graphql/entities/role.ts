import { mayRead } from '../../guard/readable.ts';
import { brand } from '../brand.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { tableConnection } from '../table-connection.ts';
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

export const Role = builder.prismaNode('Role', {
  nullable: true,
  id: { resolve: (row) => row.arn },
  findUnique: (arn) => ({ arn }),
  select: { arn: true },
  interfaces: [Principal, IamIdentity],
  description:
    'A set of permissions that principals can assume, if the trust policy and their own permissions allow it. ' +
    'Whoever assumes a role gives up their own permissions and gets those of the role. As a principal, a role means ' +
    'a session of it whose name is not known. Fields other than ARN, name, path and account need iam:GetRole (for ' +
    'all but tags and boundary, iam:ListRoles is enough, too), iam:ListAttachedRolePolicies or iam:ListRolePolicies ' +
    'on the role',
  fields: (t) => ({
    arn: t.field(ARN),
    uniqueId: t.exposeString('id', {
      nullable: true,
      description: `Unique id of the role, AROA…. ${UNIQUE_ID_OUTLIVES}`,
    }),
    name: t.string(NAME),
    path: t.string(PATH),
    account: t.field(ACCOUNT),
    createdAt: t.expose('createdAt', CREATED_AT),
    description: t.exposeString('description', {
      nullable: true,
      description: 'Description of the role; null if there is none',
    }),
    trustPolicy: t.field({
      type: 'PolicyDocument',
      nullable: true,
      description: 'The trust policy: who may assume the role',
      select: { trustPolicy: { select: { text: true } } },
      resolve: (row) => row.trustPolicy.text,
    }),
    maxSessionDuration: t.exposeInt('maxSessionDuration', {
      description: 'Maximum duration of its sessions, in seconds: 3,600 to 43,200',
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

export const RoleConnection = tableConnection('Role', Role, { page: 'A page of roles', entry: 'A role' });

/** A role that is known to exist, as a value of the schema; all fields but its ARN are loaded when they are selected. */
export function roleValue(arn: string): { arn: string } {
  return brand({ arn }, 'Role');
}

/** The role that a mutation has changed; null: the caller may change it, but not read it. */
export async function readableRole(context: GatewayContext, arn: string): Promise<{ arn: string } | null> {
  return (await mayRead(context, 'Role', arn)) ? roleValue(arn) : null;
}
