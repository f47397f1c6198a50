import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { RequestFacts } from '../graphql/context.ts';
import { type Refusal, refusalBody } from './graphql-error.ts';
import type { Log } from './log.ts';
import type { Around } from './tracer.ts';

/** Who is told of operations, and of their errors. */
export interface Reports {
  readonly log: Log;
  /** Is told the code of each error; left out: nobody counts them. */
  readonly refused?: ((code: string) => void) | undefined;
  /** How operations are traced; left out: they are not. */
  readonly around?: Around | undefined;
}

/**
 * Logs the original of every "Unexpected error.", and names the request in the answer, so that the two can be matched. What fails
 * outside the execution is one, too: the server beneath would answer it with its stack.
 */
export function useErrorReport({ log, refused }: Reports): Plugin<object, RequestFacts> {
  return {
    onRequest(hook) {
      const { requestHandler, fetchAPI } = hook;
      const { requestId } = hook.serverContext;
      hook.setRequestHandler(async (request, context) => {
        try {
          return await requestHandler(request, context);
        } catch (error) {
          log.error({ requestId, err: error }, 'unexpected error');
          return new fetchAPI.Response(refusalBody(UNEXPECTED, requestId), {
            status: UNEXPECTED.status,
            headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
          });
        }
      });
    },
    onResultProcess({ result, serverContext: { requestId } }) {
      for (const one of Array.isArray(result) ? result : [result])
        if ('errors' in one) reportErrors(one, requestId, { log, refused });
    },
  };
}

const UNEXPECTED: Refusal = { status: 500, code: 'INTERNAL_SERVER_ERROR', message: 'Unexpected error.' };

/** The same for one result. */
export function reportErrors(
  { errors = [] }: Pick<ExecutionResult, 'errors'>,
  requestId: string,
  { log, refused }: Reports,
): void {
  for (const error of errors) {
    if (refused !== undefined && error instanceof GraphQLError) refused(codeOf(error));
    report(error, requestId, log);
  }
}

/** Of what GraphQL itself refuses there is none. */
function codeOf({ extensions }: GraphQLError): string {
  const { code } = extensions;
  return typeof code === 'string' ? code : 'GRAPHQL';
}

function report(error: unknown, requestId: string, log: Log): void {
  if (!(error instanceof GraphQLError) || error.extensions['code'] !== 'INTERNAL_SERVER_ERROR') return;
  error.extensions['requestId'] = requestId;
  log.error({ requestId, path: error.path?.join('.'), err: error.originalError ?? error }, 'unexpected error');
}
