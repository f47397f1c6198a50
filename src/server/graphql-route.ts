import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { RequestFacts } from '../graphql/context.ts';
import type { Caller } from '../session/caller.ts';
import type { Admit } from './admission.ts';
import {
  BodyIncomplete,
  BodyTooLarge,
  joined,
  joinedInSteps,
  readChunks,
  refuseUnread,
  sendContinue,
  sizeOf,
  tooLarge,
} from './body.ts';
import { ENCODED, isEncoded, MULTIPART, mediaTypeOf } from './content-type.ts';
import { type PersistedDocuments, Unanswered } from './documents/persisted.ts';
import { type Exchange, type GraphqlListener, setGraphqlHeaders } from './exchange.ts';
import type { Refusal } from './graphql-error.ts';
import { ComplexJson, isSparse, jsonSteps, NotJson, PIECE, parsePiece } from './json-steps.ts';
import { ANONYMOUS_DOCUMENT, bodyLimitOf, MAX_BATCHED_OPERATIONS } from './limits.ts';
import { keepingLongTexts } from './long-texts.ts';
import { headOfMessage } from './request-head.ts';
import { serveUpload, type UploadPlace } from './uploads/upload-route.ts';
import { collectBefore } from './young-garbage.ts';

export interface GraphqlRoute {
  readonly admit: Admit;
  readonly answer: GraphqlListener;
  /** What requests may name instead of sending it; left out: nothing. */
  readonly documents?: PersistedDocuments;
  /** Null: multipart requests are refused. */
  readonly uploads: UploadPlace | null;
}

/**
 * POST and GET /graphql. The caller is known before the body is read, because the size limit depends on it. No promise where
 * nothing has to be waited for: most callers are known by their connection.
 */
export function serveGraphql(route: GraphqlRoute, exchange: Exchange): void | Promise<void> {
  const facts = route.admit(headOfMessage(exchange.request), exchange, exchange.response);
  return facts instanceof Promise
    ? facts.then((known) => serveAdmitted(route, exchange, known))
    : serveAdmitted(route, exchange, facts);
}

function serveAdmitted(route: GraphqlRoute, exchange: Exchange, facts: RequestFacts | Refusal): void | Promise<void> {
  const { request } = exchange;
  if ('status' in facts) {
    exchange.caller = 'refused';
    refuse(exchange, facts);
    return undefined;
  }
  const { caller } = facts;
  exchange.caller = caller.kind;
  if (request.method !== 'POST') {
    if (request.method !== 'GET' || hasOwnHeader(request)) {
      return serveAddress(route, exchange, facts);
    }
    refuse(exchange, WITHOUT_HEADER);
    return undefined;
  }
  const type = mediaTypeOf(request);
  if (route.uploads !== null && type === MULTIPART) {
    setGraphqlHeaders(exchange);
    return serveUpload(route.uploads, exchange, facts, route.answer);
  }
  const wrongType = checkContentType(request, type);
  if (wrongType !== null) {
    refuse(exchange, wrongType);
    return undefined;
  }
  return serveBody(route, exchange, facts);
}

/** What is asked in the address. */
function serveAddress(route: GraphqlRoute, exchange: Exchange, facts: RequestFacts): void | Promise<void> {
  const { request, work } = exchange;
  const url = route.documents?.resolveAddress(facts.caller, request.url ?? '');
  if (url instanceof Unanswered) {
    refuse(exchange, url.refusal);
    return undefined;
  }
  if (url !== undefined) request.url = url;
  work.begin();
  return route.answer(exchange, facts, null);
}

async function serveBody(route: GraphqlRoute, exchange: Exchange, facts: RequestFacts): Promise<void> {
  const body = await readJson(exchange, facts.caller);
  if (body === null) return;
  if (isRefusal(body)) {
    refuse(exchange, body);
    return;
  }
  const value = route.documents?.resolve(facts.caller, body.value) ?? body.value;
  if (value instanceof Unanswered) refuse(exchange, value.refusal);
  else await route.answer(exchange, facts, value);
}

function refuse(exchange: Exchange, refusal: Refusal): void {
  setGraphqlHeaders(exchange);
  refuseUnread(exchange.request, exchange.response, refusal, exchange.requestId);
}

/** Headers of a GET that no link and no form can send: see also yoga.ts, which looks at them too. */
export const OWN_HEADERS = ['authorization', 'x-graphql-yoga-csrf', 'graphql-require-preflight'];

