import type { Gateway } from './gateway.ts';

/** The role sessions of a role as they are kept, live and ended ones, the latest first. Left out: those of all roles. */
export function keptSessions({ directory }: Gateway, roleArn?: string) {
  return directory.prisma.roleSession.findMany({
    where: roleArn === undefined ? {} : { roleArn },
    orderBy: [{ issuedAt: 'desc' }, { id: 'desc' }],
  });
}
