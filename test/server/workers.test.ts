import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { subscribe } from '../support/events.ts';
import { newDataDir, removeDataDir } from '../support/gateway.ts';
import { sharedPostgres } from '../support/postgres-server.ts';
import { childrenOf, type Running, runToEnd, startServer } from '../support/process.ts';

// Every test starts processes.
vi.setConfig({ testTimeout: 240_000 });

const READY = /ready at (http:\S+)\/graphql/;
const TOKEN = 'operator-token-of-the-workers-test';
const AUTHORIZATION = `Bearer ${TOKEN}`;
let cwd: string;
let running: Running | null = null;

beforeEach(async () => {
  cwd = await newDataDir();
});
afterEach(async () => {
  running?.child.kill('SIGTERM');
  await running?.ended;
  running = null;
  await removeDataDir(cwd);
});

async function start(env: Record<string, string> = {}): Promise<string> {
  const url = await (await sharedPostgres()).createMigrated();
  const settings = { DATABASE_URL: url, ROLEGATE_WORKERS: '2', ROLEGATE_OPERATOR_TOKEN: TOKEN, ROLEGATE_DEMO: 'on' };
  running = startServer(cwd, { ...settings, ...env });
  const address = await running.printed(READY);
  await expect.poll(() => ready(address), { timeout: 60_000 }).toBe(200);
  return address;
}

const ready = async (url: string): Promise<number> =>
  fetch(`${url}/readyz`, { headers: { connection: 'close' } }).then(
    ({ status }) => status,
    () => 0,
  );

/** On a connection of its own, so that workers take turns. */
async function ask(url: string, query: string): Promise<{ readonly data?: unknown; readonly errors?: unknown }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: AUTHORIZATION, connection: 'close' },
    body: JSON.stringify({ query }),
    signal: AbortSignal.timeout(15_000),
  });
  return (await response.json()) as { readonly data?: unknown; readonly errors?: unknown };
}

const ALICE = 'arn:aws:iam::111111111111:user/alice';

function putPolicy(name: string, text: number): string {
  const document = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Sid: `T${text}`, Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' },
  });
  const input = `{ userArn: "${ALICE}", policyName: "${name}", policyDocument: ${JSON.stringify(document)} }`;
  return `mutation { it: putUserPolicy(input: ${input}) { kind: __typename } }`;
}

function codesOf(errors: unknown): readonly string[] {
  return ((errors ?? []) as { extensions: { code: string } }[]).map(({ extensions }) => extensions.code); // as: of GraphQL
}

type Written = ReadonlyMap<string, { readonly asked: number; readonly acknowledged: number; readonly count: number }>;

/** What was acknowledged is there, or what was asked for after it; and of each change there is an event, or of none both. */
async function expectKept(url: string, written: Written): Promise<void> {
  const { data } = await ask(
    url,
    `{ principal(principalId: "${ALICE}") { ... on User { inlinePolicies { name document } } }
       auditEvents(filter: { event: "PutUserPolicy" }, first: 1) { totalCount } }`,
  );
  const { principal, auditEvents } = data as {
    readonly principal: { readonly inlinePolicies: readonly { readonly name: string; readonly document: object }[] };
    readonly auditEvents: { readonly totalCount: number };
  };
  let least = 0;
  for (const [name, { asked, acknowledged, count }] of written) {
    const { document } = principal.inlinePolicies.find((policy) => policy.name === name) ?? {};
    const stored = Number(/"Sid":"T(\d+)"/.exec(JSON.stringify(document) ?? '')?.[1]);
    expect(stored).toBeGreaterThanOrEqual(acknowledged);
    expect(stored).toBeLessThanOrEqual(asked);
    expect(acknowledged).toBeGreaterThan(0);
    least += count;
  }
  expect(auditEvents.totalCount).toBeGreaterThanOrEqual(least);
  expect(auditEvents.totalCount).toBeLessThanOrEqual([...written.values()].reduce((sum, { asked }) => sum + asked, 0));
}

