import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type EventClient, subscribe } from '../support/events.ts';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { childrenOf, type Running, startServer } from '../support/process.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

// Three gateways on one server, one of them with two workers: changes at each, questions at all of them with `atLeast`, while
// notifications are lost, connections are cut, the server is restarted and workers die; /readyz says how it is. `npm test` runs it
// for some seconds, the checks of a change for a minute, and `npm run test:long` for two; ROLEGATE_TEST_SECONDS says how long.

const SECONDS = Number(
  process.env['ROLEGATE_TEST_SECONDS'] ?? { ordinary: 12, short: 60, long: 120 }[inject('length')],
);
/** Longer than anything may take, so that a hang is one. Milliseconds. */
const HANGS = 45_000;
const TOKEN = 'operator-token-of-the-long-run-test';
const AUTHORIZATION = `Bearer ${TOKEN}`;
const ACCOUNT = '111111111111';
const USERS = Array.from({ length: 6 }, (_, index) => `arn:aws:iam::${ACCOUNT}:user/user${index}`);
const RESOURCE = 'arn:aws:s3:::bucket/x';
const TIMES = {
  ROLEGATE_DATABASE_STATEMENT_SECONDS: '2',
  ROLEGATE_DATABASE_LOCK_SECONDS: '2',
  ROLEGATE_DATABASE_CONNECT_SECONDS: '2',
};

let dataDir: string;
let postgres: PostgresServer;
let pooled: TcpProxy;
let direct: TcpProxy;
const gateways: TestGateway[] = [];
let workers: Running;
let urls: readonly string[] = [];

beforeAll(async () => {
  dataDir = await newDataDir();
  postgres = await startPostgres();
  const url = await postgres.createDatabase();
  const port = Number(new URL(url).port);
  [pooled, direct] = [await startTcpProxy(port), await startTcpProxy(port)];
  const through = (proxy: TcpProxy): string => url.replace(/:\d+\//, `:${proxy.port}/`);
  const env = {
    DATABASE_URL: through(pooled),
    DATABASE_DIRECT_URL: through(direct),
    ROLEGATE_OPERATOR_TOKEN: TOKEN,
    ROLEGATE_DEMO: 'off',
    ROLEGATE_SUBSCRIPTIONS: '0',
    ...TIMES,
  };
  gateways.push(await startTestGateway(dataDir, env));
  gateways.push(await startTestGateway(dataDir, { ...env, ROLEGATE_MAX_STALENESS: '300' }));
  workers = startServer(dataDir, { ...env, ROLEGATE_DATA_DIR: dataDir, ROLEGATE_WORKERS: '2' });
  urls = [...gateways.map((gateway) => gateway.url), await workers.printed(/ready at (http:\S+)\/graphql/)];
  await gateways[0]?.gateway.services.directory.apply({
    accounts: [{ id: ACCOUNT }],
    users: USERS.map((arn) => ({ arn })),
  });
}, 120_000);

afterAll(async () => {
  for (const { gateway } of gateways) await gateway.close();
  workers?.child.kill('SIGTERM');
  await workers?.ended;
  await Promise.all([pooled?.close(), direct?.close()]);
  await postgres?.stop();
  await removeDataDir(dataDir);
}, 120_000);

// What a request answers: tests say what they expect of it. Null: the connection broke, or the database was away.
type Answered = ReturnType<typeof JSON.parse>;

/** Errors that a caller is to come again after: the first while a process starts in place of one that died. */
const AGAIN = /^(SERVICE_UNAVAILABLE|DIRECTORY_UNAVAILABLE|REVISION_NOT_REACHED|TIMED_OUT)$/;

async function ask(url: string, query: string, variables: object): Promise<Answered> {
  const began = Date.now();
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: AUTHORIZATION },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(HANGS),
    });
    const body: Answered = await response.json();
    const codes: readonly string[] = (body.errors ?? []).map(
      ({ extensions }: { extensions: { code: string } }) => extensions.code,
    );
    if (codes.length === 0) return body.data ?? null;
    expect(codes.filter((code) => !AGAIN.test(code))).toEqual([]);
    return null;
  } catch (error) {
    if (!(error instanceof Error) || error.name === 'AssertionError') throw error;
    if (Date.now() - began > HANGS - 100) throw new Error(`nothing was answered for ${HANGS} ms`, { cause: error });
    return null;
  }
}

