import type { IncomingMessage, ServerResponse } from 'node:http';
import { consoleFile, consoleList } from './assets.ts';
import { consolePageAt } from './pages.ts';
import { CONSOLE_POLICY, type ConsoleFacts, consoleShell } from './shell.ts';

const PREFIX = '/console/';

/** Answers a browser with the page of an address. False: the console has none there, or was not built. */
export async function sendConsolePage(
  { method }: IncomingMessage,
  response: ServerResponse,
  path: string,
  facts: ConsoleFacts,
): Promise<boolean> {
  const page = consolePageAt(path);
  if (page === null) return false;
  const list = await consoleList();
  if (list === null) return false;
  const body = Buffer.from(consoleShell(PREFIX, page, list, facts));
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': body.length,
    'content-security-policy': CONSOLE_POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-cache',
    vary: 'accept',
  });
  response.end(method === 'HEAD' ? undefined : body);
  return true;
}

/** Serves /console/<name>: each has a name that changes with its content. Answers whether `path` was one of them. */
export async function sendConsoleFile(
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<boolean> {
  if (!path.startsWith(PREFIX) || (method !== 'GET' && method !== 'HEAD')) return false;
  const file = await consoleFile(path.slice(PREFIX.length), headers['accept-encoding'] ?? '');
  if (file === null) return false;
  response.writeHead(200, {
    'content-type': file.type,
    'content-length': file.body.length,
    ...(file.encoding !== null && { 'content-encoding': file.encoding }),
    vary: 'accept-encoding',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'",
  });
  response.end(method === 'HEAD' ? undefined : file.body);
  return true;
}