test('several processes answer on one port, one takes the place of one that dies, and all stop together', async () => {
  const url = await start();
  const primary = running as Running;
  const before = await childrenOf(primary);
  expect(before).toHaveLength(2);
  const subscription = await subscribe(url, 'subscription { directoryChanged { revision } }', {
    authorization: AUTHORIZATION,
  });
  let failures = 0;
  let answers = 0;
  const loading = { goesOn: true };
  const load = Array.from({ length: 4 }, async () => {
    while (loading.goesOn) {
      const { data } = await ask(url, '{ viewer { kind } }').catch(() => ({ data: null }));
      if (data == null) failures += 1;
      else answers += 1;
    }
  });
  // By policy: the last of its texts that was asked for, and that was acknowledged.
  const written = new Map<string, { asked: number; acknowledged: number; count: number }>();
  const unexpected: unknown[] = [];
  const changes = Array.from({ length: 3 }, async (_, index) => {
    const name = `under-load-${index}`;
    const state = { asked: 0, acknowledged: 0, count: 0 };
    written.set(name, state);
    while (loading.goesOn) {
      state.asked += 1;
      const { data, errors } = await ask(url, putPolicy(name, state.asked)).catch(() => ({ data: null, errors: [] }));
      if ((data as { it?: { kind: string } } | null)?.it?.kind === 'UserChangeSuccess') {
        state.acknowledged = state.asked;
        state.count += 1;
      } else unexpected.push(...codesOf(errors).filter((code) => !code.endsWith('_UNAVAILABLE')));
    }
  });
  await delay(300);
  process.kill(before[1] as number, 'SIGKILL');
  await expect
    .poll(async () => (await childrenOf(primary)).filter((pid) => !before.includes(pid)).length, { timeout: 20_000 })
    .toBe(1);
  expect(await ready(url)).toBe(200);
  await delay(500);
  loading.goesOn = false;
  const stopped = Date.now();
  await Promise.all([...load, ...changes]);
  expect(Date.now() - stopped).toBeLessThan(10_000);
  expect(unexpected).toEqual([]);
  await expectKept(url, written);
  expect(answers).toBeGreaterThan(20);
  // What was under way in it, and no more: nobody is left waiting.
  expect(failures).toBeLessThanOrEqual(8);
  expect(primary.error()).toMatch(/worker 2 ended \(SIGKILL\); another one takes its place/);
  primary.child.kill('SIGTERM');
  expect(await primary.ended).toBe(0);
  expect(primary.out()).toMatch(/stopping.*\nstopped\n$/s);
  await subscription.over();
});

test('limits of a caller hold for all workers together, and each of them tells what all have measured', async () => {
  const url = await start({
    ROLEGATE_OPERATOR_COST: '100',
    ROLEGATE_SUBSCRIPTIONS: '2',
    ROLEGATE_METRICS_ADDRESS: '127.0.0.1:0',
  });
  const cost = 1_000;
  const costly = `{ ${Array.from({ length: cost / 10 }, (_, n) => `a${n}: viewer { kind }`).join(' ')} }`;
  let served = 0;
  for (let n = 0; n < 40; n += 1) {
    const { errors } = await ask(url, costly);
    if (errors === undefined) served += 1;
    // Longer than workers take to tell each other.
    await delay(60);
  }
  // Ten seconds' worth, and what comes in meanwhile; each alone would have served as much.
  expect(served).toBeGreaterThan(2);
  expect(served).toBeLessThan(14);
  const metrics = /metrics +(http:\S+)/.exec(running?.out() ?? '')?.[1] ?? '';
  const scraped = () => fetch(metrics, { headers: { connection: 'close' } }).then((response) => response.text());
  const values = (text: string, name: string, labels = '.*') =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{${labels}\\})? (\\d+)$`, 'gm'))].map(([, value]) => Number(value));
  const requests = (text: string) =>
    values(text, 'rolegate_request_duration_seconds_count', '[^}]*door="graphql"[^}]*');
  // The end of an answer is counted after it is there.
  // A worker that does not tell within a second is left out, as it is on a busy machine. What is of the directory is told once, and not
  // the sum of what each worker knows.
  const told = async () => {
    const text = await scraped();
    return [requests(text), values(text, 'rolegate_sessions'), values(text, 'rolegate_directory_revision').length];
  };
  // Whichever worker it is that tells.
  for (let n = 0; n < 5; n += 1) {
    await expect.poll(told, { timeout: 30_000 }).toEqual([[40], [0, 0, 0], 1]);
  }
});

test('need a server, and say so; one that cannot start says why', async () => {
  const alone = await runToEnd('server/main.js', [], { cwd, env: { ROLEGATE_WORKERS: '2', PORT: '0' } });
  expect(alone).toMatchObject({
    code: 2,
    error: 'rolegate: ROLEGATE_WORKERS needs DATABASE_URL: the embedded database belongs to one process\n',
  });
  const env = {
    ROLEGATE_WORKERS: '2',
    PORT: '0',
    DATABASE_URL: 'postgresql://x:x@127.0.0.1:1/x',
    ROLEGATE_DATABASE_START_SECONDS: '0',
  };
  const lost = await runToEnd('server/main.js', [], { cwd, env });
  expect(lost.code).toBe(1);
  expect(lost.error).toMatch(/rolegate: the directory's database does not answer/);
});
