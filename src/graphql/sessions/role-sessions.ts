import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import { inState, type SessionFilter, type SessionState, whereOf } from '../../directory/stores/session-history.ts';
import { callersOwn } from '../../guard/own-session.ts';
import { mayRead } from '../../guard/readable.ts';
import { type RoleSessionFilter, visibleRoleSessions } from '../../guard/visible-role-sessions.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { CHAIN_COST } from '../cost.ts';
import { Role } from '../entities/role.ts';
import { TABLE_PAGE } from '../page.ts';
import { RoleSession, RoleSessionConnection, roleSessionValue } from './role-session.ts';
import { RoleSessionState } from './role-session-history.ts';

/** Newest first; sessions made at the same instant always have the same order. */
const NEWEST_FIRST = [{ issuedAt: 'desc' }, { id: 'desc' }] as const;

const STATE = 'Only sessions in this state. Left out: all';

builder.prismaObjectField(Role, 'sessions', (t) => {
  const field = t.relatedConnection(
    'sessions',
    {
      ...TABLE_PAGE,
      // Prisma would count the sessions of all roles.
      totalCount: false,
      cursor: 'id',
      nullable: true,
      description: 'Sessions of the role, live and ended, newest first. Needs iam:GetRole on the role',
      args: { state: t.arg({ type: RoleSessionState, description: STATE }) },
      query: ({ state }, { now }) => ({ where: inState(state, now), orderBy: [...NEWEST_FIRST] }),
    },
    RoleSessionConnection,
  );
  field.updateConfig((config) => {
    const { resolve } = config;
    if (resolve === undefined) return config;
    return {
      ...config,
      resolve: async (parent, args, context, info) => {
        const page: unknown = await resolve(parent, args, context, info);
        if (typeof page !== 'object' || page === null) return page;
        // as: the row has its ARN, and the arguments and the context are those of the field
        const [{ arn }, { state }] = [parent as { arn: string }, args as { state?: SessionState | null }];
        return Object.assign(page, { totalCount: () => countOfRole(context as GatewayContext, arn, state ?? null) });
      },
    };
  });
  return field;
});

/** The number of sessions of the role that has this ARN now. */
async function countOfRole(
  { directory, now }: GatewayContext,
  arn: string,
  state: SessionState | null,
): Promise<number> {
  const role = await directory.prisma.role.findUnique({ where: { arn }, select: { id: true } });
  return role === null ? 0 : directory.sessionHistory.count({ roleId: role.id }, state, now);
}

const RoleSessionFilterInput = builder.inputType('RoleSessionFilterInput', {
  description: 'Conditions on role sessions. A session must meet all that are given',
  fields: (t) => ({
    role: t.field({ type: 'Arn', description: 'Sessions of this role, even if it was deleted' }),
    assumedBy: t.field({ type: 'PrincipalId', description: 'Sessions made by this principal' }),
    accountId: t.field({ type: 'AccountId', description: 'Sessions of roles of this account' }),
    state: t.field({ type: RoleSessionState, description: STATE }),
  }),
});

/** The sessions of a filter that the caller may see: used for the page and for the count, computed once. */
const visible = createContextCache((context: GatewayContext) => {
  const known = new Map<unknown, Promise<SessionFilter>>();
  return (filter: RoleSessionFilter | null | undefined): Promise<SessionFilter> => {
    const sessions = known.get(filter) ?? visibleRoleSessions(context, filter ?? {});
    known.set(filter, sessions);
    return sessions;
  };
});

builder.queryField('roleSessions', (t) =>
  t.prismaConnection(
    {
      type: RoleSession,
      ...TABLE_PAGE,
      cursor: 'id',
      nullable: true,
      description:
        'Role sessions, live and ended, newest first: those of roles that the caller may read (iam:GetRole), and ' +
        'those that it has made itself. Other sessions are not counted',
      args: { filter: t.arg({ type: RoleSessionFilterInput, description: 'Which sessions to return. Left out: all' }) },
      totalCount: async (_root, { filter }, context) =>
        context.directory.sessionHistory.count(await visible(context)(filter), filter?.state ?? null, context.now),
      resolve: async (query, _root, { filter }, context) => {
        const where = whereOf(await visible(context)(filter), filter?.state ?? null, context.now);
        const rows = await context.directory.prisma.roleSession.findMany({
          ...(query as object), // as: the type of what is selected is too deep for the compiler to compare
          where,
          orderBy: [...NEWEST_FIRST],
        });
        return rows.map(callersOwn);
      },
    },
    RoleSessionConnection,
  ),
);

interface Link {
  readonly id: string;
  readonly arn: string;
  readonly parentId: string | null;
}

const links = createContextCache(
  (context: GatewayContext) =>
    new DataLoader<string, Link | null>(async (ids) => {
      const rows = await context.directory.prisma.roleSession.findMany({
        where: { id: { in: [...ids] } },
        select: { id: true, arn: true, parentId: true },
      });
      const found = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => found.get(id) ?? null);
    }),
);

builder.prismaObjectField(RoleSession, 'chain', (t) =>
  t.field({
    type: [RoleSession],
    nullable: true,
    description:
      'Chain of sessions that led to this one, which is the last; one entry if the role was not chained. Sessions ' +
      'that the caller may not read are left out',
    complexity: CHAIN_COST,
    select: { id: true, arn: true, parentId: true },
    resolve: async (row, _args, context) => {
      const chain = [row as Link];
      for (let at: Link | null = chain[0] ?? null; at?.parentId != null; ) {
        at = await links(context).load(at.parentId);
        if (at !== null) chain.unshift(at);
      }
      const readable = await Promise.all(
        chain.map(async (link) => link.id === row.id || mayRead(context, 'RoleSession', link.id)),
      );
      return chain.filter((_link, index) => readable[index] === true).map(roleSessionValue);
    },
  }),
);
