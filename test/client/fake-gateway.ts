import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** What came with a request. */
export interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly authorization: string | undefined;
  /** How many checks it has. */
  readonly count: number;
}

/** Answers a request, the `index`-th one. */
type Answering = (asked: Asked, response: ServerResponse, index: number) => void | Promise<void>;

/** A server that answers as a test says. */
export interface FakeGateway {
  readonly url: string;
  readonly asked: Asked[];
  /** Connections that were made. */
  readonly connections: () => number;
}

export async function fakeGateway(answering: Answering): Promise<FakeGateway> {
  const asked: Asked[] = [];
  let connections = 0;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { query, variables } = JSON.parse(await text(request));
    const list: unknown[] = variables.requests ?? variables.checks;
    const one = { query, variables, authorization: request.headers.authorization, count: list.length };
    asked.push(one);
    await answering(one, response, asked.length - 1);
  };
  const server = createServer((request, response) => void handle(request, response));
  server.on('connection', () => (connections += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // as: it listens on a port
  return { url: `http://127.0.0.1:${port}/graphql`, asked, connections: () => connections };
}

export const ALLOWED = { effect: 'ALLOWED', deniedBy: null, reason: 'because' };
export const DENIED = { effect: 'IMPLICIT_DENY', deniedBy: 'IDENTITY_POLICY', reason: 'no policy allows it' };

/** Answers with these decisions; errors stand at their places. */
export function decide(response: ServerResponse, asked: Asked, decisions: readonly object[], errors?: object[]): void {
  const field = asked.query.includes('decisionsFor') ? 'decisionsFor' : 'decisions';
  const list = Array.from({ length: asked.count }, (_, index) => decisions[index % decisions.length]);
  const failed = errors?.map((error) => ({ path: [field, 0], ...error }));
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({
      data: { [field]: failed === undefined ? list : list.map(nullAt(failed, field)) },
      ...(failed && { errors: failed }),
    }),
  );
}

function nullAt(errors: readonly { readonly path?: readonly unknown[] }[], field: string) {
  return (one: unknown, index: number): unknown =>
    errors.some(({ path }) => path?.[0] === field && path[1] === index) ? null : one;
}
