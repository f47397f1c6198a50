import { useCSRFPrevention } from '@graphql-yoga/plugin-csrf-prevention';
import { type ExecutionArgs, type GraphQLSchema, getOperationAST } from 'graphql';
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { GatewayContext, RequestFacts } from '../graphql/context.ts';
import { tooManyValues } from '../graphql/execution/many-values.ts';
import { maskError } from '../graphql/mask-error.ts';
import { useMoreErrors } from '../graphql/more-errors.ts';
import { executeInOrder, useTurnsBetween } from './batch-order.ts';
import { useCompression } from './compression.ts';
import { documentCache } from './document-cache.ts';
import { type Reports, useErrorReport } from './error-report.ts';
import { OWN_HEADERS } from './graphql-route.ts';
import { MAX_BATCHED_OPERATIONS } from './limits.ts';
import type { Around } from './tracer.ts';

export interface YogaParts {
  readonly schema: GraphQLSchema;
  readonly contextOf: (facts: RequestFacts, request: Request) => GatewayContext;
  readonly plugins: readonly Plugin[];
  readonly reports: Reports;
}

/** GraphQL over HTTP, behind the router, which has already determined the caller and the size of the body. */
export function createGraphqlServer(parts: YogaParts): YogaServerInstance<RequestFacts, GatewayContext> {
  const { log } = parts.reports;
  return createYoga<RequestFacts, GatewayContext>({
    schema: parts.schema,
    // Passed on whole: in a batch, the router's facts are in the prototype of each operation's context.
    context: (context) => parts.contextOf(context, context.request),
    // The router limits bodies by caller; Yoga's own limit costs two thirds of the throughput.
    maxRequestBodySize: false,
    // Yoga's default answers every origin, with credentials.
    cors: false,
    multipart: false,
    landingPage: false,
    graphiql: false,
    // Yoga's own are bounded by the number of documents alone.
    parserAndValidationCache: { documentCache: documentCache(), errorCache: documentCache() },
    batching: { limit: MAX_BATCHED_OPERATIONS },
    maskedErrors: { maskError, isDev: false },
    // Yoga would log every error of a client; useErrorReport logs those of the gateway.
    logging: { debug: ignore, info: ignore, warn: (message: unknown) => log.warn(String(message)), error: ignore },
    plugins: [
      // GET requests must carry a header that no page of another site can make a browser send.
      useCSRFPrevention({ requestHeaders: OWN_HEADERS }),
      useErrorReport(parts.reports),
      useTurnsBetween(),
      useExecutionInOrder(parts.reports.around),
      useFewValues(),
      useMoreErrors(),
      useCompression(),
      ...parts.plugins,
    ],
  });
}

function useExecutionInOrder(around: Around | undefined): Plugin {
  if (around === undefined) return { onExecute: ({ setExecuteFn }) => setExecuteFn(executeInOrder) };
  const traced = (args: ExecutionArgs): ReturnType<typeof executeInOrder> => {
    const operation = getOperationAST(args.document, args.operationName)?.operation ?? 'none';
    return around('graphql', { 'graphql.operation.type': operation }, () => executeInOrder(args));
  };
  return { onExecute: ({ setExecuteFn }) => setExecuteFn(traced) };
}

/** A subscription does not begin if others would wait while its variables are read. */
function useFewValues(): Plugin {
  return {
    onSubscribe: ({ args, setResultAndStopExecution }) => {
      const { schema, document, operationName, variableValues } = args as ExecutionArgs; // as: Yoga calls them so
      const operation = getOperationAST(document, operationName);
      const refused = operation == null ? null : tooManyValues(schema, operation, variableValues ?? {});
      if (refused !== null) setResultAndStopExecution({ errors: [refused] });
    },
  };
}

const ignore = (): void => undefined;