const document = (allows: boolean): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: allows ? 'Allow' : 'Deny', Action: 's3:GetObject', Resource: '*' },
  });
const PUT = `mutation ($input: PutUserPolicyInput!) {
  putUserPolicy(input: $input) { kind: __typename ... on UserChangeSuccess { revision } }
}`;
const DECISION = `query ($request: AccessRequestInput!, $atLeast: Revision) {
  decision(request: $request, atLeast: $atLeast) { allowed revision }
}`;
const CHANGED =
  'subscription ($since: Revision) { directoryChanged(since: $since) { revision isLast changes { target } } }';

/** What is known of a user: what was acknowledged, and how many changes were begun. */
interface Known {
  allows: boolean;
  revision: string;
  begun: number;
  underWay: boolean;
}

interface Run {
  readonly known: Map<string, Known>;
  isOver: boolean;
  reads: number;
  writes: number;
}

const any = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T; // as: lists that are not empty

/** Changes one user, again and again, at any gateway. */
async function write(run: Run, user: string): Promise<void> {
  for (let allows = true; !run.isOver; allows = !allows) {
    const known = run.known.get(user);
    const begun = (known?.begun ?? 0) + 1;
    run.known.set(user, { allows: false, revision: '', ...known, begun, underWay: true });
    const input = { userArn: user, policyName: 'p', policyDocument: document(allows) };
    const put = (await ask(any(urls), PUT, { input }))?.putUserPolicy;
    if (put?.kind === 'UserChangeSuccess') {
      run.known.set(user, { allows, revision: put.revision, begun, underWay: false });
      run.writes += 1;
    }
    // One that was not acknowledged may have been made: until the next one nobody knows.
    await delay(20 + Math.random() * 80);
  }
}

/** Asks about users whose state is known, at any gateway. */
async function read(run: Run): Promise<void> {
  while (!run.isOver) {
    const user = any(USERS);
    const before = run.known.get(user);
    if (before === undefined || before.revision === '') {
      await delay(20);
      continue;
    }
    const request = { principal: user, action: 's3:GetObject', resource: RESOURCE };
    const decision = (await ask(any(urls), DECISION, { request, atLeast: before.revision }))?.decision;
    const after = run.known.get(user);
    if (decision == null) {
      await delay(50);
      continue;
    }
    run.reads += 1;
    expect(decision.revision >= before.revision, `${decision.revision} is older than ${before.revision}`).toBe(true);
    const isKnown = !before.underWay && after?.begun === before.begun;
    if (isKnown && decision.allowed !== before.allows) {
      throw new Error(`a stale answer about ${user}: ${JSON.stringify({ before, decision })}`);
    }
  }
}

/** Follows all changes at one gateway, and goes on after what it has seen whenever it is cut off. */
async function follow(run: Run, url: string, seen: string[]): Promise<void> {
  let since = 'r0000000000000000000';
  while (!run.isOver) {
    const client = await subscribe(url, CHANGED, { authorization: AUTHORIZATION, variables: { since } }).catch(
      () => null,
    );
    for (;;) {
      const changed: Answered = client === null || run.isOver ? null : await changedOf(client);
      if (changed === null) break;
      expect(changed.revision > since, `${changed.revision} is told again, after ${since}`).toBe(true);
      if (changed.isLast) {
        seen.push(changed.revision);
        since = changed.revision;
      }
    }
    client?.leave();
    await delay(50);
  }
}

/** Null: it has ended, or nothing happens. */
async function changedOf(client: EventClient): Promise<Answered> {
  const event = await client.next(2_000).catch(() => null);
  return event?.data?.data?.directoryChanged ?? null;
}

/** Resolves when all say that they are ready, or that they are not. */
async function untilAll(are: 'ready' | 'not ready', timeout = 30_000): Promise<void> {
  const wanted = are === 'ready' ? 200 : 503;
  for (const url of urls) await expect.poll(() => readiness(url), { timeout, message: url }).toBe(wanted);
}

/** The status of /readyz, on a connection of its own: any worker may answer. 0: the connection was cut. */
function readiness(url: string): Promise<number> {
  return fetch(`${url}/readyz`, { headers: { connection: 'close' }, signal: AbortSignal.timeout(HANGS) }).then(
    ({ status }) => status,
    () => 0,
  );
}

