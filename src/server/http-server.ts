import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestListener,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { constants, createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { SharedUsage } from '../guard/usage.ts';
import type { Certificate } from './certificate.ts';
import { limitConnections, limitPerAddress } from './connections-per-address.ts';
import { REQUEST_TIMEOUT, STOP_TIMEOUT } from './limits.ts';

/** A server that can be stopped without cutting off running requests. */
export interface StoppableServer {
  /** http://host:port, or https://host:port */
  readonly url: string;
  /** Takes no more connections, lets running requests finish, and cuts off those that have not after STOP_TIMEOUT. */
  stop(): Promise<void>;
}

export interface HttpServer extends StoppableServer {
  /** From now on new connections get this one. Only where `listen` was given a certificate. */
  replaceCertificate(certificate: Certificate): void;
}

/** What a server takes. Times in milliseconds. */
export interface ServerLimits
  extends Pick<
    ServerOptions,
    'requestTimeout' | 'headersTimeout' | 'keepAliveTimeout' | 'connectionsCheckingInterval' | 'maxHeaderSize'
  > {
  /** At the same time. */
  readonly maxConnections?: number;
  /** Of one subscriber at the same time. */
  readonly maxConnectionsPerAddress?: number;
  /** Addresses of which any number is taken. */
  readonly isUncounted?: (address: string) => boolean;
  /** What other processes of the port use; left out: there are none. */
  readonly usage?: SharedUsage;
  /** Left out: plain HTTP. Otherwise TLS, with HTTP/2 for clients that speak it. */
  readonly certificate?: Certificate;
}

/** Streams of one HTTP/2 connection at a time. */
const MAX_STREAMS = 100;

/** Begins to listen. Rejects with node's own error (EADDRINUSE …). */
export function listen(
  host: string,
  port: number,
  listener: RequestListener,
  { maxConnections, maxConnectionsPerAddress, isUncounted, usage, certificate, ...limits }: ServerLimits = {},
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
    if (request.httpVersionMajor === 2) asHttp1(request, response);
    else if (stopping) response.setHeader('connection', 'close');
    listener(request, response);
  };
  const options = { requestTimeout: REQUEST_TIMEOUT, keepAlive: true, ...limits };
  const server =
    certificate === undefined ? createServer(options, onRequest) : secureServer(certificate, options, onRequest);
  const connections = connectionsOf(server);
  if (maxConnections !== undefined && usage !== undefined) limitConnections(server, maxConnections, usage);
  else if (maxConnections !== undefined) server.maxConnections = maxConnections;
  if (maxConnectionsPerAddress !== undefined) limitPerAddress(server, maxConnectionsPerAddress, isUncounted, usage);
  // By default node answers `Expect: 100-continue` before the caller and the size are known.
  server.on('checkContinue', onRequest);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const stop = (): Promise<void> => {
        stopping = true;
        for (const response of underWay) {
          if (!response.headersSent && response.req.httpVersionMajor < 2) response.setHeader('connection', 'close');
        }
        return closeServer(server, connections);
      };
      const replaceCertificate = (next: Certificate): void => {
        if ('setSecureContext' in server) server.setSecureContext(next);
      };
      resolve({ url: urlOf(server, certificate !== undefined), replaceCertificate, stop });
    });
  });
}

/**
 * HTTP/2 names the host in a field of its own, and has neither a message beside the status nor a header `connection`: node warns
 * if one is given.
 */
function asHttp1(request: IncomingMessage, response: ServerResponse): void {
  request.headers.host ??= authorityOf(request.headers);
  const writeHead = response.writeHead.bind(response);
  Object.defineProperty(response, 'statusMessage', { value: '', writable: true });
  Object.defineProperty(response, 'writeHead', {
    value: (status: number, ...more: readonly unknown[]) => {
      const headers = more.find((each) => typeof each === 'object' && each !== null);
      return writeHead(status, withoutConnection(headers));
    },
  });
}

/** Headers as an object, or as a list of names and values. */
function withoutConnection(headers: unknown): OutgoingHttpHeaders | undefined {
  if (Array.isArray(headers)) {
    const at = headers.findIndex((text, index) => index % 2 === 0 && text === 'connection');
    return (at < 0 ? headers : headers.toSpliced(at, 2)) as unknown as OutgoingHttpHeaders; // as: node takes both forms
  }
  if (typeof headers !== 'object' || headers === null) return undefined;
  const { connection: _ofHttp1, ...rest } = headers as OutgoingHttpHeaders; // as: the other form
  return rest;
}

function authorityOf(headers: NodeJS.Dict<string | string[]>): string | undefined {
  const authority = headers[':authority'];
  return typeof authority === 'string' ? authority : undefined;
}

/** HTTP/1.1 and HTTP/2 on one port: the client chooses in the TLS handshake (ALPN). */
function secureServer(
  certificate: Certificate,
  { keepAliveTimeout = 0, ...limits }: ServerOptions,
  onRequest: RequestListener,
): Http2SecureServer {
  const settings = { maxConcurrentStreams: MAX_STREAMS };
  const server = createSecureServer({ ...certificate, ...limits, allowHTTP1: true, settings });
  // What node:http calls a request and a response is what its layer of compatibility for HTTP/2 offers.
  server.on('request', onRequest as unknown as Parameters<Http2SecureServer['on']>[1]);
  // Of the connections that speak HTTP/1.1; node 20 does not take them as options here.
  Object.assign(server, { keepAliveTimeout, ...limits });
  server.on('session', (session) => {
    if (keepAliveTimeout > 0) session.setTimeout(keepAliveTimeout, () => closeIfIdle(session));
  });
  // A client that breaks off is no fault of ours, and must not end the process.
  server.on('sessionError', () => undefined);
  return server;
}

function closeIfIdle(session: ServerHttp2Session): void {
  if (!session.closed) session.close();
}

interface Connections {
  /** Lets those end that speak HTTP/2 and have nothing under way. */
  close(): void;
  /** Cuts all of them off. */
  destroy(): void;
}

/** What node closes by itself for HTTP/1.1 alone. */
function connectionsOf(server: Server): Connections {
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  return {
    close: () => {
      for (const session of sessions) session.close();
    },
    destroy: () => {
      for (const session of sessions) session.destroy(undefined, constants.NGHTTP2_CANCEL);
      for (const socket of sockets) socket.destroy();
    },
  };
}

function closeServer(server: Server, connections: Connections): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => connections.destroy(), STOP_TIMEOUT);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    if ('closeIdleConnections' in server && typeof server.closeIdleConnections === 'function') {
      server.closeIdleConnections();
    }
    connections.close();
  });
}

function urlOf(server: Server, isSecure: boolean): string {
  // A server that listens on TCP has an AddressInfo; a string would be a pipe.
  const { address, family, port } = server.address() as AddressInfo;
  // 0.0.0.0 and :: are addresses to listen on, not to reach it at.
  const host = address === '0.0.0.0' || address === '::' ? 'localhost' : address;
  const scheme = isSecure ? 'https' : 'http';
  return `${scheme}://${family === 'IPv6' && host !== 'localhost' ? `[${host}]` : host}:${port}`;
}
