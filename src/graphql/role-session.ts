import { parsePrincipalRef } from '../policy/principal-id.ts';
import { brand } from './brand.ts';
import { builder } from './builder.ts';
import { Principal, type PrincipalParent, principalValue } from './principal.ts';
import { Role } from './role.ts';
import { TagType, tagList } from './tag.ts';

export const RoleSession = builder.prismaNode('RoleSession', {
  nullable: true,
  id: { field: 'id' },
  select: { id: true, arn: true },
  interfaces: [Principal],
  description: 'A live or ended use of a role by somebody. Who holds it has the role’s permissions and not its own',
  fields: (t) => ({
    arn: t.field({
      type: 'Arn',
      description: 'arn:aws:sts::111111111111:assumed-role/RoleName/session-name. Several sessions can have the same',
      resolve: (row) => row.arn,
    }),
    role: t.relation('role', { type: Role, description: 'The role it holds the permissions of' }),
    roleSessionName: t.exposeString('roleSessionName', {
      description: 'The name it was given by who assumed the role',
    }),
    assumedBy: t.field({
      type: Principal,
      description: 'Who assumed the role: a user, a service, or, for a chained role, another role session',
      select: { assumedBy: true, parentId: true },
      resolve: (row) => assumer(row.assumedBy, row.parentId),
    }),
    sourceIdentity: t.exposeString('sourceIdentity', {
      nullable: true,
      description: 'The identity that was named when the role was assumed and stays through role chaining; null: none',
    }),
    tags: t.field({
      type: [TagType],
      description: 'Session tags, inherited ones included, in the order of their keys',
      select: { tags: true },
      resolve: (row) => tagList(row.tags),
    }),
    issuedAt: t.expose('issuedAt', { type: 'DateTime', description: 'When the role was assumed' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it ends by itself' }),
    endedAt: t.expose('endedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was left or revoked; null while nobody did so, also when it has expired',
    }),
  }),
});

/** Who assumed a role, as a value of the schema. For a chained role: the session it was chained from, by its id. */
export function assumer(assumedBy: string, parentId: string | null): PrincipalParent {
  const ref = parsePrincipalRef(assumedBy);
  if (ref === null) throw new Error(`a role session was assumed by \`${assumedBy}\`, which is no principal`);
  return ref.kind === 'roleSession' ? roleSessionValue({ id: parentId ?? '', arn: ref.arn }) : principalValue(ref);
}

/** A stored session as a value of the schema; all but its id and ARN is loaded when it is asked for. */
export function roleSessionValue(session: { readonly id: string; readonly arn: string }): { id: string; arn: string } {
  return brand({ id: session.id, arn: session.arn }, 'RoleSession');
}
