import type { IncomingMessage } from 'node:http';

/** The headers of a request and its connection: the same form for a socket and in process. */
export interface RequestHead {
  /** The value of a header; null: it was not sent. `name`: in lower case. */
  header(name: string): string | null;
  /** Address of the other end of the connection: the client, or the nearest proxy. Null: not known. */
  readonly remoteAddress: string | null;
  /** Whether this connection is encrypted; a proxy in front may say so about the client's. */
  readonly encrypted: boolean;
}

/** The head of a request that came through the gateway's own socket. */
export function headOfMessage({ headers, socket }: IncomingMessage): RequestHead {
  return {
    header: (name) => {
      const value = headers[name];
      return Array.isArray(value) ? value.join(', ') : (value ?? null);
    },
    remoteAddress: socket.remoteAddress ?? null,
    encrypted: 'encrypted' in socket,
  };
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
  const names = rawHeaders.filter((_text, index) => index % 2 === 0).map((name) => name.toLowerCase());
  return SENT_ONCE.find((name) => names.indexOf(name) !== names.lastIndexOf(name)) ?? null;
}
