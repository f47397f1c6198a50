import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Work } from '../access/work.ts';
import type { Caller } from '../session/caller.ts';
import type { Admit } from './admission.ts';
import { BodyIncomplete, BodyTooLarge, readBody, refuseUnread, sendContinue, tooLarge } from './body.ts';
import { ENCODED, isEncoded, MULTIPART, mediaTypeOf } from './content-type.ts';
import type { Exchange, GraphqlListener } from './exchange.ts';
import type { Refusal } from './graphql-error.ts';
import { jsonSteps, NestedJson, NotJson } from './json-steps.ts';
import { ANONYMOUS_DOCUMENT, bodyLimitOf, MAX_BATCHED_OPERATIONS } from './limits.ts';
import { headOfMessage } from './request-head.ts';
import { serveUpload, type UploadPlace } from './uploads/upload-route.ts';

export interface GraphqlRoute {
  readonly admit: Admit;
  readonly answer: GraphqlListener;
  /** Null: multipart requests are refused. */
  readonly uploads: UploadPlace | null;
}

/**
 * POST and GET /graphql. The caller is known before the body is read, because the size limit depends on it.
 */
export async function serveGraphql(route: GraphqlRoute, exchange: Exchange): Promise<void> {
  const { request, response, requestId } = exchange;
  // Answers are for one caller, and some contain credentials.
  response.setHeader('cache-control', 'no-store');
  const facts = await route.admit(headOfMessage(request), exchange, response);
  if ('status' in facts) {
    exchange.caller = 'refused';
    refuseUnread(request, response, facts, requestId);
    return;
  }
  const { caller } = facts;
  exchange.caller = caller.kind;
  if (request.method !== 'POST') {
    exchange.work.begin();
    await route.answer(request, response, facts);
    return;
  }
  if (route.uploads !== null && mediaTypeOf(request) === MULTIPART) {
    await serveUpload(route.uploads, exchange, facts, route.answer);
    return;
  }
  const body = await readJson(exchange, caller);
  if (body === null) return;
  if (isRefusal(body)) refuseUnread(request, response, body, requestId);
  else await route.answer(Object.assign(request, { body: body.value }), response, facts);
}

/** The parsed body, a refusal, or null if the sender has disconnected. */
async function readJson(
  { request, response, work }: Exchange,
  caller: Caller,
): Promise<{ readonly value: object } | Refusal | null> {
  const wrongType = checkContentType(request);
  if (wrongType !== null) return wrongType;
  const limit = bodyLimitOf(caller);
  try {
    sendContinue(request, response, limit);
    const bytes = await readBody(request, limit);
    work.begin();
    const body = await parseBody(bytes, work);
    return caller.kind === 'anonymous' && !isRefusal(body) ? (longDocument(body.value) ?? body) : body;
  } catch (error) {
    if (error instanceof BodyIncomplete) return null;
    if (error instanceof BodyTooLarge) return tooLarge(limit, caller);
    throw error;
  }
}

function isRefusal(value: { readonly value: object } | Refusal): value is Refusal {
  return 'status' in value;
}

function checkContentType(request: IncomingMessage): Refusal | null {
  const type = mediaTypeOf(request);
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

async function parseBody(bytes: Buffer, work: Work): Promise<{ readonly value: object } | Refusal> {
  if (bytes.length === 0) return badRequest('the request body is empty; it must be JSON with a `query`');
  if (!isUtf8(bytes)) return badRequest('the request body is not UTF-8');
  let value: unknown;
  try {
    value = await work.run(jsonSteps(bytes));
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    const problem = error instanceof NestedJson ? `cannot be read: ${error.message}` : 'is not valid JSON';
    return badRequest(`the request body ${problem}`);
  }
  if (typeof value !== 'object' || value === null) {
    return badRequest('the request body must be a JSON object with a `query`');
  }
  if (!Array.isArray(value)) {
    return 'query' in value ? { value } : badRequest('the request body has no `query`');
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
