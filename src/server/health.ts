import type { ServerResponse } from 'node:http';
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
  if (await answersInTime(ping)) send(response, 200, { status: 'ready' });
  else send(response, 503, { status: 'not ready', reason: 'the database does not answer' });
}

async function answersInTime(ping: () => Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), READINESS_TIMEOUT);
  });
  const answered = ping().then(
    () => true,
    () => false,
  );
  const result = await Promise.race([answered, late]);
  clearTimeout(timer);
  return result;
}
