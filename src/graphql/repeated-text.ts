import { GraphQLError } from 'graphql';
import type { GatewayContext } from './context.ts';

/**
 * Characters of condition keys, Sids and statements that the answers to one HTTP request contain at most: each decision of a
 * batch repeats those of its policies, which can be thousands of characters long. IAM's own door has the same limit.
 */
const MOST_CHARACTERS = 10_000_000;

/** Characters so far, by HTTP request. */
const repeated = new WeakMap<object, number>();
const lengths = new WeakMap<object, number>();

/** Counts texts of policies in an answer, and returns `value`. Throws QUERY_TOO_COMPLEX beyond the limit. */
export function countText<T extends string | readonly string[] | object | null>(
  { request }: Pick<GatewayContext, 'request'>,
  value: T,
): T {
  const characters = (repeated.get(request) ?? 0) + lengthOf(value);
  if (characters > MOST_CHARACTERS) {
    throw new GraphQLError(
      `the answer would repeat more than ${MOST_CHARACTERS} characters of condition keys, Sids and statements: request fewer ` +
        'decisions at once, or fewer of these fields',
      { extensions: { code: 'QUERY_TOO_COMPLEX', limit: MOST_CHARACTERS } },
    );
  }
  repeated.set(request, characters);
  return value;
}

function lengthOf(value: string | readonly string[] | object | null): number {
  if (value === null) return 0;
  if (typeof value === 'string') return value.length;
  if (isTexts(value)) return value.reduce((sum, { length }) => sum + length, 0);
  // Decisions of one batch share the statements of their policies.
  const known = lengths.get(value);
  if (known !== undefined) return known;
  const { length } = JSON.stringify(value);
  lengths.set(value, length);
  return length;
}

function isTexts(value: object): value is readonly string[] {
  return Array.isArray(value);
}
