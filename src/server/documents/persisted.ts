import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../../session/caller.ts';
import type { Refusal } from '../graphql-error.ts';
import { MAX_BATCHED_OPERATIONS } from '../limits.ts';
import { NO_TRUSTED, type TrustedDocuments } from './trusted.ts';

/** Why a request is not answered. A class: a body of a client can have any members. */
export class Unanswered {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    this.refusal = refusal;
  }
}

/** Characters of the documents that callers have registered, all together, and their number. */
const MOST_CHARACTERS = 2_000_000;
const MOST_DOCUMENTS = 5_000;
/** Characters of a document that is sent with its hash, which is computed in one piece. */
const MOST_HASHED = 500_000;

/**
 * The documents that requests name instead of sending them: those that the operator trusts, and, for callers with credentials, those that
 * they have sent before (automatic persisted queries). A document is registered under the hash of its text alone, so nobody can put
 * another one in its place.
 * https://www.apollographql.com/docs/apollo-server/performance/apq
 */
export class PersistedDocuments {
  readonly #trusted: TrustedDocuments;
  readonly #registered = new LRUCache<string, string>({
    max: MOST_DOCUMENTS,
    maxSize: MOST_CHARACTERS,
    sizeCalculation: (text) => text.length + 1,
  });

  constructor(trusted: TrustedDocuments = NO_TRUSTED) {
    this.#trusted = trusted;
  }

  /** Whether nothing else is answered to anybody but the operator. */
  get isOnly(): boolean {
    return this.#trusted.isOnly;
  }

  /** The body of a POST with the documents that it names, or why it is not answered. */
  resolve(caller: Caller, body: object): object | Unanswered {
    const isFree = !this.isOnly || caller.kind === 'operator';
    if (!Array.isArray(body)) return isFree && !namesDocument(body) ? body : this.#resolveOne(caller, body, isFree);
    if (isFree && !body.some((one) => typeof one === 'object' && one !== null && namesDocument(one))) return body;
    const resolved: object[] = [];
    for (const one of body.slice(0, MAX_BATCHED_OPERATIONS)) {
      const each = this.#resolveOne(caller, typeof one === 'object' && one !== null ? one : {}, isFree);
      if (each instanceof Unanswered) return each;
      resolved.push(each);
    }
    return resolved;
  }

  /** The address of a GET with the document that it names, or why it is not answered. */
  resolveAddress(caller: Caller, url: string): string | Unanswered {
    const isFree = !this.isOnly || caller.kind === 'operator';
    if (isFree && !/[?&](?:extensions|documentId)=/.test(url)) return url;
    const [path = '', search = ''] = url.split(/\?(.*)/s);
    const parameters = new URLSearchParams(search);
    const resolved = this.resolve(
      caller,
      Object.fromEntries([...parameters].map(([name, text]) => [name, readParameter(name, text)])),
    );
    if (resolved instanceof Unanswered) return resolved;
    const { query } = resolved as { readonly query?: unknown }; // as: an object
    if (typeof query === 'string') parameters.set('query', query);
    parameters.delete('documentId');
    parameters.delete('extensions');
    return `${path}?${parameters}`;
  }

  #resolveOne(caller: Caller, body: object, isFree: boolean): object | Unanswered {
    const { query, documentId, extensions, ...rest } = body as Readonly<Record<string, unknown>>; // as: an object
    const id = typeof documentId === 'string' ? documentId : hashIn(extensions);
    if (id === null) return isFree || this.#isTrusted(query) ? body : ONLY_TRUSTED;
    const text = this.#trusted.get(id);
    if (text !== undefined && (query == null || query === text)) return { query: text, ...rest };
    if (typeof documentId === 'string') return query == null ? UNKNOWN_DOCUMENT : TWO_DOCUMENTS;
    if (!isFree || caller.kind === 'anonymous') return NOT_SUPPORTED;
    return this.#automatic(id, query, rest);
  }

  /** Automatic persisted queries. */
  #automatic(hash: string, query: unknown, rest: object): object | Unanswered {
    if (query == null) {
      const known = this.#registered.get(hash);
      return known === undefined ? NOT_FOUND : { query: known, ...rest };
    }
    if (typeof query === 'string' && query.length > MOST_HASHED) return LONG_DOCUMENT;
    if (typeof query !== 'string' || hashOf(query) !== hash) return WRONG_HASH;
    this.#registered.set(hash, query);
    return { query, ...rest };
  }

  #isTrusted(query: unknown): boolean {
    return typeof query === 'string' && this.#trusted.has(query);
  }
}

function namesDocument(body: object): boolean {
  return 'documentId' in body || ('extensions' in body && hashIn(body.extensions) !== null);
}

/** Null: no document is named. */
function hashIn(extensions: unknown): string | null {
  if (typeof extensions !== 'object' || extensions === null || !('persistedQuery' in extensions)) return null;
  const { persistedQuery } = extensions;
  if (typeof persistedQuery !== 'object' || persistedQuery === null || !('sha256Hash' in persistedQuery)) return null;
  const { sha256Hash } = persistedQuery;
  return typeof sha256Hash === 'string' ? sha256Hash.toLowerCase() : null;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A parameter of an address: `extensions` are JSON. */
function readParameter(name: string, text: string): unknown {
  if (name !== 'extensions') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Clients know these messages: they send the text then, with the hash or without it. */
const NOT_FOUND = new Unanswered({ status: 200, code: 'PERSISTED_QUERY_NOT_FOUND', message: 'PersistedQueryNotFound' });
const NOT_SUPPORTED = new Unanswered({
  status: 200,
  code: 'PERSISTED_QUERY_NOT_SUPPORTED',
  message: 'PersistedQueryNotSupported',
});

const LONG_DOCUMENT = new Unanswered({
  status: 413,
  code: 'REQUEST_TOO_LARGE',
  message: `a document that is sent with its hash has at most ${MOST_HASHED} characters: send it without the hash`,
  extensions: { limit: MOST_HASHED },
});
const WRONG_HASH = new Unanswered({
  status: 400,
  code: 'BAD_REQUEST',
  message: '`sha256Hash` is not the SHA-256 of `query`',
});
const UNKNOWN_DOCUMENT = new Unanswered({
  status: 400,
  code: 'BAD_REQUEST',
  message: '`documentId` names no document that is trusted here',
});
const TWO_DOCUMENTS = new Unanswered({
  status: 400,
  code: 'BAD_REQUEST',
  message: '`documentId` and `query` name two documents',
});
const ONLY_TRUSTED = new Unanswered({
  status: 403,
  code: 'FORBIDDEN',
  message: 'only documents that the operator trusts are answered here: this one is none of them',
});
