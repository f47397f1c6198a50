import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePrincipalRef } from '../../src/policy/principal-id.ts';
import { DecisionLog } from '../../src/server/decision-log.ts';
import type { Exchange } from '../../src/server/exchange.ts';
import { LineWriter, openFile } from '../../src/server/line-writer.ts';
import { createLog, type Log } from '../../src/server/log.ts';
import { Traces } from '../../src/server/traces/traces.ts';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { bodyOf, sendParts } from './multipart.ts';

const WRITER = 'arn:aws:iam::222222222222:role/DataWriter';
const BOB = 'arn:aws:iam::222222222222:user/bob';
const ALICE = 'arn:aws:iam::111111111111:user/alice';
const METRICS_TOKEN = 'metrics-token-of-the-observed-test';
const DECIDE = `query ($requests: [AccessRequestInput!]!) { decisions(requests: $requests) { effect } }`;
const AMONG = `{ allowedResources(principal: "${ALICE}", action: "s3:GetObject", resources: ["arn:aws:s3:::dev-alice/a", "arn:aws:s3:::other/a"]) }`;
const assume = (name: string) =>
  `mutation { assumeRole(input: { role: "${WRITER}", roleSessionName: "${name}" }) { __typename } }`;
const TRACE = '0af7651916cd43dd8448eb211c80319c';

/** A span as OTLP's JSON has it, as far as the test looks. */
interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: object }[];
}

/** What was sent to the collector. */
const sent: Span[] = [];
let collector: Server;
let dataDir: string;
let log: string;
let gateway: TestGateway;
let metrics: string;
let metricsUrl: string;

const requestsOn = (...resources: readonly string[]) => ({
  requests: resources.map((resource) => ({
    principal: ALICE,
    action: 's3:GetObject',
    resource,
    context: { 'aws:SourceIp': '203.0.113.77' },
  })),
});

/** Writes to a list. `most`: lines after which the first target is full. */
function writerTo(written: Buffer[], most = Number.POSITIVE_INFINITY): LineWriter {
  let left = most;
  const write = async (bytes: Buffer, offset: number): Promise<number> => {
    if (left <= 0) {
      left = Number.POSITIVE_INFINITY;
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    }
    const length = Math.floor(Math.min(left, 1_000) * (bytes.indexOf('\n') + 1));
    left -= 1_000;
    written.push(bytes.subarray(offset, offset + length));
    return Math.min(length, bytes.length - offset);
  };
  return new LineWriter(async () => ({ write, close: async () => undefined }));
}

function linesIn(written: readonly Buffer[]): readonly string[] {
  return Buffer.concat(written)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
}

beforeAll(async () => {
  collector = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part) => (body += part));
    request.on('end', () => {
      const { resourceSpans = [] } = JSON.parse(body);
      for (const { scopeSpans } of resourceSpans) for (const { spans } of scopeSpans) sent.push(...spans);
      response.setHeader('content-type', 'application/json');
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  dataDir = await newDataDir();
  log = join(dataDir, 'decisions.jsonl');
  gateway = await startTestGateway(dataDir, {
    ROLEGATE_METRICS_ADDRESS: '127.0.0.1:0',
    ROLEGATE_DECISION_LOG: log,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
    OTEL_SERVICE_NAME: 'rolegate-test',
  });
  metricsUrl = gateway.gateway.metrics ?? '';
  const authorization = gateway.as.operator;
  const ofAlice = requestsOn('arn:aws:s3:::dev-alice/a');
  // The first users are in memory since the start: what has changed of one is read anew.
  await gateway.gateway.services.directory.apply({ users: [{ arn: BOB, tags: { team: 'observed' } }] });
  const ofBob = requestsOn('arn:aws:s3:::other/b').requests.map((request) => ({ ...request, principal: BOB }));
  const first = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization, traceparent: `00-${TRACE}-b7ad6b7169203331-01` },
    body: JSON.stringify({ query: DECIDE, variables: { requests: [...ofAlice.requests, ...ofBob] } }),
  });
  await first.text();
  await gateway.ask(AMONG, { authorization });
  await gateway.ask(`mutation { exitRole { __typename } }`, { authorization: gateway.as.user('alice') });
  for (const name of ['first', 'second']) await gateway.ask(assume(name), { authorization: gateway.as.user('alice') });
  await gateway.ask(`mutation { getSessionToken(input: {}) { __typename } }`, {
    authorization: gateway.as.user('alice'),
  });
  await gateway.ask('{ viewer { kind } }', { authorization: 'Bearer wrong' });
  await gateway.ask('{ account(accountId: "999999999999") { name } }', { authorization: gateway.as.user('alice') });
  await fetch(`${gateway.url}/access/v1/evaluation`, { method: 'POST' });
  // An upload that comes to nothing, and one that is refused.
  await sendParts(gateway, bodyOf([{ name: 'operations', content: '{' }]));
  await sendParts(gateway, bodyOf([]), { authorization: gateway.as.user('alice') });
  // The answer of a request may be there before its end is counted.
  metrics = await (await fetch(metricsUrl)).text();
  await gateway.gateway.close();
});

