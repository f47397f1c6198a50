import type { IncomingMessage } from 'node:http';
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  specifiedRules,
  validate,
} from 'graphql';
import type { RequestFacts } from '../graphql/context.ts';
import { tooManyValues } from '../graphql/execution/many-values.ts';
import { DOCUMENT_RULES, parseBounded } from '../graphql/limits.ts';
import { maskError } from '../graphql/mask-error.ts';
import { withMoreErrors } from '../graphql/more-errors.ts';
import { Throttled } from '../guard/throttled.ts';
import { documentCache } from './document-cache.ts';
import { type Reports, reportErrors } from './error-report.ts';
import { EventWriter } from './event-writer.ts';
import type { Exchange } from './exchange.ts';
import type { LiveStreams, OpenStream } from './live-streams.ts';

interface Parts {
  readonly schema: GraphQLSchema;
  readonly streams: LiveStreams;
  readonly reports: Reports;
}

/** Answers a subscription, unless the request is none: then nothing has been done, and it answers false. */
export type AnswerEvents = (exchange: Exchange, facts: RequestFacts, body: object | null) => false | Promise<void>;

/** What a client asks for, by POST or GET. */
interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
}

interface ValidDocument {
  /** Null: it is left to Yoga. */
  readonly document: DocumentNode | null;
}

interface Subscription extends Asked {
  readonly document: DocumentNode;
}

/**
 * Subscriptions as server-sent events, in the form of graphql-sse's distinct connections
 * (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md): `next` with an answer for each event, and `complete` at the
 * end. Yoga answers everything else that a client wants as events, and says what is wrong with a document.
 */
export function answerEventsWith({ schema, streams, reports }: Parts): AnswerEvents {
  const documents = documentCache<ValidDocument>();
  const documentOf = (text: string): ValidDocument => {
    const known = documents.get(text);
    if (known !== undefined) return known;
    const made = validDocument(schema, text);
    documents.set(text, made);
    return made;
  };
  return (exchange, facts, body) => {
    const { request, requestId } = exchange;
    if (!wantsEvents(request)) return false;
    const asked = body === null ? askedByGet(request) : askedByPost(body);
    const document = asked === null ? null : documentOf(asked.query).document;
    if (asked === null || document === null || !isSubscription(document, asked.operationName)) return false;
    const told = (result: ExecutionResult): ExecutionResult => {
      const { errors, ...rest } = result;
      if (errors === undefined) return result;
      const masked = { errors: errors.map((error) => maskError(error)), ...rest };
      reportErrors(masked, requestId, reports);
      return masked;
    };
    return answer({ exchange, facts, schema, streams, told }, { ...asked, document });
  };
}

interface Answering {
  readonly exchange: Exchange;
  readonly facts: RequestFacts;
  readonly schema: GraphQLSchema;
  readonly streams: LiveStreams;
  readonly told: (result: ExecutionResult) => ExecutionResult;
}

async function answer(answering: Answering, subscription: Subscription): Promise<void> {
  const { exchange, facts, streams, told } = answering;
  const writer = new EventWriter(exchange.response, exchange.requestId);
  const operation = getOperationAST(subscription.document, subscription.operationName);
  const refused = operation == null ? null : tooManyValues(answering.schema, operation, subscription.variables);
  if (refused !== null) {
    await writer.end(told({ errors: [refused] }));
    return;
  }
  let stream: OpenStream;
  try {
    stream = streams.open(exchange, facts);
  } catch (error) {
    if (!(error instanceof Throttled)) throw error;
    await writer.end(told({ errors: [asGraphqlError(error)] }));
    return;
  }
  const gone = (): void => stream.end(null);
  exchange.response.once('close', gone);
  // While it was found out who asks.
  if (writer.isGone) gone();
  writer.onSlow = (reason) => stream.end(reason);
  try {
    await follow(answering, subscription, stream, writer);
    await writer.end(null);
  } catch (error) {
    await writer.end(told({ errors: [asGraphqlError(error)] }));
  } finally {
    stream.close();
  }
}

/** Sends events until there are no more. Throws what ends the subscription. */
async function follow(
  { schema, told }: Answering,
  { document, variables, operationName }: Subscription,
  { live }: OpenStream,
  writer: EventWriter,
): Promise<void> {
  const ended = untilAborted(live.signal);
  const args = { schema, document, variableValues: variables, operationName };
  const contextValue = { ...(await live.renew()), live };
  const source = await Promise.race([createSourceEventStream({ ...args, contextValue }), ended]);
  if (!(Symbol.asyncIterator in source)) {
    await writer.next(told(source));
    return;
  }
  writer.begin();
  const events = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const event = await Promise.race([events.next(), ended]);
      if (event.done === true) return;
      const context = await live.renew();
      const result = await execute({ ...args, rootValue: event.value, contextValue: context });
      await Promise.race([writer.next(told(withMoreErrors(result, context))), ended]);
      if (isTooComplex(result)) return;
    }
  } finally {
    // It ends when what it waits for has ended.
    void events.return?.()?.catch(() => undefined);
  }
}

/** Each further event would be, too. */
function isTooComplex({ errors = [] }: ExecutionResult): boolean {
  return errors.some(({ extensions }) => extensions['code'] === 'QUERY_TOO_COMPLEX');
}

function untilAborted(signal: AbortSignal): Promise<never> {
  const ended = new Promise<never>((_resolve, reject) => {
    const end = (): void => reject(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
  ended.catch(() => undefined);
  return ended;
}

function asGraphqlError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const original = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(original.message, { originalError: original });
}

function wantsEvents({ headers }: IncomingMessage): boolean {
  return headers.accept?.includes('text/event-stream') === true;
}

function askedByPost(body: object): Asked | null {
  const { query, variables, operationName } = body as Readonly<Record<string, unknown>>; // as: an object
  return askedOf(query, variables, operationName);
}

function askedByGet({ url = '' }: IncomingMessage): Asked | null {
  const { searchParams } = new URL(url, 'http://localhost');
  const text = searchParams.get('variables');
  try {
    return askedOf(searchParams.get('query'), text === null ? {} : JSON.parse(text), searchParams.get('operationName'));
  } catch {
    return null;
  }
}

function askedOf(query: unknown, variables: unknown, operationName: unknown): Asked | null {
  const given = variables ?? {};
  if (typeof query !== 'string' || typeof given !== 'object' || Array.isArray(given)) return null;
  if (operationName != null && typeof operationName !== 'string') return null;
  return { query, variables: given as Asked['variables'], operationName: operationName ?? null }; // as: an object
}

const RULES = [...specifiedRules, ...DOCUMENT_RULES];

function validDocument(schema: GraphQLSchema, text: string): ValidDocument {
  try {
    const document = parseBounded(text);
    return { document: validate(schema, document, RULES, { maxErrors: 1 }).length === 0 ? document : null };
  } catch {
    return { document: null };
  }
}

function isSubscription({ definitions }: DocumentNode, name: string | null): boolean {
  const operations = definitions.filter(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  );
  const asked = name === null ? operations : operations.filter((operation) => operation.name?.value === name);
  return asked.length === 1 && asked[0]?.operation === OperationTypeNode.SUBSCRIPTION;
}
