import type { IncomingMessage, ServerResponse } from 'node:http';
import { graphiqlAssets } from './assets.ts';
import { CONTENT_SECURITY_POLICY, type GraphiqlTab, graphiqlPage } from './page.ts';

const PREFIX = '/graphiql/';
/** Text of the header editor: the cookie signs in, and where other credentials go. */
const EMPTY_HEADERS = '{\n  "Authorization": ""\n}';

/** Whether a browser asks for a page. The address may contain a query: GraphiQL keeps it there. */
export function wantsPage(request: IncomingMessage): boolean {
  const { method, headers } = request;
  return (method === 'GET' || method === 'HEAD') && (headers.accept ?? '').includes('text/html');
}

export async function sendGraphiqlPage(response: ServerResponse, tabs: readonly GraphiqlTab[]): Promise<void> {
  const { hash } = await graphiqlAssets();
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  });
  response.end(graphiqlPage(`${PREFIX}${hash}/`, tabs, EMPTY_HEADERS));
}

/** Serves /graphiql/<hash>/<name>. Returns whether `path` was one of them. */
export async function sendGraphiqlAsset(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<boolean> {
  if (!path.startsWith(PREFIX) || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
  const [hash, name, ...rest] = path.slice(PREFIX.length).split('/');
  const assets = await graphiqlAssets();
  const asset = rest.length === 0 && hash === assets.hash ? assets.get(name ?? '') : null;
  if (asset === null) return false;
  const compressed = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  const body = compressed ? await asset.gzipped() : asset.body;
  response.writeHead(200, {
    'content-type': asset.type,
    'content-length': body.length,
    ...(compressed ? { 'content-encoding': 'gzip' } : {}),
    vary: 'accept-encoding',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    // A worker uses the policy of its own file, not that of the page.
    'content-security-policy': CONTENT_SECURITY_POLICY,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
  return true;
}