/** Breaks something now and then, and looks whether /readyz says so. */
async function disturb(run: Run): Promise<void> {
  const disturbances = [
    // Notifications are lost without anybody being told. Questions are answered all the same.
    async () => {
      direct.hang();
      await delay(200 + Math.random() * 1_500);
      for (const url of urls) expect(await readiness(url)).toBe(200);
      direct.resume();
    },
    // Connections are cut.
    async () => pooled.resume(),
    async () => direct.resume(),
    async () => {
      pooled.hang();
      await delay(Math.random() * 1_000);
      pooled.resume();
    },
    // A network that swallows everything.
    async () => {
      pooled.hang();
      await untilAll('not ready');
      pooled.resume();
    },
    async () => {
      await postgres.pause();
      await untilAll('not ready');
      await postgres.start();
    },
    async () => {
      await postgres.pause();
      await delay(Math.random() * 1_000);
      await postgres.start();
    },
    // A worker dies.
    async () => {
      const killed = any(await childrenOf(workers));
      process.kill(killed, 'SIGKILL');
      // Another one takes its place.
      const others = async () => (await childrenOf(workers)).filter((pid) => pid !== killed);
      await expect.poll(async () => (await others()).length, { timeout: 30_000 }).toBe(2);
    },
  ];
  // Workers begin one after the other, at whichever pace the machine allows.
  await untilAll('ready', 120_000);
  // Each of them once, and then at random.
  for (let count = 0; !run.isOver; count += 1) {
    await (disturbances[count] ?? any(disturbances))();
    await untilAll('ready');
    await untilWorking(run);
    await delay(Math.random() * 1_500);
  }
}

/** Changes made, and answers given, after which all is as before. */
const WORKING = { writes: 10, reads: 20 };

/** Resolves when changes are made and answers given again, at whichever pace the machine allows. */
async function untilWorking(run: Run): Promise<void> {
  const { writes, reads } = run;
  const isWorking = (): boolean => run.writes >= writes + WORKING.writes && run.reads >= reads + WORKING.reads;
  await expect.poll(() => run.isOver || isWorking(), { timeout: 60_000, message: 'nothing goes on' }).toBe(true);
}

test(
  'no answer is stale, no event lost or told twice, nothing hangs, and all are ready at the end',
  async () => {
    const run: Run = { known: new Map(), isOver: false, reads: 0, writes: 0 };
    const followed = urls.map((): string[] => []);
    const during = [
      ...USERS.map((user) => write(run, user)),
      ...Array.from({ length: 6 }, () => read(run)),
      ...urls.map((url, index) => follow(run, url, followed[index] ?? [])),
      disturb(run),
    ];
    const broken = Promise.race(during);
    await Promise.race([delay(SECONDS * 1000), broken]);
    run.isOver = true;
    await Promise.all(during);
    await untilAll('ready');
    // What was cut off at the end is caught up with, at each gateway from what its follower has seen.
    const { directory } = (gateways[0] as TestGateway).gateway.services;
    const last = `r${String(await directory.history.current()).padStart(19, '0')}`;
    for (const [index, url] of urls.entries()) {
      const seen = followed[index] ?? [];
      const since = seen.at(-1) ?? 'r0000000000000000000';
      const client = await subscribe(url, CHANGED, { authorization: AUTHORIZATION, variables: { since } });
      while ((seen.at(-1) ?? '') < last) seen.push((await client.next()).data.data.directoryChanged.revision);
      client.leave();
      // Every revision of this run is a change of an entity: there are all, each once.
      expect(seen).toEqual(
        Array.from({ length: Number(last.slice(1)) }, (_, n) => `r${String(n + 1).padStart(19, '0')}`),
      );
    }
    for (const user of USERS) {
      const request = { principal: user, action: 's3:GetObject', resource: RESOURCE };
      const answers = await Promise.all(urls.map((url) => ask(url, DECISION, { request, atLeast: last })));
      const allowed = answers.map((answer) => answer?.decision.allowed);
      expect(new Set(allowed).size).toBe(1);
      const known = run.known.get(user);
      const expected = known === undefined || known.underWay ? allowed[0] : known.allows;
      expect(allowed[0]).toBe(expected);
    }
    // After every disturbance that was not the last one, there were more.
    expect(run.writes).toBeGreaterThanOrEqual(WORKING.writes);
    expect(run.reads).toBeGreaterThanOrEqual(WORKING.reads);
    console.log(`${run.writes} changes, ${run.reads} answers, ${last} in ${SECONDS} s`);
  },
  (SECONDS + 180) * 1000,
);
