import { useCSRFPrevention } from '@graphql-yoga/plugin-csrf-prevention';
import { execute, type GraphQLSchema } from 'graphql';
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { GatewayContext, RequestFacts } from '../graphql/context.ts';
import { maskError } from '../graphql/mask-error.ts';
import { useMoreErrors } from '../graphql/more-errors.ts';
import { useErrorReport } from './error-report.ts';
import { MAX_BATCHED_OPERATIONS } from './limits.ts';
import type { Log } from './log.ts';

export interface YogaParts {
  readonly schema: GraphQLSchema;
  readonly contextOf: (facts: RequestFacts, request: Request) => GatewayContext;
  readonly plugins: readonly Plugin[];
  readonly log: Log;
}

/** GraphQL over HTTP, behind the router: who asks, and how much of a body is read, was settled there. */
export function createGraphqlServer(parts: YogaParts): YogaServerInstance<RequestFacts, GatewayContext> {
  const { log } = parts;
  return createYoga<RequestFacts, GatewayContext>({
    schema: parts.schema,
    // Not taken apart here: in a batch, what the router knows is in the prototype of each operation's context.
    context: (context) => parts.contextOf(context, context.request),
    // The router limits bodies by who sends them; Yoga's own limit costs two thirds of the throughput.
    maxRequestBodySize: false,
    // Its default answers every origin, with credentials.
    cors: false,
    multipart: false,
    landingPage: false,
    graphiql: false,
    batching: { limit: MAX_BATCHED_OPERATIONS },
    maskedErrors: { maskError, isDev: false },
    // It would log every error that a client has made; useErrorReport logs those that are ours.
    logging: { debug: ignore, info: ignore, warn: (message: unknown) => log.warn(String(message)), error: ignore },
    plugins: [
      // GET requests have to carry a header that no other site's page can make a browser send.
      useCSRFPrevention({ requestHeaders: ['authorization', 'x-graphql-yoga-csrf', 'graphql-require-preflight'] }),
      useErrorReport(log),
      useExecutionInOrder(),
      useMoreErrors(),
      ...parts.plugins,
    ],
  });
}

/**
 * graphql-js in the place of Yoga's own executor, which puts fields into the answer in the order in which they were
 * resolved, not in that of the query.
 * https://spec.graphql.org/October2021/#sec-Serialized-Map-Ordering
 */
function useExecutionInOrder(): Plugin {
  return { onExecute: ({ setExecuteFn }) => setExecuteFn(execute) };
}

const ignore = (): void => undefined;
