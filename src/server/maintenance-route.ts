import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { OpenDirectory } from '../directory/prisma/open-directory.ts';
import { RolegateError } from '../policy/errors.ts';
import type { Admit } from './admission.ts';
import { refuseUnread } from './body.ts';
import type { Exchange } from './exchange.ts';
import type { Refusal } from './graphql-error.ts';
import { headOfMessage } from './request-head.ts';

/** What the command line asks the gateway that has the embedded directory, as its operator. */
export interface MaintenanceRoute {
  readonly admit: Admit;
  readonly directory: Pick<OpenDirectory, 'backup' | 'check'>;
}

/** The lines of a backup, without keys: the gateway never sends one. */
export const BACKUP_PATH = '/operator/backup';
/** What a check has found, as JSON. */
export const CHECK_PATH = '/operator/check';

export function isMaintenancePath(path: string): boolean {
  return path === BACKUP_PATH || path === CHECK_PATH;
}

/** POST, for the operator alone. Cookies do not count: no browser is signed in as the operator. */
export async function serveMaintenance({ admit, directory }: MaintenanceRoute, exchange: Exchange): Promise<void> {
  const { request, response, requestId, path } = exchange;
  response.setHeader('cache-control', 'no-store');
  const facts = await admit(headOfMessage(request), exchange, response);
  const refusal = 'status' in facts ? facts : refusalOf(request.method ?? '', facts.caller.kind);
  exchange.caller = 'status' in facts ? 'refused' : facts.caller.kind;
  if (refusal !== null) {
    refuseUnread(request, response, refusal, requestId);
    return;
  }
  try {
    if (path === CHECK_PATH) sendJson(response, await directory.check());
    else await directory.backup((line) => send(response, `${line}\n`));
    response.end();
  } catch (error) {
    if (error instanceof ClientGone) return;
    const unavailable = unavailableAnswer(error);
    if (unavailable === null || response.headersSent) throw error;
    refuseUnread(request, response, unavailable, requestId);
  }
}

function refusalOf(method: string, caller: string): Refusal | null {
  if (method !== 'POST') {
    return { status: 405, code: 'BAD_REQUEST', message: 'this is asked with POST', headers: { allow: 'POST' } };
  }
  if (caller === 'operator') return null;
  if (caller !== 'anonymous') return { status: 403, code: 'FORBIDDEN', message: 'this is for the operator alone' };
  const headers = { 'www-authenticate': 'Bearer realm="rolegate"' };
  return { status: 401, code: 'UNAUTHENTICATED', message: 'this needs the token of the operator', headers };
}

/** Null: an unexpected error. */
function unavailableAnswer(error: unknown): Refusal | null {
  if (!(error instanceof RolegateError)) return null;
  const { code, message } = error;
  return { status: 503, code, message, headers: { 'retry-after': '1' } };
}

/** The client has disconnected before the end of the answer. */
class ClientGone extends Error {}

/** Waits until the client has taken enough of it: a slow one does not fill the memory. */
async function send(response: ServerResponse, text: string): Promise<void> {
  if (response.destroyed) throw new ClientGone();
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  if (response.write(text)) return;
  await Promise.race([once(response, 'drain'), once(response, 'close')]);
}

function sendJson(response: ServerResponse, value: object): void {
  const body = JSON.stringify(value);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.write(body);
}
