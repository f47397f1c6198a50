import type { Outsider } from '../access/outsiders.ts';
import type { GuardContext } from './context.ts';
import { readableStatements } from './readable-policy.ts';

/** The outsiders with at least one statement that lets them in and that the caller may read. */
export async function readableOutsiders(
  context: GuardContext,
  outsiders: readonly Outsider[],
): Promise<readonly Outsider[]> {
  const readable = await Promise.all(
    outsiders.map(async (one): Promise<Outsider> => {
      const statements = await readableStatements(context, one.statements);
      return { ...one, statements };
    }),
  );
  return readable.filter(({ statements }) => statements.length > 0);
}