function hasOwnHeader({ headers }: IncomingMessage): boolean {
  return OWN_HEADERS.some((name) => headers[name] !== undefined);
}

const WITHOUT_HEADER: Refusal = {
  status: 403,
  code: 'FORBIDDEN',
  message: `a GET needs one of the headers ${OWN_HEADERS.join(', ')}: pages of other sites can make a browser send one without`,
};

/** Bytes of a body that is put together in one step, unless it comes in very many chunks. */
const IN_ONE_STEP = 262_144;
const MANY_CHUNKS = 1_000;

/** The parsed body, a refusal, or null if the sender has disconnected. */
async function readJson(
  { request, response, work }: Exchange,
  caller: Caller,
): Promise<{ readonly value: object } | Refusal | null> {
  const limit = bodyLimitOf(caller);
  try {
    sendContinue(request, response, limit);
    const chunks = await readChunks(request, limit);
    work.begin();
    const isLong = sizeOf(chunks) > IN_ONE_STEP;
    if (isLong) collectBefore(response);
    const bytes = isLong || chunks.length > MANY_CHUNKS ? await work.run(joinedInSteps(chunks)) : joined(chunks);
    const refusal = unreadable(bytes);
    if (refusal !== null) return refusal;
    const body = bodyOf(
      bytes.length <= PIECE || isSparse(bytes)
        ? parsePiece(bytes)
        : await work.run(jsonSteps(bytes, keepingLongTexts(work))),
    );
    return caller.kind === 'anonymous' && !isRefusal(body) ? (longDocument(body.value) ?? body) : body;
  } catch (error) {
    if (error instanceof BodyIncomplete) return null;
    if (error instanceof BodyTooLarge) return tooLarge(limit, caller);
    if (error instanceof NotJson) return notJson(error);
    throw error;
  }
}

function isRefusal(value: { readonly value: object } | Refusal): value is Refusal {
  return 'status' in value;
}

function checkContentType(request: IncomingMessage, type: string): Refusal | null {
  if (isEncoded(request)) return ENCODED;
  if (type === 'application/json' || type === 'application/graphql+json') return null;
  const given = type === '' ? 'there is none' : `it is \`${type.slice(0, 100)}\``;
  return {
    status: 415,
    code: 'BAD_REQUEST',
    message: `the \`content-type\` of a POST must be application/json; ${given}`,
  };
}

/** Whoever has no credentials may send only short documents. Null: they are. */
function longDocument(value: object): Refusal | null {
  const operations: readonly unknown[] = Array.isArray(value) ? value : [value];
  let characters = 0;
  for (const one of operations) {
    if (typeof one === 'object' && one !== null && 'query' in one && typeof one.query === 'string') {
      characters += one.query.length;
    }
  }
  if (characters <= ANONYMOUS_DOCUMENT) return null;
  return {
    status: 413,
    code: 'REQUEST_TOO_LARGE',
    message: `the documents have ${characters} characters; without credentials the limit is ${ANONYMOUS_DOCUMENT}`,
    extensions: { limit: ANONYMOUS_DOCUMENT },
  };
}

const badRequest = (message: string): Refusal => ({ status: 400, code: 'BAD_REQUEST', message });

function unreadable(bytes: Buffer): Refusal | null {
  if (bytes.length === 0) return badRequest('the request body is empty; it must be JSON with a `query`');
  return isUtf8(bytes) ? null : badRequest('the request body is not UTF-8');
}

function notJson(error: NotJson): Refusal {
  const problem = error instanceof ComplexJson ? `cannot be read: ${error.message}` : 'is not valid JSON';
  return badRequest(`the request body ${problem}`);
}

function bodyOf(value: unknown): { readonly value: object } | Refusal {
  if (typeof value !== 'object' || value === null) {
    return badRequest('the request body must be a JSON object with a `query`');
  }
  if (!Array.isArray(value)) {
    const isNamed = 'query' in value || 'extensions' in value || 'documentId' in value;
    return isNamed ? { value } : badRequest('the request body has no `query`');
  }
  if (value.length === 0) return badRequest('the request body is an empty list of operations');
  if (value.length > MAX_BATCHED_OPERATIONS) {
    return {
      ...badRequest(`the request body holds ${value.length} operations; the limit is ${MAX_BATCHED_OPERATIONS}`),
      extensions: { limit: MAX_BATCHED_OPERATIONS },
    };
  }
  return { value };
}
