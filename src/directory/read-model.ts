import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { type Prisma, PrismaClient } from '../generated/prisma/client.ts';
import { withPlaces } from './page-place.ts';
import { directoryError } from './prisma/unavailable.ts';

const READS: ReadonlySet<string> = new Set([
  'findUnique',
  'findUniqueOrThrow',
  'findFirst',
  'findFirstOrThrow',
  'findMany',
  'count',
  'aggregate',
  'groupBy',
]);

/**
 * Prisma's client for reading. Every other operation throws: a write that bypasses the directory would not raise the
 * revision, and what is kept in memory would be wrong from then on.
 */
export function createReadModel(adapter: SqlDriverAdapterFactory) {
  return new PrismaClient({ adapter }).$extends({
    name: 'read-only',
    query: {
      $allOperations: async ({ operation, args, query }) => {
        if (!READS.has(operation)) throw new Error(`the read model refuses \`${operation}\``);
        try {
          // as: the same arguments, but for the place of a page
          return await query(withPlaces(args) as typeof args);
        } catch (error) {
          throw directoryError(error);
        }
      },
    },
  });
}

/** The client that the schema's entities are read from. */
export type ReadModel = ReturnType<typeof createReadModel>;

/** Reads nothing, in two ways: what reading needs is compiled when it is first used. */
export async function readSome({ account, user }: ReadModel): Promise<void> {
  await account.findUnique({ where: { id: '' }, include: { organization: true } });
  // A page with what is nested in it needs more of the compiler.
  await user.findMany({
    where: { accountId: '', arn: { in: [''] } },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: 1,
    include: {
      account: true,
      inlinePolicies: { take: 1, orderBy: { name: 'asc' } },
      memberships: { include: { group: { include: { attachments: { include: { policy: true } } } } } },
    },
  });
}

/** Which role sessions are meant, for the read model. */
export type RoleSessionWhere = Prisma.RoleSessionWhereInput;
