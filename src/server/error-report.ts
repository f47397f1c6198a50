import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { RequestFacts } from '../graphql/context.ts';
import type { Log } from './log.ts';

/**
 * Logs the original of every "Unexpected error.", and names the request in the answer, so that the two can be matched.
 */
export function useErrorReport(log: Log): Plugin<object, RequestFacts> {
  return {
    onResultProcess({ result, serverContext: { requestId } }) {
      for (const one of Array.isArray(result) ? result : [result])
        if ('errors' in one) reportErrors(one, requestId, log);
    },
  };
}

/** The same for one result. */
export function reportErrors({ errors = [] }: Pick<ExecutionResult, 'errors'>, requestId: string, log: Log): void {
  for (const error of errors) report(error, requestId, log);
}

function report(error: unknown, requestId: string, log: Log): void {
  if (!(error instanceof GraphQLError) || error.extensions['code'] !== 'INTERNAL_SERVER_ERROR') return;
  error.extensions['requestId'] = requestId;
  log.error({ requestId, path: error.path?.join('.'), err: error.originalError ?? error }, 'unexpected error');
}
