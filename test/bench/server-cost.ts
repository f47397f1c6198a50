import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, type RequestOptions, request } from 'node:http';
import { fileURLToPath } from 'node:url';

/** Requests under way at the same time. */
const ABREAST = 8;

export interface ToSend {
  readonly options: RequestOptions;
  readonly body: Buffer;
}

/** Connections to a server, which are kept. */
export interface Sender {
  readonly send: (one: ToSend) => Promise<{ readonly status: number; readonly text: string }>;
  readonly close: () => void;
}

export function senderTo(url: string): Sender {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  return {
    send: ({ options, body }) =>
      new Promise((resolve, reject) => {
        const sent = request({ ...options, agent, hostname, port, method: 'POST' }, (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (part: string) => (text += part));
          response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
        });
        sent.once('error', reject).end(body);
      }),
    close: () => agent.destroy(),
  };
}

/** A server in a process of its own, which says how much CPU it has used. */
export interface MeasuredServer<Facts> extends Pick<Sender, 'send'> {
  readonly facts: Facts & { readonly url: string };
  /** Microseconds of the server's CPU for each; all have to be answered with 200 and without errors. */
  cost(requests: readonly ToSend[], abreast?: number): Promise<number>;
  /** Asks the process something else. */
  ask(message: string): Promise<Record<string, number>>;
  stop(): void;
}

export async function startMeasured<Facts>(path: URL, args: readonly string[] = []): Promise<MeasuredServer<Facts>> {
  const server: ChildProcess = fork(fileURLToPath(path), [...args], { execArgv: ['--import', 'tsx'] });
  server.once('exit', (code) => {
    if (code === 0 || code === null) return;
    process.stderr.write(`${path.pathname} ended with ${code}\n`);
    process.exit(1);
  });
  const [facts] = await once(server, 'message');
  const { send, close } = senderTo(facts.url);

  async function ask(message: string): Promise<Record<string, number>> {
    server.send(message);
    const [answer] = await once(server, 'message');
    return answer;
  }

  async function cost(requests: readonly ToSend[], abreast = ABREAST): Promise<number> {
    const { cpu: before = 0 } = await ask('cpu');
    let next = 0;
    const work = async (): Promise<void> => {
      for (let one = requests[next++]; one !== undefined; one = requests[next++]) {
        const { status, text } = await send(one);
        if (status !== 200 || text.includes('"errors"')) throw new Error(`${status} ${text.slice(0, 500)}`);
      }
    };
    await Promise.all(Array.from({ length: abreast }, work));
    return (((await ask('cpu'))['cpu'] ?? 0) - before) / requests.length;
  }

  const stop = (): void => {
    server.send('end');
    close();
  };
  return { facts, send, cost, ask, stop };
}

/** Answers what `startMeasured` asks. */
export function serveMeasurements(
  facts: object,
  end: () => Promise<void>,
  more: Readonly<Record<string, () => Record<string, number>>> = {},
): void {
  process.on('message', (message) => {
    if (message === 'cpu') {
      const { user, system } = process.cpuUsage();
      process.send?.({ cpu: user + system });
    } else if (typeof message === 'string' && more[message] !== undefined) process.send?.(more[message]());
    else void end().then(() => process.exit());
  });
  // Whoever has measured has ended without a word: there is nobody to serve.
  process.once('disconnect', () => process.exit());
  process.send?.(facts);
}

/** A GraphQL request. */
export function graphqlRequest(authorization: string, query: string, variables: object = {}): ToSend {
  const body = Buffer.from(JSON.stringify({ query, variables }));
  const headers = { authorization, 'content-type': 'application/json', 'content-length': body.length };
  return { options: { path: '/graphql', headers }, body };
}
