import { startServer } from '../../support/process.ts';
import { cpuOfThreads } from '../processes.ts';
import { graphqlRequest, senderTo } from '../server-cost.ts';

const TOKEN = 'operator-token-of-the-size-benchmark';
const DECISION = 'query ($request: AccessRequestInput!) { decision(request: $request) { effect } }';

/** A request that a gateway is asked about. */
export interface Asked {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
}

/** `npm start` on a database. Milliseconds. */
export interface StartedGateway {
  /** From the start of its process until it says that it is ready. */
  readonly start: number;
  /** Asks one question, and tells how long the answer took. */
  decide(request: Asked): Promise<number>;
  /** Seconds of CPU that the process has had. */
  cpu(): Promise<number>;
  stop(): Promise<void>;
}

/** `cwd`: its data folder, with the master key; the same for all gateways of a database. */
export async function startGatewayOn(url: string, cwd: string): Promise<StartedGateway> {
  const began = performance.now();
  const running = startServer(cwd, {
    DATABASE_URL: url,
    LOG_LEVEL: 'silent',
    NODE_ENV: 'production',
    ROLEGATE_DEMO: 'off',
    ROLEGATE_OPERATOR_TOKEN: TOKEN,
  });
  const address = await running.printed(/ready at (http:\S+)\/graphql/);
  const start = performance.now() - began;
  const { send, close } = senderTo(address);
  const { pid } = running.child;
  if (pid === undefined) throw new Error('there is no process');
  return {
    start,
    decide: async (request) => {
      const before = performance.now();
      const { status, text } = await send(graphqlRequest(`Bearer ${TOKEN}`, DECISION, { request }));
      const took = performance.now() - before;
      if (status !== 200 || text.includes('"errors"')) throw new Error(`${status} ${text.slice(0, 500)}`);
      return took;
    },
    cpu: () => cpuOfThreads(pid),
    stop: async () => {
      close();
      running.child.kill('SIGTERM');
      await running.ended;
    },
  };
}
