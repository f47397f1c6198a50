import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { rolegate as command } from '../support/commands.ts';
import { newWorkingFolder } from '../support/empty-directory.ts';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { runToEnd, startServer } from '../support/process.ts';

const EXPORTS = fileURLToPath(new URL('../data/account-authorization-details/', import.meta.url));

// Other tests start processes beside them.
vi.setConfig({ testTimeout: 120_000 });

/** Where the commands of a test run, and the gateway if there is one. */
let cwd: string;

const rolegate = (args: readonly string[], env: Record<string, string> = {}, input: string | Buffer = '') =>
  command(args, { cwd, env, input });

/** The same in a process of its own, as users run it. */
const inProcess = (args: readonly string[], input = '') => runToEnd('cli/main.js', args, { cwd, input });

/** The tests of a block share a folder: each has users and files of its own. */
function inOneFolder(): void {
  beforeAll(async () => {
    cwd = await newWorkingFolder();
  });
  afterAll(() => removeDataDir(cwd));
}

const startGateway = (): Promise<TestGateway> => startTestGateway(join(cwd, '.rolegate'), { ROLEGATE_DEMO: 'off' });

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

const CHANGED = /: the directory has changed \(revision \S+\), \d+\.\d s\n/;
const UNCHANGED = /: nothing has changed \(revision \S+\), \d+\.\d s\n/;

