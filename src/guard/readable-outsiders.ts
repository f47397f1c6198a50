import type { Outsider } from '../access/outsiders.ts';
import type { GuardContext } from './context.ts';
import { eachInTurns } from './each-in-turns.ts';
import { andThen, type MaybePromise } from './maybe-promise.ts';
import { readableStatements } from './readable-policy.ts';

/** The outsiders with at least one statement that lets them in and that the caller may read. */
export async function readableOutsiders(
  context: GuardContext,
  outsiders: readonly Outsider[],
): Promise<readonly Outsider[]> {
  const readable = await eachInTurns(context, outsiders, (one): MaybePromise<Outsider> => {
    return andThen(readableStatements(context, one.statements), (statements) => ({ ...one, statements }));
  });
  return readable.filter(({ statements }) => statements.length > 0);
}
