import { createHash } from 'node:crypto';
import { InvalidInput } from '../policy/errors.ts';
import { isList, type JsonObject, type JsonValue } from '../policy/json.ts';
import { memberOf, optional } from './entities.ts';

/** Most results of one page. A larger limit gives as many. */
export const MAX_RESULTS = 1000;
/** Longest token: it holds the ARN of an entry. */
const MAX_TOKEN = 8192;

/** The page of a search that a request asks for. */
export interface PageRequest {
  /** The key of the entry after which it begins; null: the first page. */
  readonly after: string | null;
  readonly limit: number;
  /** The token of the page that begins after the entry `key`. */
  readonly tokenAfter: (key: string) => string;
  /** Whether the request has a `page`: its answer then has one, too. */
  readonly given: boolean;
}

/**
 * Reads `page`. A token belongs to one search: `search` is everything else that the request asks, its path included. It names an
 * entry and not a position, so that it is good on every revision and at every gateway. Throws InvalidInput for a token that belongs to
 * another search or no search, and for another limit than that of the first page.
 */
export function readPage(body: JsonObject, search: object): PageRequest {
  const page = optional(body, 'page', 'page');
  const limit = readLimit(memberOf(page, 'limit'));
  const mark = createHash('sha256').update(canonical(search)).digest('base64url').slice(0, 16);
  const token = readToken(memberOf(page, 'token'), mark);
  if (token !== null && limit !== undefined && limit !== token.limit) {
    throw new InvalidInput('page.limit', '`page.limit` is not that of the search that the token continues');
  }
  const size = token?.limit ?? limit ?? MAX_RESULTS;
  return {
    after: token?.after ?? null,
    limit: Math.min(size, MAX_RESULTS),
    tokenAfter: (key) => Buffer.from(JSON.stringify([mark, size, key])).toString('base64url'),
    given: memberOf(body, 'page') !== undefined,
  };
}

/** The end of a page, for its answer. `next`: the key of its last entry, if there may be more; null: there are no more. */
export interface PageEnd {
  readonly next: string | null;
  /** Left out: it is not counted. */
  readonly total?: number;
}

/** What is to be known of the results. What is empty is left out of the answer. */
interface SearchContext {
  /** Why something is missing. */
  readonly reason?: string | undefined;
  /** What the directory does not know, and which subjects are not listed. */
  readonly gaps?: readonly string[];
  /** Places in the request of values that no condition key can have. */
  readonly ignored?: readonly string[];
}

export interface SearchAnswer<Result> {
  /** Left out: everything is in `results`, and the request has no `page`. */
  readonly page?: { readonly next_token: string; readonly count: number; readonly total?: number };
  /** Left out: there is nothing to say. */
  readonly context?: SearchContext;
  readonly results: readonly Result[];
}

export function searchAnswer<Result>(
  { given, tokenAfter }: PageRequest,
  results: readonly Result[],
  { next, total }: PageEnd,
  context: SearchContext = {},
): SearchAnswer<Result> {
  const page = {
    next_token: next === null ? '' : tokenAfter(next),
    count: results.length,
    ...(total === undefined ? {} : { total }),
  };
  const said = Object.fromEntries(Object.entries(context).filter(([, each]) => each !== undefined && each.length > 0));
  return {
    ...(given || next !== null ? { page } : {}),
    ...(Object.keys(said).length === 0 ? {} : { context: said }),
    results,
  };
}

/** The page of a complete list in the order of its keys. */
export function pageOfAll<Result>(
  page: PageRequest,
  all: readonly { readonly key: string; readonly result: Result }[],
  context: SearchContext = {},
): SearchAnswer<Result> {
  const { after, limit } = page;
  const rest = after === null ? all : all.filter(({ key }) => key > after);
  const part = rest.slice(0, limit);
  const next = part.length < rest.length ? (part.at(-1)?.key ?? after ?? '') : null;
  const results = part.map(({ result }) => result);
  return searchAnswer(page, results, { next, total: all.length }, context);
}

function readLimit(limit: JsonValue | undefined): number | undefined {
  if (limit === undefined) return undefined;
  if (typeof limit === 'number' && Number.isSafeInteger(limit) && limit >= 0) return limit;
  throw new InvalidInput('page.limit', '`page.limit` must be a whole number, 0 or more');
}

/** An empty token is that of the last page, which nothing follows: it is none. */
function readToken(
  token: JsonValue | undefined,
  mark: string,
): { readonly after: string; readonly limit: number } | null {
  if (token === undefined || token === '') return null;
  if (typeof token !== 'string') throw new InvalidInput('page.token', '`page.token` must be a string');
  const read = token.length > MAX_TOKEN ? null : parsed(Buffer.from(token, 'base64url').toString('utf8'));
  const [of, limit, after] = isList(read ?? undefined) ? (read as readonly JsonValue[]) : []; // as: isList says so
  if (typeof of !== 'string' || typeof limit !== 'number' || typeof after !== 'string' || after.includes('\0')) {
    throw new InvalidInput('page.token', '`page.token` is not a `next_token` of this decision point');
  }
  if (of !== mark || !Number.isSafeInteger(limit) || limit < 0) {
    throw new InvalidInput(
      'page.token',
      '`page.token` belongs to another search: only `page` may change between pages',
    );
  }
  return { after, limit };
}

function parsed(text: string): JsonValue | null {
  try {
    return JSON.parse(text) as JsonValue; // as: what JSON.parse returns
  } catch {
    return null;
  }
}

/** The same text for the same value of JSON, whatever the order of its members. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join(',')}}`;
}
