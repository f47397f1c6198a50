import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { WorkLimits } from '../access/work.ts';
import type { OpenDirectory } from '../directory/prisma/open-directory.ts';
import { InvalidInput, RolegateError } from '../policy/errors.ts';
import { auditLines } from '../session/audit-lines.ts';
import { aCall, type Call } from '../session/call.ts';
import type { Caller } from '../session/caller.ts';
import {
  credentialsOfMasterKey,
  type MasterKeyTools,
  masterKeyGenerations,
  retireMasterKey,
  rotateMasterKey,
} from '../session/rotate-master-key.ts';
import type { Admit } from './admission.ts';
import { refuseUnread } from './body.ts';
import type { Exchange } from './exchange.ts';
import type { Refusal } from './graphql-error.ts';
import { headOfMessage } from './request-head.ts';

/** What the command line asks the gateway that has the embedded directory, as its operator. */
export interface MaintenanceRoute {
  readonly admit: Admit;
  readonly directory: Pick<OpenDirectory, 'backup' | 'check' | 'exportedEvents'>;
  readonly masterKeys: MasterKeyTools;
}

/** The lines of a backup, without keys: the gateway never sends one. */
export const BACKUP_PATH = '/operator/backup';
/** What a check has found, as JSON. */
export const CHECK_PATH = '/operator/check';
/** The audit trail, as lines of JSON, the last of which says how it ended; `?after=N`: behind that event. */
export const AUDIT_PATH = '/operator/audit';

/** What rests on the generations of the master key, as lines of JSON; `?generation=N`: on one of them. */
export const KEYS_PATH = '/operator/keys';
/** The generations of the master key, as JSON: their fingerprints, and no key. */
export const GENERATIONS_PATH = '/operator/master-key';
/** Begins a generation with a key that is in the file already: none is sent. */
export const ROTATE_PATH = '/operator/master-key/rotate';
/** `?generation=N`: ends it. */
export const RETIRE_PATH = '/operator/master-key/retire';

type Perform = (route: MaintenanceRoute, exchange: Exchange) => Promise<void>;

const PATHS: ReadonlyMap<string, Perform> = new Map<string, Perform>([
  [BACKUP_PATH, ({ directory }, exchange) => directory.backup((line) => send(exchange, `${line}\n`))],
  [CHECK_PATH, async ({ directory }, { response }) => sendJson(response, await directory.check())],
  [AUDIT_PATH, sendAuditTrail],
  [KEYS_PATH, sendKeys],
  [
    GENERATIONS_PATH,
    async ({ masterKeys }, { response }) =>
      sendJson(response, { data: { generations: await masterKeyGenerations(masterKeys) } }),
  ],
  [
    ROTATE_PATH,
    async ({ masterKeys }, exchange) =>
      sendJson(exchange.response, { data: { generation: await rotateMasterKey(masterKeys, callOf(exchange)) } }),
  ],
  [
    RETIRE_PATH,
    async ({ masterKeys }, exchange) => {
      const counts = await retireMasterKey(masterKeys, callOf(exchange), generationAsked(exchange) ?? 0);
      sendJson(exchange.response, { data: counts });
    },
  ],
]);

export function isMaintenancePath(path: string): boolean {
  return PATHS.has(path);
}

/** POST, for the operator alone, with its token: a browser that is signed in as the operator does not do. */
export async function serveMaintenance(route: MaintenanceRoute, exchange: Exchange): Promise<void> {
  const { request, response, requestId, path } = exchange;
  response.setHeader('cache-control', 'no-store');
  const facts = await route.admit(headOfMessage(request), exchange, response);
  const refusal = 'status' in facts ? facts : refusalOf(request.method ?? '', facts.caller);
  exchange.caller = 'status' in facts ? 'refused' : facts.caller.kind;
  if (refusal !== null) {
    refuseUnread(request, response, refusal, requestId);
    return;
  }
  exchange.work.takesLong(PATIENCE);
  try {
    await PATHS.get(path)?.(route, exchange);
    response.end();
  } catch (error) {
    if (error instanceof ClientGone) return;
    const failure = failureAnswer(error);
    if (failure === null || response.headersSent) throw error;
    refuseUnread(request, response, failure, requestId);
  }
}

