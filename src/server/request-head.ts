import type { IncomingMessage } from 'node:http';

/** The headers of a request and its connection: the same form for a socket and in process. */
export interface RequestHead {
  /** The value of a header; null: it was not sent. `name`: in lower case. */
  header(name: string): string | null;
  /** Address of the other end of the connection: the client, or the nearest proxy. Null: not known. */
  readonly remoteAddress: string | null;
  /** Whether this connection is encrypted; a proxy in front may say so about the client's. */
  readonly encrypted: boolean;
  /** Identifies the connection; left out: it is not known which requests come on one. */
  readonly connection?: object;
}

/** The head of a request that came through the gateway's own socket. */
export function headOfMessage(message: IncomingMessage): RequestHead {
  return new MessageHead(message);
}

class MessageHead implements RequestHead {
  readonly #message: IncomingMessage;

  constructor(message: IncomingMessage) {
    this.#message = message;
  }

  header(name: string): string | null {
    const value = this.#message.headers[name];
    return Array.isArray(value) ? value.join(', ') : (value ?? null);
  }

  get encrypted(): boolean {
    return 'encrypted' in this.#message.socket;
  }

  get remoteAddress(): string | null {
    return this.#message.socket.remoteAddress ?? null;
  }

  get connection(): object {
    return this.#message.socket;
  }
}

/** The head of a request that is answered in process. Its URL gives the host, and whether TLS is used. */
export function headOfFetch(url: string, init: RequestInit, remoteAddress: string | null): RequestHead {
  const headers = new Headers(init.headers);
  const { host, protocol } = new URL(url);
  return {
    header: (name) => headers.get(name) ?? (name === 'host' ? host : null),
    remoteAddress,
    encrypted: protocol === 'https:',
  };
}

/** Two of them are two hosts, or two callers, for two readers of a request, such as a proxy and the gateway. */
const SENT_ONCE = ['host', 'authorization'] as const;

/** A header that was sent more than once although a request has one of it; null: there is none. Node keeps the first and says nothing. */
export function repeatedHeader({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): string | null {
  return SENT_ONCE.find((name) => timesSent(rawHeaders, name) > 1) ?? null;
}

/** `rawHeaders`: names and values in turn. */
function timesSent(rawHeaders: readonly string[], name: string): number {
  let times = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const each = rawHeaders[index];
    if (each !== undefined && each.length === name.length && each.toLowerCase() === name) times += 1;
  }
  return times;
}
