import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Work } from '../access/work.ts';
import type { RequestFacts } from '../graphql/context.ts';
import type { Caller } from '../session/caller.ts';

/** One request and its answer while the router handles them. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly requestId: string;
  /** When it arrived, milliseconds since 1970: everything in it is decided at this instant. */
  readonly now: number;
  /** Its work, which ends when the client has gone. */
  readonly work: Work;
  /** The caller, for the log; `none` where no caller is needed. */
  caller: 'none' | 'refused' | Caller['kind'];
}

/** Answers a GraphQL request; the parsed operation of a POST is in `request.body`. */
export type GraphqlListener = (
  request: IncomingMessage & { body?: object },
  response: ServerResponse,
  facts: RequestFacts,
) => Promise<void> | void;