function refusalOf(method: string, caller: Caller): Refusal | null {
  if (method !== 'POST') {
    return { status: 405, code: 'BAD_REQUEST', message: 'this is asked with POST', headers: { allow: 'POST' } };
  }
  if (caller.kind === 'operator' && caller.tokenSignIn === undefined) return null;
  if (caller.kind !== 'anonymous' && caller.kind !== 'operator')
    return { status: 403, code: 'FORBIDDEN', message: 'this is for the operator alone' };
  const headers = { 'www-authenticate': 'Bearer realm="rolegate"' };
  return { status: 401, code: 'UNAUTHENTICATED', message: 'this needs the token of the operator', headers };
}

/** Codes of what was asked; all others are of a database that cannot answer now. */
const OF_WHAT_IS_ASKED: Readonly<Record<string, number>> = {
  BAD_USER_INPUT: 400,
  CONFLICT: 409,
  LIMIT_EXCEEDED: 409,
  NoSuchEntity: 404,
};

/** Null: an unexpected error. */
function failureAnswer(error: unknown): Refusal | null {
  if (!(error instanceof RolegateError)) return null;
  const { code, message } = error;
  const status = OF_WHAT_IS_ASKED[code];
  return status === undefined
    ? { status: 503, code, message, headers: { 'retry-after': '1' } }
    : { status, code, message };
}

function callOf({ now, requestId }: Exchange): Call {
  return aCall({ kind: 'operator' }, now, { requestId });
}

function givenIn({ request }: Exchange, name: string): string | null {
  const [, query = ''] = (request.url ?? '').split('?', 2);
  return new URLSearchParams(query).get(name);
}

async function sendAuditTrail({ directory }: MaintenanceRoute, exchange: Exchange): Promise<void> {
  const given = givenIn(exchange, 'after') ?? '0';
  if (!/^\d{1,18}$/.test(given)) throw new InvalidInput('after', 'must be the number of an event');
  const after = BigInt(given);
  for await (const line of auditLines(directory.exportedEvents(after), after)) await send(exchange, `${line}\n`);
}

/** Null: none is given. */
function generationAsked(exchange: Exchange): number | null {
  const given = givenIn(exchange, 'generation');
  if (given === null || /^[1-9]\d{0,3}$/.test(given)) return given === null ? null : Number(given);
  throw new InvalidInput('generation', 'must be a number from 1 on');
}

async function sendKeys({ masterKeys }: MaintenanceRoute, exchange: Exchange): Promise<void> {
  const { response, now } = exchange;
  const generation = generationAsked(exchange);
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  for await (const record of credentialsOfMasterKey(masterKeys, generation, now)) {
    await send(exchange, `${JSON.stringify(record)}\n`);
  }
  // Nothing else says that these are all.
  await send(exchange, '{}\n');
}

/** From one line to the next: a client that takes nothing more holds what is read for it. */
const PATIENCE: WorkLimits = { time: 600_000, cpu: Number.POSITIVE_INFINITY };

/** The client has disconnected before the end of the answer. */
class ClientGone extends Error {}

/** Waits until the client has taken enough of it: a slow one does not fill the memory. */
async function send({ response, work }: Exchange, text: string): Promise<void> {
  if (work.isStopped) throw new ClientGone();
  work.takesLong(PATIENCE);
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  if (response.write(text)) return;
  const taken = new AbortController();
  const { signal } = taken;
  // The one that does not come would be listened for until the end of the answer.
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]).finally(() =>
    taken.abort(),
  );
}

function sendJson(response: ServerResponse, value: object): void {
  const body = JSON.stringify(value);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.write(body);
}
