import type { RequestFacts } from '../graphql/context.ts';
import type { Admit } from './admission.ts';
import { refusalBody } from './graphql-error.ts';
import { headOfFetch } from './request-head.ts';

/** Answers as /graphql does, apart from the router's limits of body size. For tests and embedding. */
export type FetchInProcess = (
  url: string,
  init?: RequestInit,
  /** `address`: the address of the client, or of a trusted proxy; left out: not known. */
  connection?: { readonly address: string },
) => Promise<Response>;

const REQUEST_ID = 'in-process';

export function fetchInProcess(
  admit: Admit,
  answer: (url: string, init: RequestInit, facts: RequestFacts) => Promise<Response> | Response,
  clock: () => number,
): FetchInProcess {
  return async (url, init = {}, connection) => {
    const cookies = new Map<string, string>();
    const head = headOfFetch(url, init, connection?.address ?? null);
    const facts = await admit(
      head,
      { requestId: REQUEST_ID, now: clock() },
      { setHeader: (name, value) => cookies.set(name, value) },
    );
    if ('status' in facts) {
      const headers = { 'content-type': 'application/json; charset=utf-8', ...facts.headers };
      return new Response(refusalBody(facts, REQUEST_ID), { status: facts.status, headers });
    }
    const response = await answer(url, init, facts);
    for (const [name, value] of cookies) response.headers.append(name, value);
    return response;
  };
}
