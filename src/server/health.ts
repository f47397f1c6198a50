import type { ServerResponse } from 'node:http';
import { StoreUnavailable } from '../directory/store-unavailable.ts';
import { MasterKeyMissing } from '../session/master-keys.ts';
import { READINESS_TIMEOUT } from './limits.ts';

/** The phases of a gateway. While it drains it answers, but is not ready: balancers send their requests elsewhere. */
export type Phase = 'starting' | 'ready' | 'draining' | 'stopping';

function send(response: ServerResponse, status: number, body: Readonly<Record<string, string>>): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}

/** /healthz: the process runs and serves requests. */
export function sendHealth(response: ServerResponse): void {
  send(response, 200, { status: 'ok' });
}

/** /readyz: questions would be answered: the gateway has started and is not stopping, and the database answers in time. */
export async function sendReadiness(response: ServerResponse, phase: Phase, ping: () => Promise<void>): Promise<void> {
  if (phase !== 'ready') {
    send(response, 503, { status: 'not ready', reason: `the gateway is ${phase}` });
    return;
  }
  const fault = await faultInTime(ping);
  if (fault === null) send(response, 200, { status: 'ready' });
  else send(response, 503, { status: 'not ready', ...fault });
}

/** Why the gateway is not ready. The code is that of an error about the storage. */
interface Fault {
  readonly reason: string;
  readonly code?: string;
}

const NO_ANSWER: Fault = { reason: 'the database does not answer' };

function faultOf(error: unknown): Fault {
  if (error instanceof MasterKeyMissing) return { reason: error.message };
  if (!(error instanceof StoreUnavailable) || error.code === 'DIRECTORY_UNAVAILABLE') return NO_ANSWER;
  return { reason: error.message, code: error.code };
}

/** Null: the database answers. */
async function faultInTime(ping: () => Promise<void>): Promise<Fault | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Fault>((resolve) => {
    timer = setTimeout(() => resolve(NO_ANSWER), READINESS_TIMEOUT);
  });
  const answered = ping().then(() => null, faultOf);
  const result = await Promise.race([answered, late]);
  clearTimeout(timer);
  return result;
}
