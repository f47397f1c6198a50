import { type OwnSessions, type SessionFilter, whereOf } from '../directory/stores/session-history.ts';
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
 * The sessions of a list: those of `filter`, apart from its state, that the caller may see. It may see sessions of roles that it
 * may read (iam:GetRole) and those that it has made itself. This is decided for each role before the sessions are looked up, so
 * that a page needs one statement, and counts include only visible sessions. Throws InvalidInput if there are too many roles.
 */
export async function visibleRoleSessions(context: GuardContext, filter: RoleSessionFilter): Promise<SessionFilter> {
  const { caller } = context;
  const asked = await askedOf(context, filter);
  if (caller.kind === 'operator') return asked;
  if (caller.kind !== 'principal') return { ...asked, visible: { roles: [], own: null } };
  const [roles, own] = await Promise.all([readableRoles(context, caller, asked), ownSessions(context, caller)]);
  return { ...asked, visible: { roles, own } };
}

async function askedOf(
  context: GuardContext,
  { role, assumedBy, accountId }: RoleSessionFilter,
): Promise<SessionFilter> {
  const below = accountId == null ? [] : await rolesOf(context, [accountId]);
  return {
    ...(role != null && { role }),
    ...(assumedBy != null && { assumedBy: principalIdOf(assumedBy) }),
    ...(below[0] !== undefined && { rolesBelow: below[0] }),
  };
}

/** The beginning of the ARNs of all roles of each account, deleted ones included. */
async function rolesOf({ directory }: GuardContext, accountIds: readonly string[]): Promise<readonly string[]> {
  const accounts = await directory.prisma.account.findMany({
    where: { id: { in: [...accountIds] } },
    select: { id: true, partition: true },
  });
  const partitions = new Map(accounts.map(({ id, partition }) => [id, partition]));
  return accountIds.map((id) => `arn:${partitions.get(id) ?? 'aws'}:iam::${id}:role/`);
}

async function readableRoles(
  context: GuardContext,
  { ref }: PrincipalCaller,
  asked: SessionFilter,
): Promise<readonly string[]> {
  const accounts = await accountsWithin(context, ref);
  const roles = (await rolesAsked(context, [...accounts], asked)).filter((role) =>
    accounts.has(parseArn(role)?.accountId ?? ''),
  );
  if (roles.length > MAX_ROLES) {
    throw new InvalidInput(
      'filter',
      `\`filter\` selects sessions of more than ${MAX_ROLES} roles: name an account or a role`,
    );
  }
  const readable = await allOf(roles.map((role) => mayRead(context, 'Role', role)));
  return roles.filter((_role, index) => readable[index] === true);
}

/** Roles that sessions of the filter could be of: all that have sessions, and where these are too many, those that it selects. */
async function rolesAsked(
  context: GuardContext,
  accounts: readonly string[],
  asked: SessionFilter,
): Promise<readonly string[]> {
  const { role, assumedBy, rolesBelow } = asked;
  if (role !== undefined) return [role];
  if (accounts.length === 0) return [];
  const { directory, now } = context;
  const below = (await rolesOf(context, accounts)).filter((each) => rolesBelow === undefined || each === rolesBelow);
  const roles = await directory.sessionHistory.roles(below, MAX_ROLES + 1);
  if (roles.length <= MAX_ROLES || assumedBy === undefined) return roles;
  const rows = await directory.prisma.roleSession.groupBy({ by: ['roleArn'], where: whereOf(asked, null, now) });
  return rows.map(({ roleArn }) => roleArn);
}

/** The sessions that the caller has made, or calls with. An earlier user of the same name is a different user. */
async function ownSessions(context: GuardContext, { ref, session }: PrincipalCaller): Promise<OwnSessions | null> {
  if (session !== null) return { kind: 'in', sessionId: session.id };
  const assumedBy = principalIdOf(ref);
  if (ref.kind !== 'user') return { kind: 'by', assumedBy, userId: null };
  const userId = await idOfUser(context, ref);
  return userId === null ? null : { kind: 'by', assumedBy, userId };
}
