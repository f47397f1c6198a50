import { percentEncoded } from '../wire/percent-encoded.ts';
import type { SignedRequest } from './signed-request.ts';

/** How a path is made canonical: of all services but S3, `.`, `..` and empty segments are removed. */
export interface CanonicalOptions {
  readonly normalizePath: boolean;
}

/**
 * The canonical request that a client signs. `leftOut`: the parameter of the query that cannot be signed, since it holds the
 * signature; null: none. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function canonicalRequest(
  { method, path, query, headers }: SignedRequest,
  signedHeaders: readonly string[],
  payloadHash: string,
  leftOut: string | null,
  { normalizePath }: CanonicalOptions = { normalizePath: true },
): string {
  const lines = signedHeaders.map((name) => `${name}:${canonicalValue(headers.get(name) ?? [])}\n`);
  return [
    method,
    canonicalPath(path, normalizePath),
    canonicalQuery(query, leftOut),
    lines.join(''),
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
}

function canonicalValue(values: readonly string[]): string {
  return values.map((value) => value.trim().replace(/\s+/g, ' ')).join(',');
}

/** Each segment as sent is encoded once more. */
function canonicalPath(path: string, normalize: boolean): string {
  const segments = normalize ? withoutDots(path) : path;
  return segments
    .split('/')
    .map((segment) => percentEncoded(segment))
    .join('/');
}

function withoutDots(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '.' && segment !== '') kept.push(segment);
  }
  const end = /\/\.{0,2}$/.test(path) && kept.length > 0 ? '/' : '';
  return `/${kept.join('/')}${end}`;
}

/** Sorted by name and then by value: sorted as whole texts, `a=` and `a1=` would change places. */
function canonicalQuery(query: string, leftOut: string | null): string {
  const pairs = queryPairs(query)
    .filter(([name]) => name !== leftOut)
    .map(([name, value]) => [percentEncoded(name), percentEncoded(value)] as const);
  pairs.sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB));
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

/** By code unit: encoded texts are ASCII. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Names and values of a query, decoded. A `+` is itself: signers write a space as `%20`. */
export function queryPairs(query: string): readonly (readonly [string, string])[] {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=');
      const [name, value] = at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
      return [decoded(name), decoded(value)] as const;
    });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
