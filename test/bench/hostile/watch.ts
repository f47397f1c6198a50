import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';

/** What another client sees while something goes on. Milliseconds of the gateway's main thread, and megabytes. */
export interface Seen {
  readonly healthz: number;
  readonly decision: number;
  readonly megabytes: number;
  readonly seconds: number;
  readonly status: number;
  readonly answer: string;
}

interface Watched {
  readonly url: string;
  readonly pid: number;
  readonly plain: string;
}

/** Milliseconds of CPU that the main thread has used: how busy the machine is with others does not count. */
function cpuOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ', 1)[0]) / 1e6;
}

function residentOf(pid: number): number {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
  /** Milliseconds after which the client goes away; left out: it stays until it is answered. */
  readonly leaves?: number;
}

export function send(
  url: string,
  agent: Agent,
  { method, path, headers, body, leaves }: Sent,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve) => {
    const sent = request(
      new URL(path, url),
      { agent, method, headers: { ...headers, 'content-length': String(body?.length ?? 0) } },
      (response) => {
        let text = '';
        const status = response.statusCode ?? 0;
        if (leaves !== undefined) {
          setTimeout(() => {
            sent.destroy();
            resolve({ status, text });
          }, leaves);
        }
        response.setEncoding('utf8').on('data', (part: string) => {
          if (text.length < 10_000) text += part;
        });
        response.once('end', () => resolve({ status, text }));
        response.once('error', (error) => resolve({ status: 0, text: String(error) }));
      },
    );
    sent.once('error', (error) => resolve({ status: 0, text: String(error) })).end(body ?? undefined);
  });
}

/**
 * Sends `one`, and `beside` a moment later, and keeps asking for health and for a decision until the one is answered, or its client
 * goes away.
 */
export async function watching(server: Watched, decision: Sent, one: Sent, beside: Sent | null = null): Promise<Seen> {
  const agent = new Agent({ keepAlive: true });
  const hostile = new Agent({ keepAlive: false });
  const before = residentOf(server.pid);
  let [healthz, decided, most] = [0, 0, before];
  let answered = false;
  const ask = async (what: Sent): Promise<number> => {
    const start = cpuOf(server.pid);
    await send(server.url, agent, what);
    most = Math.max(most, residentOf(server.pid));
    return cpuOf(server.pid) - start;
  };
  const keepAsking = async (what: Sent, saw: (milliseconds: number) => void): Promise<void> => {
    for (;;) {
      const last = answered;
      saw(await ask(what));
      if (last) return;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  const start = performance.now();
  const watchers = [
    keepAsking({ method: 'GET', path: '/healthz', headers: {}, body: null }, (ms) => (healthz = Math.max(healthz, ms))),
    keepAsking(decision, (ms) => (decided = Math.max(decided, ms))),
  ];
  await new Promise((resolve) => setTimeout(resolve, 30));
  if (beside !== null) setTimeout(() => void send(server.url, hostile, beside), (one.leaves ?? 0) / 2);
  const { status, text } = await send(server.url, hostile, one);
  const seconds = (performance.now() - start) / 1000;
  answered = true;
  await Promise.all(watchers);
  agent.destroy();
  hostile.destroy();
  return { healthz, decision: decided, megabytes: most - before, seconds, status, answer: text };
}
