import { existsSync, readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { putEmptyDirectory } from '../support/empty-directory.ts';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Running, run, runToEnd, startServer } from '../support/process.ts';

// Every test starts processes, and others run beside them.
vi.setConfig({ testTimeout: 120_000 });

let cwd: string;
const started: Running[] = [];

beforeEach(async () => {
  cwd = await newDataDir();
});

afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
  await removeDataDir(cwd);
});

function start(env: Record<string, string> = {}): Running {
  const running = startServer(cwd, env);
  started.push(running);
  return running;
}

/** As `start`, where a directory is made already, and nothing is in it. */
async function startOnEmpty(env: Record<string, string> = { ROLEGATE_DEMO: 'off' }): Promise<Running> {
  await putEmptyDirectory(join(cwd, '.rolegate'));
  return start(env);
}

/** As `startOnEmpty`, in this process: for what is left of it, or held by it. */
async function startHere(): Promise<TestGateway> {
  return startTestGateway(join(cwd, '.rolegate'), { ROLEGATE_DEMO: 'off' });
}

const READY = /ready at (http:\S+)\/graphql/;

async function stop(running: Running): Promise<number | string> {
  running.child.kill('SIGTERM');
  return running.ended;
}

async function ask(url: string, query: string, authorization: string) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

/** The same; what it returns comes when the gateway has begun with the request, and asks for its body. `answer`: the body of the answer. */
function begun(url: string, query: string, authorization: string): Promise<{ readonly answer: Promise<string> }> {
  const headers = { 'content-type': 'application/json', authorization, expect: '100-continue' };
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/graphql`, { method: 'POST', headers });
    const answer = new Promise<string>((answered, failed) => {
      asked.once('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.once('end', () => answered(text));
      });
      asked.once('error', failed);
    });
    answer.catch(reject);
    asked.once('continue', () => {
      asked.end(JSON.stringify({ query }));
      resolve({ answer });
    });
    asked.flushHeaders();
  });
}

test('a signal to stop takes readiness away first, and requests are answered until listening ends', async () => {
  const running = await startOnEmpty({ ROLEGATE_DEMO: 'off', ROLEGATE_DRAIN_SECONDS: '2' });
  const url = await running.printed(READY);
  const token = readFileSync(join(cwd, '.rolegate/operator.token'), 'utf8').trim();
  const answered = await fetch(`${url}/readyz`);
  expect([answered.status, answered.headers.get('keep-alive')]).toEqual([200, 'timeout=65']);
  running.child.kill('SIGTERM');
  await running.printed(/stopping in 2 s/);
  const ready = await fetch(`${url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([503, { status: 'not ready', reason: 'the gateway is draining' }]);
  expect(await ask(url, '{ viewer { kind } }', `Bearer ${token}`)).toEqual({ data: { viewer: { kind: 'OPERATOR' } } });
  expect(await running.ended).toBe(0);
  expect(running.out()).toMatch(/stopping: no new requests, finishing those under way\nstopped\n$/);
});

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const WHO = '{ viewer { principal { principalId } } }';

