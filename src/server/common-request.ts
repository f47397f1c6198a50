import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  specifiedRules,
  validate,
} from 'graphql';
import type { GatewayContext, RequestFacts } from '../graphql/context.ts';
import { DOCUMENT_RULES, isIntrospection, parseBounded } from '../graphql/limits.ts';
import { maskError } from '../graphql/mask-error.ts';
import { withMoreErrors } from '../graphql/more-errors.ts';
import { documentCache } from './document-cache.ts';
import { reportErrors } from './error-report.ts';
import type { Log } from './log.ts';

interface Parts {
  readonly schema: GraphQLSchema;
  readonly contextOf: (facts: RequestFacts, request: object) => GatewayContext;
  readonly log: Log;
}

/** Answers a request, unless it is not a common one: then nothing has been done, and it answers false. */
export type AnswerCommon = (
  request: IncomingMessage & { readonly body?: unknown },
  response: ServerResponse,
  facts: RequestFacts,
) => boolean | Promise<boolean>;

/**
 * The road of the common request: a POST of one query whose document is valid. Yoga answers everything else, and says what is
 * wrong. Both answer alike, byte for byte (`test/server/common-request.test.ts`); this one does without Yoga's Request,
 * Response and hooks, which cost more than most decisions.
 */
export function answerCommonWith({ schema, contextOf, log }: Parts): AnswerCommon {
  const documents = documentCache<{ readonly document: DocumentNode | null }>();
  const documentOf = (text: string): DocumentNode | null => {
    const known = documents.get(text);
    if (known !== undefined) return known.document;
    const document = validQuery(schema, text);
    documents.set(text, { document });
    return document;
  };
  return (request, response, facts) => {
    const accepted = ACCEPTED.get(request.headers.accept ?? '*/*');
    const operation = request.method === 'POST' && accepted !== undefined ? operationOf(request.body) : null;
    const document = operation === null ? null : documentOf(operation.query);
    if (operation === null || document === null || accepted === undefined) return false;
    const contextValue = contextOf(facts, request);
    const answered = (result: ExecutionResult): boolean => {
      // Variables were refused before anything was done: Yoga says so with its status.
      if (!('data' in result)) return false;
      send(response, told(result, contextValue, facts, log), accepted);
      return true;
    };
    const result = execute({ schema, document, contextValue, variableValues: operation.variables });
    return 'then' in result ? result.then(answered) : answered(result);
  };
}

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
  readonly variables: Readonly<Record<string, unknown>>;
}

/** One operation with nothing but its document and variables; null: it is not. */
function operationOf(body: unknown): CommonOperation | null {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null;
  for (const key in body) if (key !== 'query' && key !== 'variables') return null;
  const { query, variables = {} } = body as { readonly query?: unknown; readonly variables?: unknown }; // as: an object
  if (typeof query !== 'string' || typeof variables !== 'object' || Array.isArray(variables)) return null;
  return { query, variables: (variables ?? {}) as CommonOperation['variables'] }; // as: a JSON object
}

/** A valid document of one query that does not ask for the schema; null: it is something else. */
function validQuery(schema: GraphQLSchema, text: string): DocumentNode | null {
  let document: DocumentNode;
  try {
    document = parseBounded(text);
  } catch {
    return null;
  }
  const operations = document.definitions.filter(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  );
  const [operation] = operations;
  if (operations.length !== 1 || operation?.operation !== OperationTypeNode.QUERY) return null;
  const selected = operation.selectionSet.selections;
  if (selected.some((selection) => selection.kind === Kind.FIELD && isIntrospection(selection))) return null;
  return validate(schema, document, RULES, { maxErrors: 1 }).length === 0 ? document : null;
}

const RULES = [...specifiedRules, ...DOCUMENT_RULES];

function told(
  result: ExecutionResult,
  context: GatewayContext,
  { requestId }: RequestFacts,
  log: Log,
): ExecutionResult {
  if (result.errors === undefined) return result;
  const { errors, ...rest } = withMoreErrors(result, context);
  const masked = { errors: (errors ?? []).map((error) => maskError(error)), ...rest };
  reportErrors(masked, requestId, log);
  return masked;
}

/** What an error wants of the whole answer: see mask-error.ts. */
interface HttpPart {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

function send(response: ServerResponse, result: ExecutionResult, contentType: string): void {
  let status = 0;
  const headers: Record<string, string> = { 'content-type': contentType };
  const errors = result.errors?.map((error) => {
    const { http, ...extensions } = error.extensions as { readonly http?: HttpPart };
    if (http === undefined) return error;
    Object.assign(headers, http.headers);
    status = Math.max(status, http.status ?? 0);
    const { extensions: _all, ...rest } = error.toJSON();
    return Object.keys(extensions).length === 0 ? rest : { ...rest, extensions };
  });
  const body = JSON.stringify(errors === undefined ? result : { ...result, errors });
  headers['content-length'] = String(Buffer.byteLength(body));
  response.writeHead(status === 0 ? 200 : status, headers);
  response.end(body);
}
