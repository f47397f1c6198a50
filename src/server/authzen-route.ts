import { isUtf8 } from 'node:buffer';
import type { ServerResponse } from 'node:http';
import type { Work } from '../access/work.ts';
import { costOfRequest } from '../authzen/cost.ts';
import { shortMessage } from '../authzen/decision.ts';
import type { Door } from '../authzen/door.ts';
import { ENDPOINTS } from '../authzen/endpoints.ts';
import { METADATA_PATH, metadata } from '../authzen/metadata.ts';
import type { RequestFacts } from '../graphql/context.ts';
import { exceededLimit, parseBoundedJson } from '../importing/bounded-json.ts';
import { InvalidInput, RolegateError } from '../policy/errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../policy/json.ts';
import { membersIn, shapeOf } from '../policy/json-shape.ts';
import type { Admit } from './admission.ts';
import { BodyIncomplete, BodyTooLarge, joinedInTurns, readBody, refuseUnread, sendContinue, tooLarge } from './body.ts';
import { codingOf, compressed, LEAST_COMPRESSED } from './compression.ts';
import { isEncoded, mediaTypeOf } from './content-type.ts';
import type { Exchange } from './exchange.ts';
import { keepRefusal, type Refusal } from './graphql-error.ts';
import { isShort, jsonBytes } from './json-pieces.ts';
import { jsonSteps, NotJson } from './json-steps.ts';
import { AUTHZEN_BODY_LIMIT, AUTHZEN_JSON_LIMITS } from './limits.ts';
import { headOfMessage, type RequestHead } from './request-head.ts';

export interface AuthzenRoute {
  readonly admit: Admit;
  readonly doorOf: (facts: RequestFacts, request: object) => Door;
  /** https://host, as enforcement points reach this gateway; null: not known. */
  readonly addressOf: (head: RequestHead) => string | null;
}

export function isAuthzenPath(path: string): boolean {
  return path === METADATA_PATH || ENDPOINTS.has(path);
}

/** Seconds for which the metadata may be cached. */
const METADATA_MAX_AGE = 300;

/** AuthZEN's metadata, for anybody, and its API, for callers with credentials in a header. */
export async function serveAuthzen(route: AuthzenRoute, exchange: Exchange): Promise<void> {
  const { request, path } = exchange;
  const endpoint = ENDPOINTS.get(path);
  if (endpoint === undefined) {
    serveMetadata(route, exchange);
    return;
  }
  exchange.response.setHeader('cache-control', 'no-store');
  if (request.method !== 'POST') {
    refuse(exchange, notAllowed('POST'));
    return;
  }
  const facts = await admitted(route, exchange);
  if (facts === null) return;
  const body = await readJson(exchange, facts);
  if (body === null) return;
  try {
    const door = route.doorOf(facts, request);
    facts.allowance?.spend(costOfRequest(path, body, door.context.directory.size));
    await sendInTurns(exchange, await endpoint(door, body));
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    refuse(exchange, refusal);
  }
}

function serveMetadata({ addressOf }: AuthzenRoute, exchange: Exchange): void {
  const { request, response } = exchange;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(exchange, notAllowed('GET, HEAD'));
    return;
  }
  const base = addressOf(headOfMessage(request));
  if (base === null) {
    refuse(exchange, NO_ADDRESS);
    return;
  }
  // A cache that others share could keep an answer for a name that somebody has made a proxy say.
  response.setHeader('cache-control', `private, max-age=${METADATA_MAX_AGE}`);
  send(response, 200, metadata(base), request.method === 'HEAD');
}

const NO_ADDRESS: Refusal = {
  status: 404,
  code: 'NOT_FOUND',
  message:
    'this gateway does not know its https address: set ROLEGATE_PUBLIC_URL, or name the proxy in front of it in ROLEGATE_TRUSTED_PROXIES',
};

function notAllowed(allow: string): Refusal {
  return { status: 405, code: 'BAD_REQUEST', message: `this address takes ${allow}`, headers: { allow } };
}

/** Null: it is refused. A cookie is never read: it would be a browser's, and a page cannot be an enforcement point. */
async function admitted(route: AuthzenRoute, exchange: Exchange): Promise<RequestFacts | null> {
  const head = headOfMessage(exchange.request);
  const isNamed = (head.header('authorization') ?? '') !== '';
  const facts = isNamed ? await route.admit(head, exchange, exchange.response) : NO_CREDENTIALS;
  if ('status' in facts) {
    exchange.caller = 'refused';
    refuse(exchange, facts);
    return null;
  }
  exchange.caller = facts.caller.kind;
  return facts;
}

const NO_CREDENTIALS: Refusal = {
  status: 401,
  code: 'UNAUTHENTICATED',
  message:
    'credentials are missing: send the header `authorization` with a bearer token, or with an access key (Basic)',
  headers: { 'www-authenticate': 'Bearer realm="rolegate"' },
};

