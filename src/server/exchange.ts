import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Work } from '../access/work.ts';
import type { RequestFacts } from '../graphql/context.ts';
import type { Caller } from '../session/caller.ts';

/** One request and its answer while the router handles them. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Of the address, without what follows a question mark. */
  readonly path: string;
  readonly requestId: string;
  /** When it arrived, milliseconds since 1970: everything in it is decided at this instant. */
  readonly now: number;
  /** By `performance.now()`, when it arrived; 0 where nothing is measured. */
  readonly began: number;
  /** Its work, which ends when the client has gone. */
  readonly work: Work;
  /** The caller, for the log; `none` where no caller is needed. */
  caller: 'none' | 'refused' | Caller['kind'];
}

/** Answers a GraphQL request. `body`: what a POST has sent, parsed; null: it is no POST. */
export type GraphqlListener = (exchange: Exchange, facts: RequestFacts, body: object | null) => Promise<void> | void;

/** Headers of every answer of /graphql: answers are for one caller, and some contain credentials. */
export const GRAPHQL_HEADERS = { 'cache-control': 'no-store' } as const;

/** Sets the headers of every answer of /graphql, for answers that set others one by one. */
export function setGraphqlHeaders({ response, requestId }: Exchange): void {
  response.setHeader('x-request-id', requestId);
  response.setHeader('cache-control', GRAPHQL_HEADERS['cache-control']);
}
