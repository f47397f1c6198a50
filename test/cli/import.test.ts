import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { newWorkingFolder } from '../support/empty-directory.ts';
import { newDataDir, removeDataDir } from '../support/gateway.ts';
import { type Running, runToEnd, startServer } from '../support/process.ts';

const EXPORTS = fileURLToPath(new URL('../data/account-authorization-details/', import.meta.url));

// Some tests start six processes, and others run beside them.
vi.setConfig({ testTimeout: 120_000 });

/** Where the commands of a test run, and the gateway if there is one. */
let cwd: string;

const rolegate = (args: readonly string[], env: Record<string, string> = {}, input = '') =>
  runToEnd('cli/main.js', args, { cwd, env, input });

/** The tests of a block share a folder: each has users and files of its own. */
function inOneFolder(): void {
  beforeAll(async () => {
    cwd = await newWorkingFolder();
  });
  afterAll(() => removeDataDir(cwd));
}

const READY = /ready at (http:\S+)\/graphql/;
const startGateway = (): Running => startServer(cwd, { ROLEGATE_DEMO: 'off' });

async function stop({ child, ended }: Running): Promise<void> {
  child.kill('SIGTERM');
  await ended;
}

interface User {
  readonly UserName: string;
  readonly Arn: string;
}

/** One page of an export. */
function page(...names: readonly string[]): string {
  const users: readonly User[] = names.map((UserName) => ({
    UserName,
    Arn: `arn:aws:iam::333333333333:user/${UserName}`,
  }));
  return JSON.stringify({
    UserDetailList: users.map((user, index) => ({
      ...user,
      Path: '/',
      UserId: `AIDA${user.UserName.toUpperCase().padEnd(16, 'A')}${index}`,
      CreateDate: '2024-01-01T00:00:00+00:00',
      GroupList: [],
      AttachedManagedPolicies: [],
      Tags: [],
    })),
  });
}

const CHANGED = /: the directory has changed \(revision \S+\), \d+\.\d s\n$/;
const UNCHANGED = /: nothing has changed \(revision \S+\), \d+\.\d s\n$/;

/** The same commands, with the directory to themselves and while a gateway has it. */
function imports(): void {
  test('a real account goes in, and again without a change', async () => {
    const file = `${EXPORTS}cloudsplaining-large.json`;
    const first = await rolegate(['import', file]);
    expect(first.code).toBe(0);
    expect(first.out).toMatch(
      /^imported 44 users, 5 groups, 78 roles, 84 policies of accounts 200611803367, 012345678901: /,
    );
    expect(first.out).toMatch(CHANGED);
    expect(first.error).not.toContain('\r');
    const second = await rolegate(['import', file]);
    expect(second.code).toBe(0);
    expect(second.out).toMatch(UNCHANGED);
  });

  test('pages of one account, one of them from standard input', async () => {
    await writeFile(join(cwd, 'one.json'), page('ann', 'ben'));
    const { code, out } = await rolegate(['import', 'one.json', '-', '--account-name', 'Pages'], {}, page('cem'));
    expect(code).toBe(0);
    expect(out).toMatch(/^imported 3 users, 0 groups, 0 roles, 0 policies of account 333333333333: /);
  });

  test('one file that is none keeps all of them out, and is named', async () => {
    await writeFile(join(cwd, 'alone.json'), page('eva'));
    await writeFile(join(cwd, 'two.json'), JSON.stringify({ Buckets: [] }));
    const both = await rolegate(['import', 'alone.json', 'two.json']);
    expect([both.code, both.out]).toEqual([1, '']);
    expect(both.error).toMatch(
      /^rolegate: two\.json: it is not the JSON that `aws iam get-account-authorization-details` prints: [^\n]*\n$/,
    );
    // The first file was not stored: importing it now changes the directory.
    expect((await rolegate(['import', 'alone.json'])).out).toMatch(CHANGED);
  });
}