/** Null: it was refused, or the sender has disconnected. AuthZEN has 400 for a wrong content type, too. */
async function readJson(exchange: Exchange, { caller }: RequestFacts): Promise<JsonObject | null> {
  const { request, response } = exchange;
  const type = mediaTypeOf(request);
  if (type !== 'application/json') {
    const given = type === '' ? 'there is none' : `it is \`${type.slice(0, 100)}\``;
    refuse(exchange, badRequest(`the \`content-type\` must be application/json; ${given}`));
    return null;
  }
  if (isEncoded(request)) {
    refuse(exchange, badRequest('the request body must not be compressed: leave out `content-encoding`'));
    return null;
  }
  try {
    sendContinue(request, response, AUTHZEN_BODY_LIMIT);
    const bytes = await readBody(request, AUTHZEN_BODY_LIMIT);
    exchange.work.begin();
    return await parseBody(bytes, exchange.work);
  } catch (error) {
    if (error instanceof BodyIncomplete) return null;
    const refusal = error instanceof BodyTooLarge ? tooLarge(AUTHZEN_BODY_LIMIT, caller) : refusalOf(error);
    if (refusal === null) throw error;
    refuse(exchange, refusal);
    return null;
  }
}

/** Throws a RolegateError. */
async function parseBody(bytes: Buffer, work: Work): Promise<JsonObject> {
  if (!isUtf8(bytes)) throw new RolegateError('BAD_USER_INPUT', 'the request body is not UTF-8');
  const text = bytes.toString('utf8');
  const body = bytes.length <= AT_ONCE ? parsed(text) : await parsedInTurns(bytes, text, work);
  if (!isObject(body)) throw new RolegateError('BAD_USER_INPUT', 'the request body must be an object');
  // JSON.parse would silently take the last of two members with one name.
  const { members } = shapeOf(text);
  if (bytes.length > AT_ONCE) await work.rest();
  if (members !== membersIn(body)) {
    throw new RolegateError('BAD_USER_INPUT', 'an object of the request body has two members with the same name');
  }
  return body;
}

/** Bytes that are parsed without others having their turn meanwhile. */
const AT_ONCE = 262_144;
const EXPECTED = 'an object with the members of the request';

function parsed(text: string): JsonValue {
  return parseBoundedJson(text, 'body', EXPECTED, AUTHZEN_JSON_LIMITS);
}

async function parsedInTurns(bytes: Buffer, text: string, work: Work): Promise<JsonValue> {
  const exceeded = exceededLimit(text, AUTHZEN_JSON_LIMITS);
  if (exceeded !== null) throw new InvalidInput('body', `\`body\` is too large: ${exceeded}`);
  await work.rest();
  try {
    const value = await work.run(jsonSteps(bytes));
    await work.rest();
    return value as JsonValue; // as: what JSON is
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    throw new InvalidInput('body', `\`body\` is not JSON: expected ${EXPECTED}`, { cause: error });
  }
}

function badRequest(message: string): Refusal {
  return { status: 400, code: 'BAD_REQUEST', message };
}

/** Null: an unexpected error. */
function refusalOf(error: unknown): Refusal | null {
  if (!(error instanceof RolegateError)) return null;
  const { code } = error;
  const message = shortMessage(error);
  switch (code) {
    case 'BAD_USER_INPUT':
    case 'LIMIT_EXCEEDED':
      return badRequest(message);
    case 'FORBIDDEN':
      return { status: 403, code, message };
    case 'CONFLICT':
    case 'REVISION_NOT_REACHED':
    case 'DIRECTORY_UNAVAILABLE':
    case 'DIRECTORY_FULL':
    case 'DIRECTORY_DAMAGED':
    case 'DIRECTORY_FAILING':
      return { status: 503, code, message, headers: { 'retry-after': '1' } };
    default:
      return null;
  }
}

/** The answer of a request that is refused: its body is a sentence, a string of JSON. */
export function refuse({ request, response, requestId }: Exchange, refusal: Refusal): void {
  refuseUnread(request, response, refusal, requestId, writeSentence);
}

/** Sends the head and the whole body, but does not end the response. */
export function writeSentence(response: ServerResponse, { status, code, message, headers }: Refusal): void {
  keepRefusal(response, { code });
  const body = JSON.stringify(message);
  response.writeHead(status, { ...headersOf(Buffer.byteLength(body)), 'cache-control': 'no-store', ...headers });
  response.write(body);
}

function send(response: ServerResponse, status: number, value: object, isHead: boolean): void {
  const body = JSON.stringify(value);
  response.writeHead(status, headersOf(Buffer.byteLength(body)));
  response.end(isHead ? undefined : body);
}

/** A long answer is written with room for others. */
async function sendInTurns({ request, response, work }: Exchange, value: object): Promise<void> {
  const pieces = isShort(value) ? [Buffer.from(JSON.stringify(value))] : await work.run(jsonBytes(value));
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const coding = length < LEAST_COMPRESSED ? null : codingOf(request.headers['accept-encoding']);
  const sent = coding === null ? pieces : [await compressed(await joinedInTurns(pieces), coding)];
  if (response.headersSent) return;
  response.writeHead(200, {
    ...headersOf(sent.reduce((sum, piece) => sum + piece.length, 0)),
    ...(coding !== null && { 'content-encoding': coding }),
  });
  for (const piece of sent.slice(0, -1)) response.write(piece);
  response.end(sent.at(-1));
}

function headersOf(length: number): Readonly<Record<string, string | number>> {
  return {
    'content-type': 'application/json',
    'content-length': length,
    'x-content-type-options': 'nosniff',
  };
}
