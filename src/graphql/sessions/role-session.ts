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
    'A live or ended session of a role. Its holder has the permissions of the role, and not its own. Fields other ' +
    'than its ARN can be read by its holder and by whoever assumed the role; others need iam:GetRole on its role',
  fields: (t) => ({
    arn: t.field({
      ...ARN,
      description:
        'ARN of the session: arn:aws:sts::111111111111:assumed-role/RoleName/session-name. Several sessions can have ' +
        'the same ARN',
    }),
    name: t.string({ ...NAME, description: 'Name of the session, with which its ARN ends' }),
    account: t.field({ ...ACCOUNT, description: 'The account of the role' }),
    role: t.field({
      type: Role,
      description: 'The role whose permissions the session has',
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
        'ARN of the role when it was assumed. It remains after the role is deleted, when `role` is null with an error',
    }),
    roleSessionName: t.exposeString('roleSessionName', {
      description: 'Name of the session, given when the role was assumed',
    }),
    assumedBy: t.field({
      type: Principal,
      description:
        'The principal that assumed the role: a user, a service, or, for a chained role, another role session; with ' +
        'a web identity `anonymous`, and `federatedProvider` and `federatedSubject` name the identity',
      complexity: ASSUMER_COST,
      select: { id: true, assumedBy: true, parentId: true },
      resolve: ({ id, assumedBy, parentId }, _args, context) => {
        // The credentials of a session just made come with its answer: they must not be lost because a field of a session
        // that it was chained from is refused.
        const isOwn = parentId !== null && ownSessionIds(context).has(id);
        return isOwn ? ownRoleSession(context, { id: parentId, arn: assumedBy }) : assumer(assumedBy, parentId);
      },
    }),
    sourceIdentity: t.exposeString('sourceIdentity', {
      nullable: true,
      description: 'The source identity given when the role was assumed; role chaining keeps it. Null: none',
    }),
    tags: t.field({
      ...TAGS,
      description: 'Session tags, inherited ones included, in the order of their keys',
    }),
    issuedAt: t.expose('issuedAt', { type: 'DateTime', description: 'When the role was assumed' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When the session expires' }),
    endedAt: t.expose('endedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the session was left or revoked; null if it was not, even after it has expired',
    }),
  }),
});

export const RoleSessionConnection = tableConnection('RoleSession', RoleSession, {
  page: 'A page of role sessions',
  entry: 'A role session',
});

/**
 * A role session as a value of the schema. All fields but its ARN are loaded when they are selected. `id` null: the newest
 * session with this ARN; it need not exist, because questions can be about sessions that nobody holds.
 */
export function roleSessionValue(session: { readonly id: string | null; readonly arn: string }): RoleSessionRow {
  return brand({ id: session.id ?? UNKNOWN_ID, arn: session.arn }, 'RoleSession');
}

/** Ids of sessions that the caller has made or ended in this operation, and of those that they were chained from: rows are read anew, and identified by their ids. */
const ownSessionIds = createContextCache((_context: GatewayContext) => new Set<string>());

/**
 * A session that the caller has just made or ended, as a value of the schema. The caller may read it, even as somebody
 * else.
 */
export function ownRoleSession(context: GatewayContext, session: RoleSessionRow): RoleSessionRow {
  ownSessionIds(context).add(session.id);
  return callersOwn(roleSessionValue(session));
}

/**
 * The principal of a question as a value of the schema. It does not read the directory, which need not hold the
 * principal.
 */
export function principalOf({ principal, heldSession }: Pick<Subject, 'principal' | 'heldSession'>): PrincipalParent {
  if (heldSession != null) return roleSessionValue(heldSession);
  return principal.kind === 'roleSession'
    ? roleSessionValue({ id: null, arn: principal.arn })
    : principalValue(principal);
}

/**
 * The principal that assumed a role, as a value of the schema. For a chained role: the session it was chained from, by
 * its id.
 */
export function assumer(assumedBy: string, parentId: string | null): PrincipalParent {
  const ref = parsePrincipalRef(assumedBy);
  if (ref === null) throw new Error(`a role session was assumed by \`${assumedBy}\`, which is not a principal`);
  return ref.kind === 'roleSession' ? roleSessionValue({ id: parentId, arn: ref.arn }) : principalValue(ref);
}

interface RoleSessionRow {
  readonly id: string;
  readonly arn: string;
}

/** Replaces an unknown session id: the session is looked up by its ARN. */
const UNKNOWN_ID = '';

async function idOf(row: RoleSessionRow, context: GatewayContext): Promise<string> {
  if (row.id !== UNKNOWN_ID) return row.id;
  const id = await newestSessionId(context, row.arn);
  if (id === null) throw new RolegateError('NOT_FOUND', `nobody has held the role session \`${row.arn}\``);
  return id;
}

/** The id of the newest session with this ARN; null: there is none. All look-ups of a request are made together. */
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
