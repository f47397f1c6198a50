import { createServer, type RequestListener, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { REQUEST_TIMEOUT, STOP_TIMEOUT } from './limits.ts';

/** A node:http server that can be stopped without cutting off running requests. */
export interface HttpServer {
  /** http://host:port */
  readonly url: string;
  /** Takes no more connections, lets running requests finish, and cuts off those that have not after STOP_TIMEOUT. */
  stop(): Promise<void>;
}

/** What a server takes. Times in milliseconds. */
export interface ServerLimits
  extends Pick<
    ServerOptions,
    'requestTimeout' | 'headersTimeout' | 'keepAliveTimeout' | 'connectionsCheckingInterval' | 'maxHeaderSize'
  > {
  /** At the same time. */
  readonly maxConnections?: number;
}

/** Begins to listen. Rejects with node's own error (EADDRINUSE …). */
export function listen(
  host: string,
  port: number,
  listener: RequestListener,
  { maxConnections, ...limits }: ServerLimits = {},
): Promise<HttpServer> {
  const underWay = new Set<ServerResponse>();
  let stopping = false;
  // One function for all, which is called on the response.
  function ended(this: ServerResponse): void {
    underWay.delete(this);
  }
  const onRequest: RequestListener = (request, response) => {
    underWay.add(response);
    response.on('close', ended);
    if (stopping) response.setHeader('connection', 'close');
    listener(request, response);
  };
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT, keepAlive: true, ...limits }, onRequest);
  if (maxConnections !== undefined) server.maxConnections = maxConnections;
  // By default node answers `Expect: 100-continue` before the caller and the size are known.
  server.on('checkContinue', onRequest);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const stop = (): Promise<void> => {
        stopping = true;
        for (const response of underWay) if (!response.headersSent) response.setHeader('connection', 'close');
        return closeServer(server);
      };
      resolve({ url: urlOf(server), stop });
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), STOP_TIMEOUT);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function urlOf(server: Server): string {
  // A server that listens on TCP has an AddressInfo; a string would be a pipe.
  const { address, family, port } = server.address() as AddressInfo;
  // 0.0.0.0 and :: are addresses to listen on, not to reach it at.
  const host = address === '0.0.0.0' || address === '::' ? 'localhost' : address;
  return `http://${family === 'IPv6' && host !== 'localhost' ? `[${host}]` : host}:${port}`;
}
