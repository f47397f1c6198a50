import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../credentials/gateway-address.ts';

/** What a proxy, or a page in a browser, adds to a request. No client of AWS does. */
const ADDED = ['origin', 'x-forwarded-for', 'x-forwarded-host', 'forwarded', 'via'] as const;

/**
 * Why a request is refused that did not come straight from a program of this machine: through a proxy, or by a browser, where
 * any page could make it (its name may even point to the loopback address, but then `Host` says that name). Null: it did.
 */
export function foreignReason(request: IncomingMessage): string | null {
  const { headersDistinct: headers, socket, url = '' } = request;
  const hosts = headers['host'] ?? [];
  if (hosts.length !== 1 || !isOwnHost(hosts[0] ?? '', socket.localPort ?? 0)) {
    return 'the header `Host` is not the loopback address that is listened on';
  }
  if (!url.startsWith('/')) return 'the request is one to a proxy';
  const added = ADDED.find((name) => headers[name] !== undefined);
  if (added !== undefined) return `the header \`${added}\` says that it came through a proxy or from a page`;
  const site = headers['sec-fetch-site'];
  return site === undefined || site.every((value) => value === 'none') ? null : 'a page in a browser makes it';
}

function isOwnHost(host: string, port: number): boolean {
  const [, name = '', given = '80'] = /^(\[[0-9a-f:]+\]|[^:[\]@/]+)(?::(\d+))?$/i.exec(host) ?? [];
  return isLoopback(name) && Number(given) === port;
}
