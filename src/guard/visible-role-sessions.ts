import type { RoleSessionWhere } from '../directory/read-model.ts';
import { parseArn } from '../policy/arn.ts';
import { InvalidInput } from '../policy/errors.ts';
import { type PrincipalRef, principalIdOf } from '../policy/principal-id.ts';
import type { PrincipalCaller } from '../session/caller.ts';
import type { GuardContext } from './context.ts';
import { allOf } from './maybe-promise.ts';
import { idOfUser, mayRead } from './readable.ts';
import { accountsWithin } from './visible-accounts.ts';

export interface RoleSessionFilter {
  readonly role?: string | null | undefined;
  readonly assumedBy?: PrincipalRef | null | undefined;
  readonly accountId?: string | null | undefined;
  readonly state?: 'LIVE' | 'ENDED' | null | undefined;
}

/** The greatest number of roles in one list of sessions. */
const MAX_ROLES = 10_000;

/**
 * The sessions of a list: those of `filter` that the caller may see. It may see sessions of roles that it may read
 * (iam:GetRole) and those that it has made itself. This is decided for each role before the sessions are looked up, so that
 * a page needs one statement, and counts include only visible sessions. Throws InvalidInput if there are too many roles.
 */
export async function visibleRoleSessions(context: GuardContext, filter: RoleSessionFilter): Promise<RoleSessionWhere> {
  const { caller } = context;
  const asked = await whereOf(context, filter);
  if (caller.kind === 'operator') return asked;
  if (caller.kind !== 'principal') return { id: { in: [] } };
  const [roles, own] = await Promise.all([readableRoles(context, caller, asked), ownSessions(context, caller)]);
  return { AND: [asked, { OR: [{ roleArn: { in: roles } }, own] }] };
}

/** Sessions that are in a state at `now`. */
export function inState(state: 'LIVE' | 'ENDED' | null | undefined, now: number): RoleSessionWhere {
  if (state == null) return {};
  const live: RoleSessionWhere = { endedAt: null, roleId: { not: null }, expiresAt: { gt: new Date(now) } };
  return state === 'LIVE' ? live : { NOT: live };
}

async function whereOf(context: GuardContext, filter: RoleSessionFilter): Promise<RoleSessionWhere> {
  const { role, assumedBy, accountId, state } = filter;
  return {
    AND: [
      inState(state, context.now),
      role == null ? {} : { roleArn: role },
      assumedBy == null ? {} : { assumedBy: principalIdOf(assumedBy) },
      accountId == null ? {} : { roleArn: { startsWith: await rolesOf(context, accountId) } },
    ],
  };
}

/** The beginning of the ARNs of all roles of an account, deleted ones included. */
async function rolesOf({ directory }: GuardContext, accountId: string): Promise<string> {
  const account = await directory.prisma.account.findUnique({
    where: { id: accountId },
    select: { partition: true },
  });
  return `arn:${account?.partition ?? 'aws'}:iam::${accountId}:role/`;
}

async function readableRoles(
  context: GuardContext,
  { ref }: PrincipalCaller,
  asked: RoleSessionWhere,
): Promise<string[]> {
  const accounts = await accountsWithin(context, ref);
  const [only] = accounts;
  if (only === undefined) return [];
  const within: RoleSessionWhere = accounts.size === 1 ? { roleArn: { startsWith: await rolesOf(context, only) } } : {};
  const rows = await context.directory.prisma.roleSession.groupBy({
    by: ['roleArn'],
    where: { AND: [asked, within] },
  });
  const roles = rows
    .map(({ roleArn }) => roleArn)
    .filter((roleArn) => accounts.has(parseArn(roleArn)?.accountId ?? ''));
  if (roles.length > MAX_ROLES) {
    throw new InvalidInput(
      'filter',
      `\`filter\` selects sessions of ${roles.length} roles; at most ${MAX_ROLES} are allowed: name an account or a ` +
        'role',
    );
  }
  const readable = await allOf(roles.map((role) => mayRead(context, 'Role', role)));
  return roles.filter((_role, index) => readable[index] === true);
}

/** The sessions that the caller has made, or calls with. An earlier user of the same name is a different user. */
async function ownSessions(context: GuardContext, { ref, session }: PrincipalCaller): Promise<RoleSessionWhere> {
  if (session !== null) return { OR: [{ id: session.id }, { parentId: session.id }] };
  if (ref.kind !== 'user') return { assumedBy: principalIdOf(ref) };
  // A user may have been renamed since.
  const assumedById = await idOfUser(context, ref);
  return assumedById === null ? { id: { in: [] } } : { assumedById };
}
