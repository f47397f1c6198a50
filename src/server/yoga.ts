import { useCSRFPrevention } from '@graphql-yoga/plugin-csrf-prevention';
import type { GraphQLSchema } from 'graphql';
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { GatewayContext, RequestFacts } from '../graphql/context.ts';
import { maskError } from '../graphql/mask-error.ts';
import { useMoreErrors } from '../graphql/more-errors.ts';
import { executeInOrder } from './batch-order.ts';
import { useCompression } from './compression.ts';
import { documentCache } from './document-cache.ts';
import { useErrorReport } from './error-report.ts';
import { OWN_HEADERS } from './graphql-route.ts';
import { MAX_BATCHED_OPERATIONS } from './limits.ts';
import type { Log } from './log.ts';

export interface YogaParts {
  readonly schema: GraphQLSchema;
  readonly contextOf: (facts: RequestFacts, request: Request) => GatewayContext;
  readonly plugins: readonly Plugin[];
  readonly log: Log;
}

/** GraphQL over HTTP, behind the router, which has already determined the caller and the size of the body. */
export function createGraphqlServer(parts: YogaParts): YogaServerInstance<RequestFacts, GatewayContext> {
  const { log } = parts;
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
      useErrorReport(log),
      useExecutionInOrder(),
      useMoreErrors(),
      useCompression(),
      ...parts.plugins,
    ],
  });
}

function useExecutionInOrder(): Plugin {
  return { onExecute: ({ setExecuteFn }) => setExecuteFn(executeInOrder) };
}

const ignore = (): void => undefined;
