import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCheckPolicy } from '../../../src/cli/check-policy/arguments.ts';
import { runCommand } from '../../../src/cli/run.ts';

let folder: string;

const BEFORE = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }],
};
const AFTER = `{
  "Version": "2012-10-17",
  "Statement": [
    { "Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*" },
    { "Sid": "Write", "Effect": "Allow", "Action": ["s3:PutObject", "s3:PutObjct"], "Resource": "arn:aws:s3:::b/*" }
  ]
}`;
const BUCKET = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }],
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rolegate-check-policy-'));
  await writeFile(join(folder, 'before.json'), JSON.stringify(BEFORE));
  await writeFile(join(folder, 'after.json'), AFTER);
  await writeFile(join(folder, 'bucket.json'), JSON.stringify(BUCKET));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(
  args: readonly string[],
  input = '',
): Promise<{ readonly code: number; readonly out: string; readonly error: string }> {
  const out: string[] = [];
  const error: string[] = [];
  const terminal = {
    out: (text: string) => void out.push(text),
    error: (text: string) => void error.push(text),
    isInteractive: false,
  };
  const code = await runCommand(
    ['check-policy', ...args.map((arg) => (arg.endsWith('.json') ? join(folder, arg) : arg))],
    terminal,
    Readable.from([input]),
  );
  return { code, out: out.join('').replaceAll(`${folder}/`, ''), error: error.join('') };
}

test('documents that only deny are compared as what they are said to be', async () => {
  const deny = (...actions: string[]): string =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: actions, Resource: '*' }] });
  await writeFile(join(folder, 'scp.json'), deny('s3:*', 'iam:*'));
  const args = ['-', '--against', 'scp.json'];
  // As an identity policy it would grant nothing, and less could not be wrong.
  expect(await run(args, deny('s3:*'))).toMatchObject({ code: 1, error: expect.stringContaining('give --kind') });
  expect(await run(['scp.json', '--not-granted', 'ec2:*'])).toMatchObject({
    code: 1,
    error: expect.stringContaining('give --kind'),
  });
  expect(await run([...args, '--kind', 'scp'], deny('s3:*'))).toMatchObject({
    code: 1,
    out: expect.stringContaining('FAILED'),
  });
  expect(await run([...args, '--kind', 'identity'], deny('s3:*'))).toMatchObject({ code: 0 });
});

describe('arguments', () => {
  test('lists can be given one by one, or behind each other', () => {
    const expected = { notGranted: ['s3:Put*', 'iam:*'], on: ['arn:aws:s3:::b/*', '*'], file: 'p.json' };
    expect(
      parseCheckPolicy(['p.json', '--not-granted', 's3:Put*', 'iam:*', '--on', 'arn:aws:s3:::b/*', '*']),
    ).toMatchObject(expected);
    expect(
      parseCheckPolicy([
        '--not-granted=s3:Put*',
        '--not-granted',
        'iam:*',
        '--on',
        'arn:aws:s3:::b/*',
        '--on',
        '*',
        'p.json',
      ]),
    ).toMatchObject(expected);
  });

  test.each([
    [[], '`rolegate check-policy` needs one FILE (- for standard input)'],
    [['a', 'b'], '`rolegate check-policy` needs one FILE (- for standard input)'],
    [['a', '--kind', 'user'], '--kind must be one of identity, boundary, session, trust, resource, vpce, scp, rcp'],
    [['a', '--format', 'xml'], '--format must be github, not `xml`'],
    [['a', '--format', 'github', '--json'], '--json and --format exclude each other'],
    [['-', '--against', '-'], 'standard input (-) can be read only once'],
    [['a', '--public'], "Unknown option '--public'"],
  ])('%s: %s', async (args, message) => {
    expect(await run(args)).toEqual({ code: 2, out: '', error: `rolegate: ${message}\nTry \`rolegate --help\`.\n` });
  });
});

test('for people: findings with their places, then each check', async () => {
  const { code, out } = await run(['after.json', '--against', 'before.json', '--not-granted', 'iam:*']);
  expect(code).toBe(1);
  expect(out.split('\n')).toEqual([
    'after.json: checked as a policy of kind identity: 0 errors, 1 warning',
    expect.stringMatching(/^5:69 {2}warning {2}UNKNOWN_ACTION {2}`s3:PutObjct` is no action/),
    expect.stringMatching(
      /^no new access {7}FAILED {2}Statement\[1\] \(Write\) allows .* to do s3:PutObject on arn:aws:s3:::b\//,
    ),
    'access not granted  passed',
    '',
  ]);
});

test('for GitHub: annotations at the place of the finding and of the statement', async () => {
  const { code, out } = await run(['after.json', '--against', 'before.json', '--format', 'github']);
  expect(code).toBe(1);
  expect(out.split('\n')).toEqual([
    expect.stringMatching(/^::warning file=after.json,line=5,col=69,title=UNKNOWN_ACTION::`s3:PutObjct` is no action/),
    expect.stringMatching(
      /^::error file=after.json,line=5,col=5,title=no new access%3A failed::Statement\[1\] \(Write\) allows/,
    ),
    '',
  ]);
});

test('for programs: everything as JSON', async () => {
  const { code, out } = await run(['-', '--no-public', '--json'], JSON.stringify(BUCKET));
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    file: '-',
    against: null,
    kind: 'resource',
    findings: [],
    checks: [
      {
        check: 'noPublicAccess',
        passed: false,
        answer: 'YES',
        witness: { action: 's3:GetObject', documentField: 'resourcePolicy', statementIndex: 0 },
      },
    ],
  });
});

test('a file name writes no line of its own', async () => {
  const name = 'a\n::stop-commands::x.json';
  await writeFile(join(folder, name), JSON.stringify(BEFORE));
  expect((await run([name])).out).toBe(
    'a ::stop-commands::x.json: checked as a policy of kind identity: 0 errors, 0 warnings\n',
  );
  const missing = await run(['missing\n::stop-commands::x.json']);
  expect(missing.code).toBe(1);
  expect(missing.error).not.toContain('\n::');
  await writeFile(join(folder, name), ' '.repeat(2_000_000));
  const long = await run([name]);
  expect(long.error).toContain('a policy document has at most');
  expect(long.error).not.toContain('\n::');
});

test('what passes', async () => {
  expect((await run(['before.json', '--against', 'after.json', '--not-granted', 's3:Put*'])).code).toBe(0);
});

test('what cannot be checked is not passed, or refused', async () => {
  const unreadable = { ...BEFORE, Statement: [{ ...BEFORE.Statement[0], Condition: { StringEqual: { a: 'b' } } }] };
  const undecided = await run(['-', '--against', 'before.json'], JSON.stringify(unreadable));
  expect(undecided.code).toBe(1);
  expect(undecided.out).toMatch(/no new access {2}UNDECIDED {2}in the document, line 1, column/);
  const refused = { code: 1, out: '' };
  expect(await run(['missing.json'])).toMatchObject({
    ...refused,
    error: expect.stringContaining('there is no such file or folder'),
  });
  expect(await run(['before.json', '--not-granted', 's3:PutObjct'])).toMatchObject({
    ...refused,
    error: expect.stringContaining('--not-granted: the catalogue'),
  });
  expect(await run(['before.json', '--no-public'])).toMatchObject({
    ...refused,
    error: expect.stringContaining('--kind: only policies of resources'),
  });
});