afterAll(async () => {
  collector.close();
  await removeDataDir(dataDir);
});

describe('metrics', () => {
  /** The value of a metric with these labels. */
  const sampleOf = (name: string, labels: Record<string, string> = {}): number | undefined => {
    const line = metrics
      .split('\n')
      .find(
        (each) =>
          each.startsWith(name) &&
          /[ {]/.test(each[name.length] ?? '') &&
          Object.entries(labels).every(([label, value]) => each.includes(`${label}="${value}"`)),
      );
    return line === undefined ? undefined : Number(line.split(' ').at(-1));
  };

  test('count requests, decisions, batches, refusals, operations, statements and memory', () => {
    expect(
      sampleOf('rolegate_requests_total', { door: 'graphql', method: 'POST', status: '200' }),
    ).toBeGreaterThanOrEqual(3);
    expect(sampleOf('rolegate_requests_total', { door: 'graphql', status: '401' })).toBe(1);
    expect(sampleOf('rolegate_request_duration_seconds_count', { door: 'graphql' })).toBeGreaterThanOrEqual(4);
    expect(sampleOf('rolegate_decisions_total', { effect: 'ALLOWED', layer: '' })).toBe(2);
    expect(sampleOf('rolegate_decisions_total', { effect: 'DENIED_IN_LIST' })).toBe(1);
    expect(sampleOf('rolegate_decision_batch_size_count')).toBeGreaterThanOrEqual(2);
    expect(sampleOf('rolegate_refusals_total', { code: 'UNAUTHENTICATED' })).toBe(2);
    expect(sampleOf('rolegate_operations_total', { operation: 'ExitRole' })).toBe(1);
    expect(sampleOf('rolegate_operations_total', { operation: 'ImportDirectory', outcome: 'done' })).toBeUndefined();
    expect(sampleOf('rolegate_operations_total', { operation: 'ImportDirectory', outcome: 'refused' })).toBe(1);
    expect(sampleOf('rolegate_sql_statements_total', { kind: 'SELECT' })).toBeGreaterThan(0);
    expect(sampleOf('rolegate_memory_bytes', { kind: 'kept' })).toBeGreaterThan(0);
    expect(sampleOf('rolegate_memory_lookups_total', { kind: 'hit' })).toBeGreaterThan(0);
    expect(sampleOf('rolegate_directory_revision')).toBeGreaterThan(0);
    expect(sampleOf('rolegate_directory_revision_lag')).toBe(0);
    const sessions = ['role', 'signIn', 'credentials'].map((kind) => sampleOf('rolegate_sessions', { kind }));
    expect(sessions).toEqual([2, 0, 1]);
    expect(sampleOf('nodejs_eventloop_lag_p99_seconds')).toBeDefined();
  });

  test('name nobody and nothing', () => {
    const samples = metrics.split('\n').filter((line) => line.startsWith('rolegate_'));
    expect(samples.length).toBeGreaterThan(30);
    for (const line of samples) expect(line).not.toMatch(/arn:|alice|\d{12}"|127\.0\.0\.1|s3:|decisions\(/);
  });

  test('have a dashboard, each of whose metrics there is', () => {
    const dashboard = readFileSync(new URL('../../.deploy/grafana.json', import.meta.url), 'utf8');
    const asked = new Set(dashboard.match(/\b(?:rolegate|nodejs|process)_[a-z0-9_]+/g));
    expect(asked.size).toBeGreaterThan(14);
    const known = new Set(metrics.match(/^# HELP \S+/gm)?.map((line) => line.slice('# HELP '.length)));
    const missing = [...asked].filter((name) => !known.has(name) && !known.has(name.replace(/_bucket$/, '')));
    expect(missing).toEqual([]);
    for (const panel of JSON.parse(dashboard).panels) expect(panel.targets.length).toBeGreaterThan(0);
  });
});

describe('the log of decisions', () => {
  const lines = () =>
    readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

  test('has a line for each, with the names of condition keys and not their values', () => {
    expect(lines()).toHaveLength(4);
    expect(lines()[1]).toEqual({
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      requestId: expect.any(String),
      caller: 'operator',
      principal: BOB,
      context: { 'aws:sourceip': '***' },
      action: 's3:GetObject',
      resource: 'arn:aws:s3:::other/b',
      effect: expect.stringMatching(/DENY$/),
      deniedBy: expect.any(String),
      revision: expect.stringMatching(/^r\d{19}$/),
    });
    expect(lines()[0]).toMatchObject({ resource: 'arn:aws:s3:::dev-alice/a', effect: 'ALLOWED' });
    expect(lines().slice(2)).toMatchObject([
      { resource: 'arn:aws:s3:::dev-alice/a', effect: 'ALLOWED' },
      { resource: 'arn:aws:s3:::other/a', effect: 'DENIED' },
    ]);
    expect(readFileSync(log, 'utf8')).not.toContain('203.0.113.77');
  });

  const answersOf = (count: number) =>
    Array.from({ length: count }, () => ({
      decision: { effect: 'ALLOWED', deniedBy: null },
      revision: 7n,
    })) as unknown as Parameters<DecisionLog['answered']>[2];
  const questionsOf = (count: number) =>
    Array.from({ length: count }, (_, n) => ({
      subject: { principal: parsePrincipalRef(ALICE), assumedRole: null },
      action: 's3:GetObject',
      resource: `arn:aws:s3:::b/${n}`,
      context: new Map(),
    })) as unknown as Parameters<DecisionLog['answered']>[1];
  const context = { now: 0, caller: { kind: 'operator' }, origin: { requestId: 'r' } } as unknown as Parameters<
    DecisionLog['answered']
  >[0];

  test('has a share of a large batch, and lines that say so, or the share that is set', async () => {
    const linesOf = async (share: number | null, count: number): Promise<readonly { readonly share?: number }[]> => {
      const written: Buffer[] = [];
      const logged = new DecisionLog(writerTo(written), share, createLog('silent'));
      logged.answered(context, questionsOf(count), answersOf(count));
      await logged.stop();
      return linesIn(written).map((line) => JSON.parse(line));
    };
    expect(await linesOf(null, 100)).toHaveLength(100);
    const some = await linesOf(null, 10_000);
    expect(some.length).toBeGreaterThan(700);
    expect(some.length).toBeLessThan(1_300);
    expect(some.every((line) => line.share === 0.1)).toBe(true);
    expect(await linesOf(1, 10_000)).toHaveLength(10_000);
    expect(await linesOf(0.000_001, 100)).toEqual([]);
  });

  test('is JSON whatever the texts are, and however long, and has all lines in their order', async () => {
    const written: Buffer[] = [];
    const logged = new DecisionLog(writerTo(written), 1, createLog('silent'));
    const others = [
      '"\\\n\u0000\u007f',
      'ä€😀',
      '\ud800',
      '',
      'x'.repeat(300_000),
      '"'.repeat(100_000),
      '€'.repeat(90_000),
    ];
    const principal = (name: string) => parsePrincipalRef(`arn:aws:iam::111111111111:user/${name}`);
    const asked = [...others, ...Array.from({ length: 4_000 }, (_, n) => `arn:aws:s3:::b/${n}`)].map((resource, n) => ({
      subject: { principal: principal(`u${n % 3}`), assumedRole: n % 2 === 0 ? null : `role "${n % 5}"` },
      action: n % 3 === 0 ? 's3:GetObject' : 'ä:"Ö"',
      resource,
      context: new Map(
        n % 4 === 0
          ? []
          : [
              ['aws:"k"', 'secret'],
              ['äöü', 'secret'],
            ],
      ),
    })) as unknown as Parameters<DecisionLog['answered']>[1];
    logged.answered(context, asked, answersOf(asked.length));
    logged.answered(context, questionsOf(100), answersOf(100));
    await logged.stop();
    const lines = linesIn(written).map((line) => JSON.parse(line));
    expect(lines.slice(asked.length).map(({ resource }) => resource)).toEqual(
      questionsOf(100).map((one) => one.resource),
    );
    expect(lines.slice(0, asked.length)).toEqual(
      asked.map(({ subject, action, resource, context: keys }) => ({
        time: '1970-01-01T00:00:00.000Z',
        requestId: 'r',
        caller: 'operator',
        principal: subject.principal.kind === 'user' && subject.principal.arn,
        ...(subject.assumedRole !== null && { assumedRole: subject.assumedRole }),
        ...(keys.size > 0 && { context: Object.fromEntries([...keys.keys()].map((key) => [key, '***'])) }),
        action,
        // UTF-8 has no half of a pair: JSON escapes it.
        resource,
        effect: 'ALLOWED',
        revision: 'r0000000000000000007',
      })),
    );
    // What a line has in common with the one before was written by hand once.
    expect(linesIn(written)[asked.length]).toBe(
      JSON.stringify({
        time: '1970-01-01T00:00:00.000Z',
        requestId: 'r',
        caller: 'operator',
        principal: ALICE,
        action: 's3:GetObject',
        resource: 'arn:aws:s3:::b/0',
        effect: 'ALLOWED',
        revision: 'r0000000000000000007',
      }),
    );
  });

  test('goes on after a disk was full: what it lost is counted', async () => {
    const written: Buffer[] = [];
    const told: object[] = [];
    const logged = new DecisionLog(
      // The first target takes two lines and a half.
      writerTo(written, 2.5),
      1,
      { error: (...line: object[]) => told.push(line), warn: (...line: object[]) => told.push(line) } as unknown as Log,
    );
    // Each is longer than what is kept for one write.
    for (let turn = 0; turn < 3; turn += 1) logged.answered(context, questionsOf(6_000), answersOf(6_000));
    await logged.stop();
    const lines = linesIn(written);
    const whole = lines.filter((line) => line.endsWith('}'));
    expect(lines.length - whole.length).toBe(1);
    const lost = 18_000 - whole.length;
    expect(lost).toBeGreaterThan(100);
    expect(lost).toBeLessThan(6_000);
    expect(told).toEqual([
      [{ err: expect.objectContaining({ code: 'ENOSPC' }) }, 'the log of decisions cannot be written'],
      ['the log of decisions is written again'],
      [{ decisions: lost }, expect.stringMatching(/^decisions were not logged/)],
    ]);
  });

  test('keeps a bounded part of what cannot be written yet, and counts the rest', async () => {
    const written: Buffer[] = [];
    const told: object[] = [];
    let go = (): void => undefined;
    const ready = new Promise<void>((resolve) => (go = resolve));
    const write = async (bytes: Buffer): Promise<number> => {
      await ready;
      written.push(Buffer.from(bytes));
      return bytes.length;
    };
    const logged = new DecisionLog(new LineWriter(async () => ({ write, close: async () => undefined })), 1, {
      warn: (...line: object[]) => told.push(line),
    } as unknown as Log);
    // Few and long ones, of 44 MB together.
    const questions = questionsOf(20_000).map((question) => ({ ...question, resource: 'x'.repeat(2_000) }));
    logged.answered(context, questions, answersOf(20_000));
    go();
    await logged.stop();
    const all = Buffer.concat(written);
    expect(all.length).toBeGreaterThan(33_554_432 - 1_048_576);
    expect(all.length).toBeLessThan(33_554_432 + 3 * 1_048_576);
    const lost = 20_000 - linesIn(written).length;
    expect(told).toEqual([[{ decisions: lost }, expect.stringMatching(/^decisions were not logged/)]]);
  });

  test('does not wait for whoever reads it', async () => {
    const pipe = join(dataDir, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = new LineWriter(() => openFile(pipe));
    const sent = writer.write(Buffer.from('0123456789\n'.repeat(100_000)));
    await writer.stop(50);
    const { lost, error } = await sent;
    expect(error).toMatchObject({ code: 'EAGAIN' });
    // What a pipe holds.
    expect(lost).toBeGreaterThan(10_000);
    expect(lost).toBeLessThan(100_000);
    closeSync(reader);
  });

  test('is for its owner alone', () => {
    expect(statSync(log).mode & 0o777).toBe(0o600);
  });
});

describe('traces', () => {
  const attribute = ({ attributes }: Span, key: string): unknown =>
    Object.values(attributes.find((each) => each.key === key)?.value ?? {})[0];

  test('go on with that of the client: HTTP, the operation, what decides, reads, and asks the database', () => {
    const own = sent.filter(({ traceId }) => traceId === TRACE);
    const names = own.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['POST graphql', 'graphql', 'decide', 'gather', 'sql']));
    const byName = (name: string): Span | undefined => own.find((span) => span.name === name);
    expect(byName('POST graphql')?.parentSpanId).toBe('b7ad6b7169203331');
    expect(byName('graphql')?.parentSpanId).toBe(byName('POST graphql')?.spanId);
    expect(byName('decide')?.parentSpanId).toBe(byName('graphql')?.spanId);
    expect(byName('gather')?.parentSpanId).toBe(byName('decide')?.spanId);
    for (const span of own.filter(({ name }) => name === 'sql'))
      expect(own.map(({ spanId }) => spanId)).toContain(span.parentSpanId);
    const [http, operation, decide] = ['POST graphql', 'graphql', 'decide'].map(byName);
    expect(http && attribute(http, 'http.response.status_code')).toBe(200);
    expect(operation && attribute(operation, 'graphql.operation.type')).toBe('query');
    expect(decide && Number(attribute(decide, 'rolegate.count'))).toBe(2);
  });

  test('of clients are in the share that is set, too', async () => {
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    const isSent = async (share: number, traceId: string): Promise<boolean> => {
      const traces = new Traces({ endpoint, serviceName: 'test', share, unread: [] }, endpoint, createLog('silent'));
      const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
      const exchange = { request: { method: 'POST', headers }, response: { statusCode: 200 }, path: '/graphql' };
      traces.request(exchange as unknown as Exchange, () => undefined);
      traces.ended(exchange as unknown as Exchange);
      await traces.stop();
      return sent.some((span) => span.traceId === traceId);
    };
    expect(await isSent(1, '1'.repeat(32))).toBe(true);
    expect(await isSent(0, '2'.repeat(32))).toBe(false);
    // An id that any share of ids includes.
    expect(await isSent(1e-9, `${'0'.repeat(31)}1`)).toBe(false);
  });

  test('name nobody and nothing', () => {
    expect(JSON.stringify(sent)).not.toMatch(/arn:aws:[a-z0-9]+:[^:]*:[^:]*:[a-z]|203\.0\.113\.77|Bearer|alice/);
  });
});

describe('metrics at the gateway itself', () => {
  let folder: string;
  let own: TestGateway;
  beforeAll(async () => {
    folder = await newDataDir();
    own = await startTestGateway(folder, { ROLEGATE_METRICS_ADDRESS: 'main', ROLEGATE_METRICS_TOKEN: METRICS_TOKEN });
  });
  afterAll(async () => {
    await own.gateway.close();
    await removeDataDir(folder);
  });

  test('are for the operator, and the token for them, which is for nothing else', async () => {
    const get = (authorization?: string) =>
      fetch(`${own.url}/metrics`, { headers: authorization === undefined ? {} : { authorization } });
    const answers = await Promise.all([
      get(`Bearer ${METRICS_TOKEN}`),
      get(own.as.operator),
      get(),
      get('Bearer wrong'),
      get(own.as.user('alice')),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 401, 401, 403]);
    expect(await answers[0]?.text()).toMatch(/^# HELP rolegate_requests_total/m);
    expect((await own.ask('{ viewer { kind } }', { authorization: `Bearer ${METRICS_TOKEN}` })).status).toBe(401);
  });

  test('and an address that is set and taken refuses the start', async () => {
    const { port } = new URL(own.url);
    const other = await newDataDir();
    await expect(startTestGateway(other, { ROLEGATE_METRICS_ADDRESS: `127.0.0.1:${port}` })).rejects.toThrow(
      /^metrics cannot be served at 127\.0\.0\.1:\d+ \(EADDRINUSE\): choose another ROLEGATE_METRICS_ADDRESS, or off$/,
    );
    await removeDataDir(other);
  });
});
