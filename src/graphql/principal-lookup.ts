import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import type { PrincipalRef } from '../policy/principal-id.ts';
import type { GatewayContext } from './context.ts';
import { type PrincipalParent, principalValue } from './principal.ts';
import { roleValue } from './role.ts';
import { roleSessionValue } from './role-session.ts';

type SessionRef = Extract<PrincipalRef, { kind: 'roleSession' }>;

/**
 * The value behind the interface for a principal that decisions were made about. Only role sessions are looked up, all of
 * a request together: several can have the same ARN, and one that is only asked about is in no table.
 */
export function findPrincipal(context: GatewayContext, ref: PrincipalRef): PrincipalParent | Promise<PrincipalParent> {
  if (ref.kind !== 'roleSession') return principalValue(ref);
  const { caller } = context;
  const own = caller.kind === 'principal' ? caller.session : null;
  if (own !== null && own.arn === ref.arn) return roleSessionValue(own);
  return sessionLoader(context).load(ref);
}

const sessionLoader = createContextCache(
  (context: GatewayContext) =>
    new DataLoader<SessionRef, PrincipalParent, string>((refs) => loadSessions(context, refs), {
      cacheKeyFn: (ref) => ref.arn,
    }),
);

/** The newest stored session of each ARN, else the role that it would be a session of. */
async function loadSessions(
  { directory: { prisma } }: GatewayContext,
  refs: readonly SessionRef[],
): Promise<(PrincipalParent | Error)[]> {
  const stored = await prisma.roleSession.findMany({
    where: { arn: { in: refs.map((ref) => ref.arn) } },
    orderBy: { issuedAt: 'asc' },
    select: { id: true, arn: true },
  });
  const sessions = new Map(stored.map((session) => [session.arn, session]));
  const missing = refs.filter((ref) => !sessions.has(ref.arn));
  const roles = missing.length === 0 ? new Map<string, string>() : await rolesByName(prisma, missing);
  return refs.map((ref) => {
    const session = sessions.get(ref.arn);
    if (session !== undefined) return roleSessionValue(session);
    const role = roles.get(`${ref.accountId} ${ref.roleName}`);
    return role === undefined ? new Error(`no role of the session ${ref.arn}`) : roleValue(role);
  });
}

async function rolesByName(
  prisma: GatewayContext['directory']['prisma'],
  refs: readonly SessionRef[],
): Promise<Map<string, string>> {
  const rows = await prisma.role.findMany({
    where: { OR: refs.map(({ accountId, roleName }) => ({ accountId, name: roleName })) },
    select: { arn: true, accountId: true, name: true },
  });
  return new Map(rows.map((row) => [`${row.accountId} ${row.name}`, row.arn]));
}
