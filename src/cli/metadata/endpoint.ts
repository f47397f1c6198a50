import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen, type ServerLimits, type StoppableServer } from '../../server/http-server.ts';
import { CommandFailed } from '../failure.ts';
import { CONTAINER_PATH, containerReply } from './container.ts';
import { type InstanceMetadata, instanceReply } from './instance.ts';
import type { KeptCredentials } from './kept-credentials.ts';
import { foreignReason } from './refuse-foreign.ts';
import { failureReply, type Reply, refusal, send } from './reply.ts';

/** Requests are a few hundred bytes, without a body, from programs of this machine. Times in milliseconds. */
const LIMITS: ServerLimits = {
  maxHeaderSize: 8_192,
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  maxConnections: 64,
};

/** What is served, and to whom. */
export interface Endpoint {
  /** Of the container credentials endpoint. */
  readonly token: string;
  readonly credentials: KeptCredentials;
  /** Null: no instance metadata. */
  readonly instanceMetadata: InstanceMetadata | null;
  /** Told of what nobody expected. */
  readonly unexpected: (error: unknown) => void;
}

/**
 * Listens on 127.0.0.1, and on the same port of ::1 if `ipv6`. `port` 0: any free one. Throws CommandFailed if it cannot.
 */
export async function serveEndpoint(endpoint: Endpoint, port: number, ipv6: boolean): Promise<StoppableServer> {
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void answer(request, response, endpoint);
  };
  const first = await listenOn('127.0.0.1', port, listener);
  if (!ipv6) return first;
  try {
    const second = await listenOn('::1', Number(new URL(first.url).port), listener);
    const stop = async (): Promise<void> => {
      await Promise.all([first.stop(), second.stop()]);
    };
    return { url: first.url, stop };
  } catch (error) {
    await first.stop();
    throw error;
  }
}

async function listenOn(host: string, port: number, listener: Parameters<typeof listen>[2]): Promise<StoppableServer> {
  try {
    return await listen(host, port, listener, LIMITS);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const hint = code === 'EADDRINUSE' || code === 'EACCES' ? ': choose another one with --port' : '';
    throw new CommandFailed(`port ${port} of ${host} cannot be listened on (${code})${hint}`, { cause });
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, endpoint: Endpoint): Promise<void> {
  let reply: Reply;
  try {
    reply = await replyTo(request, endpoint);
  } catch (error) {
    reply = failureReply(error);
    if (reply.status === 500) endpoint.unexpected(error);
  }
  send(response, reply);
}

async function replyTo(request: IncomingMessage, endpoint: Endpoint): Promise<Reply> {
  const reason = foreignReason(request);
  if (reason !== null) return refusal(403, 'Forbidden', reason);
  if (request.headers['transfer-encoding'] !== undefined || (request.headers['content-length'] ?? '0') !== '0') {
    return refusal(413, 'PayloadTooLarge', 'requests have no body here', { connection: 'close' });
  }
  const { token, credentials, instanceMetadata } = endpoint;
  const path = request.url ?? '';
  if (path === CONTAINER_PATH) return containerReply(request, token, credentials);
  if (instanceMetadata !== null && path.startsWith('/latest/')) {
    return instanceReply(request, path, instanceMetadata, credentials);
  }
  return refusal(404, 'NotFound', 'there is nothing at this path');
}