describe('no gateway is running', () => {
  inOneFolder();
  imports();

  describe('files that are refused', () => {
    test.each([
      ['missing.json', null, 'missing.json: there is no such file'],
      ['text.json', 'hello', 'text.json: it is not JSON'],
      ['cut.json', '{"UserDetailList": [{"UserName": ', 'cut.json: it is not JSON'],
      ['empty.json', '', 'empty.json: it is empty: expected the JSON that'],
      ['policies.json', '{"Policies":[{"PolicyName":"p"}]}', 'policies.json: it is not the JSON that'],
      ['large.json', `{"UserDetailList":[${' '.repeat(33_554_432)}]}`, 'large.json: it is larger than the 32 MiB'],
    ])('%s', async (name, text, sentence) => {
      if (text !== null) await writeFile(join(cwd, name), text);
      const { code, out, error } = await rolegate(['import', name]);
      expect([code, out]).toEqual([1, '']);
      expect(error.startsWith(`rolegate: ${sentence}`)).toBe(true);
      expect(error.split('\n')).toHaveLength(2);
    });

    test('a folder', async () => {
      expect((await rolegate(['import', '.'])).error).toBe('rolegate: .: it is a folder\n');
    });
  });

  test('warnings come one a line, and do not stop the import', async () => {
    const { code, error } = await rolegate(['import', `${EXPORTS}aws-cli-reference-paginated.json`]);
    expect(code).toBe(0);
    for (const line of error.split('\n').slice(0, -1)) expect(line).toMatch(/^warning: \S/);
    expect(error).toContain('warning: ');
  });

  test('UTF-16, as Windows PowerShell redirects', async () => {
    await writeFile(join(cwd, 'powershell.json'), Buffer.from(`\ufeff${page('dora')}`, 'utf16le'));
    expect((await rolegate(['import', 'powershell.json'])).out).toMatch(/^imported 1 user, /);
  });

  test('an access key of a user that is not there', async () => {
    const { code, error } = await rolegate(['access-key', 'create', 'arn:aws:iam::333333333333:user/zoe']);
    expect(code).toBe(1);
    expect(error).toMatch(/^rolegate: [^\n]*arn:aws:iam::333333333333:user\/zoe[^\n]*\n$/);
  });

  test('help, version and wrong usage', async () => {
    const help = await rolegate(['--help']);
    expect([help.code, help.error]).toEqual([0, '']);
    expect(help.out).toContain('either all of them are stored or nothing is');
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(await rolegate(['--version'])).toEqual({ code: 0, out: `${version}\n`, error: '' });
    expect(await rolegate(['imprt'])).toEqual({
      code: 2,
      out: '',
      error: 'rolegate: `imprt` is not a command\nTry `rolegate --help`.\n',
    });
    await writeFile(join(cwd, 'file'), '');
    expect((await rolegate(['import', '-'], { ROLEGATE_DATA_DIR: 'file/data' }, page('ann'))).code).toBe(1);
    expect((await rolegate(['import', '-'], { LOG_LEVEL: 'loud' }, page('ann'))).code).toBe(2);
  });
});

describe('a gateway is running', () => {
  let gateway: Running;
  inOneFolder();
  beforeAll(async () => {
    gateway = startGateway();
    await gateway.printed(READY);
  });
  afterAll(() => stop(gateway));
  imports();

  test('and has another operator token', async () => {
    const { code, error } = await rolegate(
      ['import', '-'],
      { ROLEGATE_OPERATOR_TOKEN: 'not-the-token-of-that-gateway' },
      page('ann'),
    );
    expect(code).toBe(1);
    expect(error).toMatch(
      /^rolegate: the gateway at http:\S+ has another operator token: give it in ROLEGATE_OPERATOR_TOKEN\n$/,
    );
  });
});

describe('access keys', () => {
  inOneFolder();
  const WHO = JSON.stringify({ query: '{ viewer { principal { principalId } } }' });
  const USER = 'arn:aws:iam::333333333333:user/ann';

  async function whoIs(url: string, authorization: string): Promise<unknown> {
    const headers = { 'content-type': 'application/json', authorization };
    return (await fetch(`${url}/graphql`, { method: 'POST', headers, body: WHO })).json();
  }

  const headerIn = (out: string): string => /"Authorization": "(Basic [^"]+)"/.exec(out)?.[1] ?? '';

  test('made without and with a gateway, both sign in', async () => {
    await rolegate(['import', '-'], {}, page('ann'));
    const before = await rolegate(['access-key', 'create', USER]);
    expect(before.code).toBe(0);
    const gateway = startGateway();
    onTestFinished(() => stop(gateway));
    const url = await gateway.printed(READY);
    const during = await rolegate(['access-key', 'create', USER]);
    expect(during.code).toBe(0);
    for (const { out } of [before, during]) {
      expect(await whoIs(url, headerIn(out))).toEqual({ data: { viewer: { principal: { principalId: USER } } } });
    }
    const third = await rolegate(['access-key', 'create', USER]);
    expect([third.code, third.out]).toEqual([1, '']);
    expect(third.error).toMatch(/^rolegate: [^\n]*\b2\b[^\n]*\n$/);
  });
});

test('imports that are started together wait for each other', async () => {
  // Where nothing is yet: one of them makes the directory.
  cwd = await newDataDir();
  onTestFinished(() => removeDataDir(cwd));
  const texts = [page('ann'), page('ben')];
  const done = await Promise.all(texts.map((text) => rolegate(['import', '-'], {}, text)));
  for (const { code, out, error } of done) {
    expect(error).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(CHANGED);
  }
});
