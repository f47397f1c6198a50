import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent, createServer, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSigned } from '../support/certificate.ts';

// Answers of many different requests: tests say what they expect with matchers.
type Json = ReturnType<typeof JSON.parse>;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Json;
}

export interface ToAsk {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A proxy that ends TLS in front of a gateway, and a client that trusts its certificate and no other. */
export interface HttpsFront {
  /** https://localhost:port */
  readonly url: string;
  ask(path: string, toAsk?: ToAsk): Promise<Answer>;
  close(): Promise<void>;
}

export async function openHttpsFront(gatewayUrl: string): Promise<HttpsFront> {
  const { cert, key } = selfSigned();
  const server = createServer({ cert, key }, (request, response) => {
    const { host = '', ...headers } = request.headers;
    const forwarded = {
      'x-forwarded-for': request.socket.remoteAddress ?? '',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': host,
    };
    const passed = httpRequest(
      `${gatewayUrl}${request.url}`,
      { method: request.method, headers: { ...headers, ...forwarded } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    passed.once('error', () => response.destroy());
    request.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://localhost:${(server.address() as AddressInfo).port}`; // as: it listens on TCP
  const agent = new Agent({ ca: cert, keepAlive: true });
  return {
    url,
    ask: (path, toAsk) => ask(`${url}${path}`, agent, toAsk),
    close: async () => {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function ask(url: string, agent: Agent, { method = 'POST', headers = {}, body = '' }: ToAsk = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    const sent = httpsRequest(url, { agent, method, headers: { ...headers, ...length } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => (text += part));
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: JSON.parse(text) }),
      );
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
