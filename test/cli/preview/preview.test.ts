import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ASK_COMMANDS } from '../../../src/cli/ask/arguments.ts';
import { askCommand } from '../../../src/cli/ask/command.ts';
import { CommandFailed } from '../../../src/cli/failure.ts';
import { UsageError } from '../../../src/cli/usage-error.ts';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { keptTerminal } from '../credentials/in-process.ts';

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const POWER = 'arn:aws:iam::aws:policy/IAMFullAccess';
const ATTACH = [{ attachUserPolicy: { userArn: ALICE, policyArn: POWER } }];

let dataDir: string;
let gateway: TestGateway;
let folder: string;

beforeAll(async () => {
  dataDir = await newDataDir();
  gateway = await startTestGateway(dataDir);
  folder = await mkdtemp(join(tmpdir(), 'rolegate-preview-'));
});
afterAll(async () => {
  await gateway.gateway.close();
  await removeDataDir(dataDir);
  await rm(folder, { recursive: true, force: true });
});

/** `rolegate preview …` with `file` as standard input, without a process. `failure`: the sentence of the exception. */
async function preview(args: readonly string[], file: unknown) {
  const { terminal, written } = keptTerminal();
  const input = typeof file === 'string' ? file : JSON.stringify(file, null, 2);
  try {
    const command = ASK_COMMANDS.get('preview')?.(args) ?? null;
    if (command === null) throw new Error('the help is asked for');
    const around = { env: {}, settings: () => gateway.settings };
    const code = await askCommand(command, around, terminal, Readable.from([input]));
    return { ...written, code, failure: null };
  } catch (error) {
    if (!(error instanceof CommandFailed) && !(error instanceof UsageError)) throw error;
    return { ...written, code: null, failure: error.message };
  }
}

describe('preview', () => {
  test('prints who gains and loses what, and its exit code is whether somebody gains what must not be gained', async () => {
    const told = await preview(['-'], ATTACH);
    expect(told.code).toBe(0);
    expect(told.out).toMatch(/^\d+ entit(y|ies) touched, 1 principal is concerned\n/);
    expect(told.out).toMatch(
      new RegExp(`${ALICE}: gains \\d+, changes \\d+, loses 0\\n  ~ iam:PassRole +permissions management\\n`),
    );
    const failed = await preview(['--fail-if-gains', 'sqs:*', 'iam:PassRole', '-'], ATTACH);
    expect(failed).toMatchObject({ code: 1 });
    expect(failed.out).toContain(`FAILED  ${ALICE} gains iam:PassRole (iam:PassRole)`);
    expect(await preview(['--fail-if-gains', 'sqs:*', '-'], { changes: ATTACH })).toMatchObject({ code: 0 });
    const tagged = [{ tagUser: { userArn: ALICE, tags: [{ key: 'team', value: 'red' }] } }];
    const undecided = await preview(['--fail-if-gains', 'iam:*', '-'], tagged);
    expect(undecided).toMatchObject({ code: 1, out: expect.stringContaining('its tags change') });
    expect(undecided.out).not.toContain('nobody gains');
  });

  test('as JSON for programs, and as annotations at the changes', async () => {
    const { out } = await preview(['--json', '-'], ATTACH);
    expect(JSON.parse(out)).toMatchObject({ targets: [ALICE], verdict: null, complete: true, withheld: false });
    const file = join(folder, 'changes.json');
    await writeFile(file, JSON.stringify(ATTACH, null, 2));
    const annotated = await preview(['--format', 'github', '--fail-if-gains', 'iam:PassRole', '--', file], '');
    expect(annotated.code).toBe(1);
    expect(annotated.out).toContain(`::error file=${file},line=2,col=3,title=gains iam%3APassRole::`);
    expect(annotated.out).toContain(`::notice file=${file},title=arn%3Aaws`);
  });

  test('a change that would not be made is named with its place', async () => {
    const changes = [...ATTACH, { detachUserPolicy: { userArn: ALICE, policyArn: `${POWER}s` } }];
    const refused = await preview(['-'], changes);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.out).toMatch(/^change 2: .*IAMFullAccesss.*\(NoSuchEntity\)\n$/);
    const annotated = await preview(['--format', 'github', '-'], changes);
    expect(annotated.out).toMatch(/^::error file=-,line=8,col=3,title=NoSuchEntity::change 2/);
    expect(await preview(['-'], '[{"noSuchChange": {}}]')).toMatchObject({
      failure: expect.stringContaining('noSuchChange'),
    });
  });

  test('what is no list of changes is refused before anybody is asked', async () => {
    expect(await preview(['-'], '{"changes": 1}')).toMatchObject({
      failure: expect.stringContaining('holds no changes'),
    });
    expect(await preview(['-'], '[\n{]')).toMatchObject({ failure: '-:2:2: this is not JSON' });
    expect(await preview([join(folder, 'missing.json')], '')).toMatchObject({
      failure: expect.stringContaining('missing.json'),
    });
    expect(await preview([], '')).toMatchObject({ failure: expect.stringContaining('needs one FILE') });
    expect(await preview(['-', '--format', 'xml'], '')).toMatchObject({ failure: expect.stringContaining('--format') });
  });
});