describe('first and second start', () => {
  test('the first prints the secrets it has made, on disk for their owner alone; the second keeps everything and prints none', async () => {
    const first = start();
    const url = await first.printed(READY);
    await first.printed(/EC2: ec2\.amazonaws\.com[\s\S]*header {13}\{.*\}\n/);
    const token = await first.printed(/operator token {2}([A-Za-z0-9_-]{43})\n/);
    const header = await first.printed(
      /alice: arn:aws:iam::111111111111:user\/alice\n[\s\S]*?header +\{"Authorization": "(Basic [^"]+)"\}/,
    );
    expect(await ask(url, WHO, header)).toEqual({ data: { viewer: { principal: { principalId: ALICE } } } });
    const decision = `{ decision(request: { principal: "${ALICE}", action: "s3:GetObject", resource: "arn:aws:s3:::dev-alice/x" }) { allowed revision } }`;
    const before = await ask(url, decision, `Bearer ${token}`);
    expect(before.data.decision.allowed).toBe(true);
    for (const name of ['operator.token', 'master.key', 'demo-sign-in.txt', 'gateway.json']) {
      expect([name, statSync(join(cwd, '.rolegate', name)).mode & 0o077]).toEqual([name, 0]);
    }
    expect(await stop(first)).toBe(0);
    expect(first.error()).toBe('');
    expect(first.out()).toMatch(/stopped\n$/);

    const second = start();
    const secondUrl = await second.printed(READY);
    expect(await ask(secondUrl, decision, `Bearer ${token}`)).toEqual(before);
    expect(await ask(secondUrl, WHO, header)).toEqual({ data: { viewer: { principal: { principalId: ALICE } } } });
    expect(await stop(second)).toBe(0);
    expect(second.out()).not.toContain(token);
    expect(second.out()).not.toContain('Basic ');
    expect(second.out()).toContain(join(cwd, '.rolegate/operator.token'));
    expect(second.out()).toContain(join(cwd, '.rolegate/demo-sign-in.txt'));
    expect(second.error()).toBe('');
  });

  test('without the demo organization nothing is loaded', async () => {
    const running = await startOnEmpty({
      ROLEGATE_DEMO: 'off',
      ROLEGATE_OPERATOR_TOKEN: 'operator-token-of-this-test-1',
    });
    const url = await running.printed(READY);
    const { data } = await ask(
      url,
      '{ account(accountId: "111111111111") { name } }',
      'Bearer operator-token-of-this-test-1',
    );
    expect(data).toEqual({ account: null });
    await stop(running);
    expect(running.out()).not.toContain('alice');
    expect(running.out()).not.toContain('operator-token-of-this-test-1');
  });

  test('what was acknowledged survives kill -9', async () => {
    const first = await startOnEmpty({ ROLEGATE_DEMO: 'on' });
    await first.printed(READY);
    const header = await first.printed(/alice: [\s\S]*?header +\{"Authorization": "(Basic [^"]+)"\}/);
    first.child.kill('SIGKILL');
    await first.ended;
    const second = start();
    expect(await ask(await second.printed(READY), WHO, header)).toEqual({
      data: { viewer: { principal: { principalId: ALICE } } },
    });
  });
});

describe('stopping', () => {
  test('finishes what is under way, and leaves no address behind', async () => {
    const running = await startOnEmpty({ ROLEGATE_DEMO: 'on' });
    const url = await running.printed(READY);
    const header = await running.printed(/alice: [\s\S]*?header +\{"Authorization": "(Basic [^"]+)"\}/);
    expect(JSON.parse(readFileSync(join(cwd, '.rolegate/gateway.json'), 'utf8'))).toEqual({
      url,
      pid: running.child.pid,
      certificate: null,
    });
    // A question that takes a while: the signal comes while it is being answered.
    const query = `{ effectivePermissions(principal: "${ALICE}") { permissions(first: 1000) { totalCount } } }`;
    const { answer } = await begun(url, query, header);
    expect(await stop(running)).toBe(0);
    expect(JSON.parse(await answer).data.effectivePermissions.permissions.totalCount).toBeGreaterThan(0);
    expect(existsSync(join(cwd, '.rolegate/gateway.json'))).toBe(false);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed');
  });

  test('ctrl-C is the same', async () => {
    const running = await startOnEmpty();
    await running.printed(READY);
    running.child.kill('SIGINT');
    // The second comes from npm, if the gateway runs under it.
    running.child.kill('SIGINT');
    expect(await running.ended).toBe(0);
    expect(running.out()).toMatch(/stopped\n$/);
  });
});

