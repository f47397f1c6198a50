import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import { brand } from '../brand.ts';
import type { GatewayContext } from '../context.ts';

/** An account as a value of the schema if the directory holds it, otherwise null. All look-ups of a request are made together. */
export async function knownAccount(context: GatewayContext, id: string): Promise<{ readonly id: string } | null> {
  const row = await knownAccounts(context).load(id);
  return row === null ? null : brand({ ...row }, 'Account');
}

const knownAccounts = createContextCache(
  (context: GatewayContext) =>
    new DataLoader<string, { readonly id: string } | null>(async (ids) => {
      const rows = await context.directory.prisma.account.findMany({
        where: { id: { in: [...ids] } },
        select: { id: true },
      });
      const known = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => known.get(id) ?? null);
    }),
);