/** The same commands, with the directory to themselves and while a gateway has it. */
function imports(): void {
  test('a real account goes in, and again without a change', async () => {
    const file = `${EXPORTS}cloudsplaining-large.json`;
    const first = await rolegate(['import', file]);
    expect(first.code).toBe(0);
    expect(first.out).toMatch(
      /^imported 44 users, 5 groups, 78 roles, 84 policies of accounts (?:200611803367, 012345678901|012345678901, 200611803367): /,
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

  test('a file that is not recognised is named and left alone; nothing but such files is refused', async () => {
    await writeFile(join(cwd, 'alone.json'), page('eva'));
    await writeFile(join(cwd, 'two.json'), JSON.stringify({ Something: [] }));
    const both = await rolegate(['import', 'alone.json', 'two.json']);
    expect(both.code).toBe(0);
    expect(both.out).toMatch(/^imported 1 user, 0 groups, 0 roles, 0 policies of account 333333333333: /);
    expect(both.error).toBe('warning: two.json: not recognised: an object with `Something`\n');
    const two = await rolegate(['import', 'two.json']);
    expect([two.code, two.out]).toEqual([1, '']);
    expect(two.error).toBe(
      'rolegate: nothing was recognised\n  two.json: not recognised: an object with `Something`\n',
    );
  });
}

describe('no gateway is running', () => {
  inOneFolder();
  imports();

  describe('files that are refused', () => {
    test.each([
      ['missing.json', null, 'missing.json: there is no such file\n'],
      ['text.json', 'hello', 'nothing was recognised\n  text.json: not recognised: it is not JSON'],
      [
        'cut.json',
        '{"UserDetailList": [{"UserName": ',
        'nothing was recognised\n  cut.json: not recognised: it is not JSON',
      ],
      ['empty.json', '', 'nothing was recognised\n  empty.json: not recognised: it is empty\n'],
      [
        'policies.json',
        '{"Unknown":[{"PolicyName":"p"}]}',
        'nothing was recognised\n  policies.json: not recognised: ',
      ],
      [
        'large.json',
        Buffer.alloc(135_000_000, ' '),
        'large.json: it is larger than the 128 MiB that are read of one file',
      ],
    ])('%s', async (name, text, sentence) => {
      if (text !== null) await writeFile(join(cwd, name), text);
      const { code, out, error } = await rolegate(['import', name]);
      expect([code, out]).toEqual([1, '']);
      expect(error.startsWith(`rolegate: ${sentence}`)).toBe(true);
    });

    test('files that contradict each other: with their places, and nothing is stored', async () => {
      const [one, other] = ['dev', 'ops'].map((group) =>
        page('carl').replace('"GroupList":[]', `"GroupList":["${group}"]`),
      );
      await writeFile(join(cwd, 'one.json'), one ?? '');
      await writeFile(join(cwd, 'other.json'), other ?? '');
      const { code, out, error } = await rolegate(['import', 'one.json', 'other.json']);
      expect([code, out]).toEqual([1, '']);
      expect(error).toMatch(
        /^rolegate: the files contradict each other: user arn:aws:iam::333333333333:user\/carl: groups: one\.json \(.*\) and other\.json \(.*\) say different things\n$/,
      );
      expect((await rolegate(['import', 'one.json'])).out).toMatch(/account 333333333333: new .*1 user/);
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
    expect(error).toMatch(/^rolegate: [^\n]*user with name zoe[^\n]*\n$/);
  });

  test('help, version and wrong usage', async () => {
    const help = await rolegate(['--help']);
    expect([help.code, help.error]).toEqual([0, '']);
    expect(help.out).toContain('either everything in them is stored or nothing is');
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(await inProcess(['--version'])).toEqual({ code: 0, out: `${version}\n`, error: '' });
    expect(await inProcess(['imprt'])).toEqual({
      code: 2,
      out: '',
      error: 'rolegate: `imprt` is not a command\nTry `rolegate --help`.\n',
    });
    await writeFile(join(cwd, 'file'), '');
    expect((await rolegate(['import', '-'], { ROLEGATE_DATA_DIR: 'file/data' }, page('ann'))).code).toBe(1);
    expect((await rolegate(['import', '-'], { LOG_LEVEL: 'loud' }, page('ann'))).code).toBe(2);
  });
});

describe('folders and archives', () => {
  // Each test has a directory of its own: what is in it decides what is new.
  beforeEach(async () => {
    cwd = await newWorkingFolder();
  });
  afterEach(() => removeDataDir(cwd));
  const FOLDER = fileURLToPath(new URL('../data/iam-collect/', import.meta.url));

  test('the folder that iam-collect writes: what was new, and what is known from now on', async () => {
    const first = await rolegate(['import', FOLDER]);
    expect([first.code, first.error]).toEqual([
      0,
      `warning: 1 file is not JSON and was left out: ${FOLDER}SOURCES.md\n`,
    ]);
    expect(first.out).toMatch(
      /^imported 1 user, 1 group, 2 roles, 3 policies, 3 resources, 1 VPC endpoint, 1 organization of accounts 111111111111, 999999999999: the directory has changed /,
    );
    expect(first.out).toMatch(/^account 111111111111: new .*2 roles/m);
    expect(first.out).toMatch(
      /^organization o-exampleorg1: new 1 organization, 2 organizational units, 3 control policies$/m,
    );
    expect(first.out).toMatch(
      /^account 111111111111: known: .*identity policies.*; known in part: .*resource policies of kms, resource policies of s3/m,
    );
    expect(first.out).not.toContain('\r');
    const second = await rolegate(['import', FOLDER]);
    expect(second.out.split('\n')[0]).toMatch(/: nothing has changed /);
    expect(second.out).toMatch(/^organization o-exampleorg1: unchanged /m);

    // The same as a tar.gz from standard input, and the report for programs.
    execFileSync('tar', ['-czf', join(cwd, 'collected.tar.gz'), '-C', FOLDER, 'aws']);
    const archive = await readFile(join(cwd, 'collected.tar.gz'));
    const { code, out, error } = await rolegate(['import', '--json', '-'], {}, archive);
    expect([code, error]).toEqual([0, '']);
    const report = JSON.parse(out);
    expect(report).toMatchObject({ changed: false, notRecognised: [], notUnderstood: [], leftOut: [], warnings: [] });
    expect(report.counts).toContainEqual({
      accountId: '111111111111',
      organizationId: null,
      kind: 'roles',
      new: 0,
      changed: 0,
      unchanged: 2,
      gone: 0,
    });
    expect(report.knowledge).toContainEqual({ accountId: '111111111111', layer: 'ORGANIZATION', state: 'COMPLETE' });
    expect(report.recognised.reduce((sum: number, { count }: { count: number }) => sum + count, 0)).toBe(42);
  });

  test('a snapshot of AWS Config, of which nothing is removed', async () => {
    const { code, out } = await rolegate([
      'import',
      fileURLToPath(new URL('../data/aws-config/snapshot.json', import.meta.url)),
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^imported 1 user, 1 group, 1 role, 2 policies, 4 resources, 1 VPC endpoint, 1 OIDC provider of account 111111111111: /,
    );
    expect(out).not.toContain('gone');
  });

  test('an archive that is cut off, and one without anything', async () => {
    execFileSync('tar', ['-czf', join(cwd, 'whole.tar.gz'), '-C', FOLDER, 'aws']);
    const whole = await readFile(join(cwd, 'whole.tar.gz'));
    await writeFile(join(cwd, 'cut.tar.gz'), whole.subarray(0, 2000));
    expect((await rolegate(['import', 'cut.tar.gz'])).error).toBe('rolegate: cut.tar.gz: it is cut off\n');
    await mkdir(join(cwd, 'empty'));
    expect((await rolegate(['import', 'empty'])).error).toBe('rolegate: empty: it holds no JSON\n');
  });

  test('names from files are escaped where they are shown', async () => {
    const name = '\u202etxt.json';
    await writeFile(join(cwd, name), page('dan'));
    await writeFile(join(cwd, `bad${name}`), JSON.stringify({ '\u202e[2J': 1 }));
    const { code, error } = await rolegate(['import', name, `bad${name}`]);
    expect(code).toBe(0);
    expect(error).toBe('warning: bad\\u{202e}txt.json: not recognised: an object with `\\u{202e}[2J`\n');
    // Also where a file is refused, by its form or by the directory.
    const user = { arn: 'arn:aws:iam::123456789012:user/dan', groups: ['arn:aws:iam::123456789012:group/\u202ex'] };
    await writeFile(join(cwd, 'own.json'), JSON.stringify({ users: [user] }));
    expect((await rolegate(['import', 'own.json'])).error).toBe(
      `rolegate: ${user.arn}: there is no group arn:aws:iam::123456789012:group/\\u{202e}x\n`,
    );
    await writeFile(join(cwd, 'own.json'), JSON.stringify({ users: [user], accounts: [{ '\u202eid': 1 }] }));
    expect((await rolegate(['import', 'own.json'])).error).toContain('there is no member `\\u{202e}id`');
  });
});

describe('a gateway is running', () => {
  let started: TestGateway;
  inOneFolder();
  beforeAll(async () => {
    started = await startGateway();
  });
  afterAll(() => started.gateway.close());
  imports();

  test('files of any name, and their names are those that were given', async () => {
    await mkdir(join(cwd, 'sub'), { recursive: true });
    await writeFile(join(cwd, 'page.txt'), page('nora'));
    await writeFile(join(cwd, '._odd.json'), '{"Odd":1}');
    await writeFile(join(cwd, 'sub', 'words'), 'hello');
    const { code, error, out } = await rolegate([
      'import',
      '--json',
      `../${basename(cwd)}/page.txt`,
      join(cwd, '._odd.json'),
      'sub/words',
    ]);
    expect([code, error]).toEqual([0, '']);
    const report = JSON.parse(out);
    expect(report.recognised).toEqual([
      { form: expect.any(String), count: 1, files: [`../${basename(cwd)}/page.txt`] },
    ]);
    // Their order is that of their paths, and one of them depends on where the tests run.
    expect(new Set(report.notRecognised)).toEqual(
      new Set([
        { file: 'sub/words', what: 'it is not JSON' },
        { file: join(cwd, '._odd.json'), what: 'an object with `Odd`' },
      ]),
    );
  });

  test('nothing is stored of files that contradict each other', async () => {
    const [one, other] = ['dev', 'ops'].map((group) =>
      page('carla').replace('"GroupList":[]', `"GroupList":["${group}"]`),
    );
    await writeFile(join(cwd, 'c1.json'), one ?? '');
    await writeFile(join(cwd, 'c2.json'), other ?? '');
    const { code, out, error } = await rolegate(['import', 'c1.json', 'c2.json']);
    expect([code, out]).toEqual([1, '']);
    expect(error).toMatch(
      /^rolegate: the files contradict each other: user .*carla: groups: c1\.json .* and c2\.json /,
    );
    expect((await rolegate(['import', 'c1.json'])).out).toMatch(/account 333333333333: new .*1 user/);
    const two = await rolegate(['import', `${EXPORTS}cloudsplaining-large.json`, '--account-name', 'Two']);
    expect(two.error).toBe('rolegate: --account-name needs an export of one account; this one has 2\n');
  });

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

test('a report is the same through a gateway and without one', async () => {
  const folder = fileURLToPath(new URL('../data/iam-collect/', import.meta.url));
  const reportsIn = async (folderOfTest: string) => {
    cwd = folderOfTest;
    const runs = [await rolegate(['import', '--json', folder]), await rolegate(['import', '--json', folder])];
    return runs.map(({ code, out, error }) => {
      expect([code, error]).toEqual([0, '']);
      const { seconds: _, revision, ...report } = JSON.parse(out);
      expect(revision).toMatch(/^r\d{19}$/);
      return report;
    });
  };
  const [served, alone] = [await newWorkingFolder(), await newWorkingFolder()];
  cwd = served;
  // A process: it reads imports in a thread.
  const gateway = startServer(cwd, { ROLEGATE_DEMO: 'off' });
  onTestFinished(async () => {
    gateway.child.kill('SIGTERM');
    await gateway.ended;
    await removeDataDir(served);
    await removeDataDir(alone);
  });
  await gateway.printed(/ready at http:/);
  const reports = await reportsIn(served);
  // They are removed when the answer has been sent.
  await expect.poll(() => readdir(join(served, '.rolegate/uploads'))).toEqual([]);
  expect(reports.map(({ changed }) => changed)).toEqual([true, false]);
  expect(reports).toEqual(await reportsIn(alone));
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
    const { gateway, url } = await startGateway();
    onTestFinished(() => gateway.close());
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
  const done = await Promise.all(texts.map((text) => inProcess(['import', '-'], text)));
  for (const { code, out, error } of done) {
    expect(error).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(CHANGED);
  }
});
