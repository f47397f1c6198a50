import type { IncomingMessage } from 'node:http';

/** What a request says before its body, and the connection it came on: the same for a socket and in process. */
export interface RequestHead {
  /** The value of a header; null: it was not sent. `name`: in lower case. */
  header(name: string): string | null;
  /** Of whoever is at the other end of the connection: the client, or the nearest proxy. Null: not known. */
  readonly remoteAddress: string | null;
  /** Whether this very connection is encrypted; a proxy in front may say so of its own. */
  readonly encrypted: boolean;
}

/** Of a request that came through the gateway's own socket, which speaks plain HTTP. */
export function headOfMessage({ headers, socket }: IncomingMessage): RequestHead {
  return {
    header: (name) => {
      const value = headers[name];
      return Array.isArray(value) ? value.join(', ') : (value ?? null);
    },
    remoteAddress: socket.remoteAddress ?? null,
    encrypted: false,
  };
}

/** Of a request that is answered in process. Its URL says the host, and whether whoever embeds the gateway speaks TLS. */
export function headOfFetch(url: string, init: RequestInit, remoteAddress: string | null): RequestHead {
  const headers = new Headers(init.headers);
  const { host, protocol } = new URL(url);
  return {
    header: (name) => headers.get(name) ?? (name === 'host' ? host : null),
    remoteAddress,
    encrypted: protocol === 'https:',
  };
}
