import type { ServerResponse } from 'node:http';
import type { DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql';
import type { GatewayContext, RequestFacts } from '../graphql/context.ts';
import { hasLongList } from '../graphql/execution/coerce-variables.ts';
import { endOfWork, executeInTurns } from '../graphql/execution/execute-in-turns.ts';
import { executePlan } from '../graphql/execution/execute-plan.ts';
import { planQuery, type QueryPlan } from '../graphql/execution/plan.ts';
import { maskError } from '../graphql/mask-error.ts';
import { withMoreErrors } from '../graphql/more-errors.ts';
import { AnswerBytes } from './answer-bytes.ts';
import { joinedInTurns } from './body.ts';
import { type Coding, codingOf, compressed, LEAST_COMPRESSED, varied } from './compression.ts';
import { documentCache } from './document-cache.ts';
import { type Reports, reportErrors } from './error-report.ts';
import { type Exchange, GRAPHQL_HEADERS } from './exchange.ts';
import { jsonBytes, jsonText, sizeOf } from './json-pieces.ts';
import { operationsOf, validQuery } from './valid-query.ts';

interface Parts {
  readonly schema: GraphQLSchema;
  readonly contextOf: (facts: RequestFacts, request: object) => GatewayContext;
  readonly reports: Reports;
}

interface KnownDocument {
  /** Null: it is left to Yoga. */
  readonly document: DocumentNode | null;
  /** Of its operation; null: it has none. */
  readonly name: string | null;
  /** Null: it is executed by graphql-js. */
  readonly plan: QueryPlan | null;
}

/** Answers a request, unless it is not a common one: then nothing has been done, and it answers false. */
export type AnswerCommon = (exchange: Exchange, facts: RequestFacts, body: object) => boolean | Promise<boolean>;

/**
 * The road of the common request: a POST of one query whose document is valid. Yoga answers everything else, and says what is
 * wrong. Both answer alike, byte for byte (`test/server/common-request.test.ts`); this one does without Yoga's Request,
 * Response and hooks, which cost more than most decisions.
 */
export function answerCommonWith({ schema, contextOf, reports }: Parts): AnswerCommon {
  const { around } = reports;
  const documents = documentCache<KnownDocument>();
  const documentOf = (text: string): KnownDocument => {
    const known = documents.get(text);
    if (known !== undefined) return known;
    const document = validQuery(schema, text);
    const made = {
      document,
      name: document === null ? null : (operationsOf(document)[0]?.name?.value ?? null),
      plan: document === null ? null : planQuery(schema, document),
    };
    documents.set(text, made);
    return made;
  };
  return (exchange, facts, body) => {
    const { request } = exchange;
    const accepted = ACCEPTED.get(request.headers.accept ?? '*/*');
    const operation = request.method === 'POST' && accepted !== undefined ? operationOf(body) : null;
    if (operation === null || accepted === undefined) return false;
    const { document, name, plan } = documentOf(operation.query);
    if (document === null || (operation.name !== null && operation.name !== name)) return false;
    const contextValue = contextOf(facts, request);
    const answered = (result: ExecutionResult): boolean | Promise<boolean> => {
      // Variables were refused before anything was done: Yoga says so with its status.
      if (!('data' in result)) return false;
      const sent = send(exchange, told(result, contextValue, facts, reports), accepted);
      if (sent === true) return true;
      // It was too long to be written.
      return sent.catch((error) => send(exchange, told(endOfWork(error), contextValue, facts, reports), accepted));
    };
    const { variables } = operation;
    // graphql-js executes what is not planned, and says what is wrong with variables: with many, on the other road.
    const byGraphqlJs = (): ExecutionResult | Promise<ExecutionResult> =>
      hasLongList(variables)
        ? LEFT_TO_YOGA
        : executeInTurns({ schema, document, contextValue, variableValues: variables }, contextValue.work);
    const execute = (): ExecutionResult | Promise<ExecutionResult> => {
      const planned = plan === null ? null : executePlan(plan, contextValue, variables, contextValue.work);
      return planned instanceof Promise
        ? planned.then((result) => result ?? byGraphqlJs())
        : (planned ?? byGraphqlJs());
    };
    const result = around === undefined ? execute() : around('graphql', QUERY, execute);
    return 'then' in result ? result.catch(endOfWork).then(answered) : answered(result);
  };
}

/** No data: nothing was done. */
const LEFT_TO_YOGA: ExecutionResult = {};

const QUERY = { 'graphql.operation.type': 'query' };

/** By the text of the header, what Yoga answers. Other texts are left to it. */
const JSON_TYPE = 'application/json; charset=utf-8';
const GRAPHQL_TYPE = 'application/graphql-response+json; charset=utf-8';
const ACCEPTED: ReadonlyMap<string, string> = new Map([
  ['*/*', JSON_TYPE],
  ['application/json', JSON_TYPE],
  ['application/json, */*', JSON_TYPE],
  ['application/graphql-response+json', GRAPHQL_TYPE],
  ['application/graphql-response+json, application/json', GRAPHQL_TYPE],
  ['application/graphql-response+json,application/json;q=0.9', GRAPHQL_TYPE],
]);

interface CommonOperation {
  readonly query: string;
  /** Null: of the only one. */
  readonly name: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

const PARAMETERS: ReadonlySet<string> = new Set(['query', 'variables', 'operationName', 'extensions']);

/** One operation in the form in which clients send it; null: it is not. Nobody reads its extensions: a document that they named is in `query`. */
function operationOf(body: object): CommonOperation | null {
  if (Array.isArray(body)) return null;
  for (const key in body) if (!PARAMETERS.has(key)) return null;
  // as: an object
  const { query, variables, operationName: name = null, extensions } = body as Readonly<Record<string, unknown>>;
  if (typeof query !== 'string' || (name !== null && typeof name !== 'string')) return null;
  if (!isObjectOrNothing(variables) || !isObjectOrNothing(extensions)) return null;
  return { query, name, variables: variables ?? {} };
}

function isObjectOrNothing(value: unknown): value is Readonly<Record<string, unknown>> | null | undefined {
  return value === undefined || (typeof value === 'object' && !Array.isArray(value));
}

function told(
  result: ExecutionResult,
  context: GatewayContext,
  { requestId }: RequestFacts,
  reports: Reports,
): ExecutionResult {
  if (result.errors === undefined) return result;
  const { errors, ...rest } = withMoreErrors(result, context);
  const masked = { errors: (errors ?? []).map((error) => maskError(error)), ...rest };
  reportErrors(masked, requestId, reports);
  return masked;
}

/** What an error wants of the whole answer: see mask-error.ts. */
interface HttpPart {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What of an answer is not its value. */
interface AnswerHead {
  readonly status: number;
  readonly contentType: string;
  readonly more: readonly string[];
}

function send(exchange: Exchange, result: ExecutionResult, contentType: string): true | Promise<true> {
  if (result.errors !== undefined) return sendWithErrors(exchange, result.errors, result, contentType);
  return sendValue(exchange, result, { status: 200, contentType, more: [] });
}

function sendWithErrors(
  exchange: Exchange,
  all: readonly GraphQLError[],
  result: ExecutionResult,
  contentType: string,
): true | Promise<true> {
  let status = 0;
  const headers = new Map<string, string>();
  const errors = all.map((error) => {
    const { http, ...extensions } = error.extensions as { readonly http?: HttpPart };
    if (http === undefined) return error;
    for (const [name, value] of Object.entries(http.headers ?? {})) headers.set(name, value);
    status = Math.max(status, http.status ?? 0);
    const { extensions: _all, ...rest } = error.toJSON();
    return Object.keys(extensions).length === 0 ? rest : { ...rest, extensions };
  });
  const head = { status: status === 0 ? 200 : status, contentType, more: [...headers].flat() };
  return sendValue(exchange, { ...result, errors }, head);
}

/** Characters of an answer that is written as one text; and of one that is not worth looking for what is repeated in it. */
const SMALL_TEXT = 4_096;
const VERY_SMALL_TEXT = 512;

function sendValue(exchange: Exchange, value: object, head: AnswerHead): true | Promise<true> {
  const size = sizeOf(value);
  if (size === null) return sendInTurns(exchange, value, head);
  if (size > SMALL_TEXT) return sendBytes(exchange, value, head);
  return sendText(exchange, size > VERY_SMALL_TEXT ? jsonText(value) : JSON.stringify(value), head);
}

function sendText(exchange: Exchange, text: string, head: AnswerHead): true | Promise<true> {
  const { request, response, requestId } = exchange;
  const length = Buffer.byteLength(text);
  // What is asked here is no mutation: its answer has no secret.
  const isLong = length >= LEAST_COMPRESSED;
  const coding = isLong ? codingOf(request.headers['accept-encoding']) : null;
  if (coding !== null) return sendCompressed(exchange, Buffer.from(text), head, coding);
  writeHead(response, requestId, isLong ? varying(head, response) : head, length);
  response.end(text);
  return true;
}

function sendBytes(exchange: Exchange, value: object, head: AnswerHead): true | Promise<true> {
  const { request, response, requestId } = exchange;
  const bytes = new AnswerBytes(value);
  const isLong = bytes.length >= LEAST_COMPRESSED;
  const coding = isLong ? codingOf(request.headers['accept-encoding']) : null;
  if (coding !== null) return sendCompressed(exchange, bytes.copy(), head, coding);
  writeHead(response, requestId, isLong ? varying(head, response) : head, bytes.length);
  bytes.end(response);
  return true;
}

/** A long answer is written with room for others. Nothing is sent before its length is known. */
async function sendInTurns(exchange: Exchange, value: object, head: AnswerHead): Promise<true> {
  const { request, response, requestId, work } = exchange;
  const pieces = await work.run(jsonBytes(value));
  if (response.headersSent) return true;
  const coding = codingOf(request.headers['accept-encoding']);
  if (coding !== null) return sendCompressed(exchange, await joinedInTurns(pieces), head, coding);
  writeHead(
    response,
    requestId,
    varying(head, response),
    pieces.reduce((sum, { length }) => sum + length, 0),
  );
  for (const piece of pieces) response.write(piece);
  response.end();
  return true;
}

/** With what says that it would be another one for who accepts other codings. */
function varying(head: AnswerHead, response: ServerResponse): AnswerHead {
  return { ...head, more: [...head.more, 'vary', varied(response)] };
}

async function sendCompressed(
  { response, requestId, work }: Exchange,
  bytes: Buffer,
  head: AnswerHead,
  coding: Coding,
): Promise<true> {
  // Nobody reads it any more.
  if (work.isStopped) return true;
  const body = await compressed(bytes, coding);
  // It may have been told meanwhile that it has taken too long.
  if (response.headersSent) return true;
  const full = varying(head, response);
  writeHead(response, requestId, { ...full, more: [...full.more, 'content-encoding', coding] }, body.length);
  response.end(body);
  return true;
}

/** One list of names and values is what node takes without going over them twice. */
function writeHead(
  response: ServerResponse,
  requestId: string,
  { status, contentType, more }: AnswerHead,
  length: number,
): void {
  response.writeHead(status, [
    'x-request-id',
    requestId,
    'cache-control',
    GRAPHQL_HEADERS['cache-control'],
    'content-type',
    contentType,
    'content-length',
    String(length),
    ...more,
  ]);
}
