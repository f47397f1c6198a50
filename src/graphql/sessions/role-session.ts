import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import type { Subject } from '../../access/question.ts';
import { callersOwn } from '../../guard/own-session.ts';
import { RolegateError } from '../../policy/errors.ts';
import { parsePrincipalRef } from '../../policy/principal-id.ts';
import { brand } from '../brand.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { ASSUMER_COST } from '../cost.ts';
import { Principal, type PrincipalParent, principalValue } from '../entities/principal.ts';
import { Role } from '../entities/role.ts';
import { ACCOUNT, ARN, NAME, TAGS } from '../entities/shared-fields.ts';
import { tableConnection } from '../table-connection.ts';

export const RoleSession = builder.prismaNode('RoleSession', {
  nullable: true,
  id: { resolve: idOf },
  findUnique: (id) => ({ id }),
  select: { id: true, arn: true },
  interfaces: [Principal],
  description:
    'A live or ended use of a role by somebody. Who holds it has the role’s permissions and not its own. What is more than its ' +
    'ARN takes holding it, or iam:GetRole on its role',
  fields: (t) => ({
    arn: t.field({
      ...ARN,
      description: 'arn:aws:sts::111111111111:assumed-role/RoleName/session-name. Several sessions can have the same',
    }),
    name: t.string({ ...NAME, description: 'The name of the session, which its ARN ends with' }),
    account: t.field({ ...ACCOUNT, description: 'The account of its role' }),
    role: t.field({
      type: Role,
      description: 'The role it holds the permissions of',
      select: (_args, _context, nested) => ({ role: nested(true) }),
      resolve: (row, _args, context) => {
        if (row.role === null) throw new RolegateError('NOT_FOUND', 'the role of this session was deleted');
        return ownSessionIds(context).has(row.id) ? callersOwn(row.role) : row.role;
      },
    }),
    roleArn: t.expose('roleArn', {
      type: 'Arn',
      nullable: true,
      description:
        'The ARN that the role had when it was assumed; it stays when the role is deleted, where `role` is an error',
    }),
    roleSessionName: t.exposeString('roleSessionName', {
      description: 'The name it was given by who assumed the role',
    }),
    assumedBy: t.field({
      type: Principal,
      description:
        'Who assumed the role: a user, a service, or, for a chained role, another role session; with a web identity ' +
        '`anonymous`, and `federatedProvider` and `federatedSubject` say who',
      complexity: ASSUMER_COST,
      select: { assumedBy: true, parentId: true },
      resolve: (row) => assumer(row.assumedBy, row.parentId),
    }),
    sourceIdentity: t.exposeString('sourceIdentity', {
      nullable: true,
      description: 'The identity that was named when the role was assumed and stays through role chaining; null: none',
    }),
    tags: t.field({
      ...TAGS,
      description: 'Session tags, inherited ones included, in the order of their keys',
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

export const RoleSessionConnection = tableConnection('RoleSession', RoleSession, {
  page: 'Role sessions, a page at a time',
  entry: 'A role session',
});

/**
 * A role session as a value of the schema. All but its ARN is loaded when it is asked for. `id` null: the newest session
 * with this ARN; there need be none, for sessions can be asked about that nobody holds.
 */
export function roleSessionValue(session: { readonly id: string | null; readonly arn: string }): RoleSessionRow {
  return brand({ id: session.id ?? UNKNOWN_ID, arn: session.arn }, 'RoleSession');
}

/** Those that the caller has made or ended in this operation: rows are read anew, and told apart by their ids. */
const ownSessionIds = createContextCache((_context: GatewayContext) => new Set<string>());

/** A role session that the caller has just made or ended, as a value of the schema: it may read it, whoever it is by then. */
export function ownRoleSession(context: GatewayContext, session: RoleSessionRow): RoleSessionRow {
  ownSessionIds(context).add(session.id);
  return callersOwn(roleSessionValue(session));
}

/** The principal of a question as a value of the schema. Asks nothing of the directory, which need not know it. */
export function principalOf({ principal, heldSession }: Pick<Subject, 'principal' | 'heldSession'>): PrincipalParent {
  if (heldSession != null) return roleSessionValue(heldSession);
  return principal.kind === 'roleSession'
    ? roleSessionValue({ id: null, arn: principal.arn })
    : principalValue(principal);
}

/** Who assumed a role, as a value of the schema. For a chained role: the session it was chained from, by its id. */
export function assumer(assumedBy: string, parentId: string | null): PrincipalParent {
  const ref = parsePrincipalRef(assumedBy);
  if (ref === null) throw new Error(`a role session was assumed by \`${assumedBy}\`, which is no principal`);
  return ref.kind === 'roleSession' ? roleSessionValue({ id: parentId, arn: ref.arn }) : principalValue(ref);
}

interface RoleSessionRow {
  readonly id: string;
  readonly arn: string;
}

/** No session's id: it is looked up by the ARN. */
const UNKNOWN_ID = '';

async function idOf(row: RoleSessionRow, context: GatewayContext): Promise<string> {
  if (row.id !== UNKNOWN_ID) return row.id;
  const id = await newestSessionId(context, row.arn);
  if (id === null) throw new RolegateError('NOT_FOUND', `nobody has held the role session \`${row.arn}\``);
  return id;
}

/** The id of the newest session with this ARN; null: nobody has held one. All of a request are looked up together. */
export function newestSessionId(context: GatewayContext, arn: string): Promise<string | null> {
  return newestSessionIds(context).load(arn);
}

const newestSessionIds = createContextCache(
  (context: GatewayContext) =>
    new DataLoader<string, string | null>(async (arns) => {
      const rows = await context.directory.prisma.roleSession.findMany({
        where: { arn: { in: [...arns] } },
        orderBy: { issuedAt: 'asc' },
        select: { id: true, arn: true },
      });
      const ids = new Map(rows.map((row) => [row.arn, row.id]));
      return arns.map((arn) => ids.get(arn) ?? null);
    }),
);
