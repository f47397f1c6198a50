import { GraphQLError } from 'graphql';
import { isWithinRepeated, MOST_CHARACTERS } from '../guard/repeated-text.ts';
import type { GatewayContext } from './context.ts';

/** Counts texts of policies and of gaps in an answer, and returns `value`. Throws QUERY_TOO_COMPLEX beyond the limit. */
export function countText<T extends string | readonly string[] | object | null>(
  { request }: Pick<GatewayContext, 'request'>,
  value: T,
): T {
  if (isWithinRepeated(request, value)) return value;
  throw new GraphQLError(
    `the answer would repeat more than ${MOST_CHARACTERS} characters of condition keys, Sids, statements and gaps: request fewer ` +
      'decisions at once, or fewer of these fields',
    { extensions: { code: 'QUERY_TOO_COMPLEX', limit: MOST_CHARACTERS } },
  );
}