describe('refusals at start', () => {
  test('a folder that another gateway has', async () => {
    const { gateway } = await startHere();
    onTestFinished(() => gateway.close());
    const second = await runToEnd('server/main.js', [], { cwd, env: { PORT: '0' } });
    expect(second).toEqual({
      code: 1,
      out: '',
      error: expect.stringMatching(
        /^rolegate: the data folder \S+\.rolegate is in use by process \d+ on \S+: stop it, or choose another folder with ROLEGATE_DATA_DIR\n$/,
      ),
    });
    expect(second.error).toContain(`by process ${process.pid} on`);
  });

  test('a port that is in use, before anything is made', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const result = await runToEnd('server/main.js', [], { cwd, env: { PORT: String(port) } });
    other.close();
    expect(result).toEqual({
      code: 1,
      out: '',
      error: `rolegate: port ${port} on 127.0.0.1 is already in use: stop the program that listens there, or choose another port with PORT\n`,
    });
    expect(existsSync(join(cwd, '.rolegate'))).toBe(false);
  });

  test('a host that is none of this machine', async () => {
    const result = await runToEnd('server/main.js', [], { cwd, env: { PORT: '0', HOST: '192.0.2.1' } });
    expect([result.code, result.error]).toEqual([
      1,
      'rolegate: 192.0.2.1 is not an address of this machine: choose another one with HOST\n',
    ]);
  });

  test('a database that is not there', async () => {
    const DATABASE_URL = 'postgresql://rolegate:hunter2@127.0.0.1:1/rolegate';
    const result = await runToEnd('server/main.js', [], {
      cwd,
      env: { PORT: '0', DATABASE_URL, ROLEGATE_DATABASE_START_SECONDS: '0' },
    });
    expect(result.code).toBe(1);
    expect(result.error).toMatch(
      /^\{"level":40,[^\n]*"msg":"the database does not answer"\}\nrolegate: [^\n]*database[^\n]*postgresql:\/\/rolegate:\*\*\*@127\.0\.0\.1:1\/rolegate\)\n$/,
    );
  });

  test('a folder that cannot be created', async () => {
    await writeFile(join(cwd, 'file'), '');
    const ROLEGATE_DATA_DIR = 'file/data';
    const result = await runToEnd('server/main.js', [], { cwd, env: { PORT: '0', ROLEGATE_DATA_DIR } });
    expect(result.code).toBe(1);
    expect(result.error).toMatch(/^rolegate: the data folder \S+\/file\/data cannot be created[^\n]*\n$/);
  });

  test('another master key', async () => {
    await (await startHere()).gateway.close();
    await writeFile(join(cwd, '.rolegate/master.key'), `${Buffer.alloc(32, 7).toString('base64')}\n`);
    const result = await runToEnd('server/main.js', [], { cwd, env: { PORT: '0' } });
    expect(result.code).toBe(1);
    expect(result.error).toMatch(/^rolegate: this directory belongs to another master key: [^\n]*\n$/);
  });

  test('with an argument that is no setting', async () => {
    const result = await runToEnd('server/main.js', ['--help'], { cwd, env: { PORT: '0' } });
    expect(result).toMatchObject({
      code: 2,
      out: '',
      error: 'rolegate: starting takes settings alone (--config FILE, --port 4000 …). Try `npx rolegate --help`.\n',
    });
  });

  test('settings that are wrong, all of them at once', async () => {
    const result = await runToEnd('server/main.js', [], { cwd, env: { PORT: 'http', LOG_LEVEL: 'loud' } });
    expect(result).toEqual({
      code: 2,
      out: '',
      error:
        'rolegate: PORT must be a whole number from 0 to 65535 (0: any free port); it is `http`\n' +
        'rolegate: LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent; it is `loud`\n',
    });
  });
});

test('`rolegate start` is the same gateway', async () => {
  await putEmptyDirectory(join(cwd, '.rolegate'));
  const running = run('cli/main.js', ['start'], { cwd, env: { PORT: '0', ROLEGATE_DEMO: 'off' } });
  started.push(running);
  await running.printed(READY);
  expect(await stop(running)).toBe(0);
});
