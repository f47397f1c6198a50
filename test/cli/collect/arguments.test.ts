import { describe, expect, test } from 'vitest';
import { parseCommand, UsageError } from '../../../src/cli/arguments.ts';
import { dryRun } from '../../../src/cli/collect/dry-run.ts';
import { PERMITTED } from '../../../src/cli/collect/permitted.ts';
import { CollectedWorld } from '../../support/aws-world.ts';

test('what is not said', () => {
  expect(parseCommand(['collect', 'dir'])).toEqual({
    kind: 'collect',
    folder: 'dir',
    profiles: [],
    organization: false,
    roleName: null,
    regions: null,
    parallel: 4,
    aws: null,
    refresh: false,
    dryRun: false,
  });
  expect(parseCommand(['collect', '-h'])).toEqual({ kind: 'help' });
});

test('all options', () => {
  const one = ['--organization', '--profile', 'p', '--role-name', 'a/Reader', '--regions', 'eu-west-1,us-gov-east-1'];
  expect(
    parseCommand(['collect', ...one, 'dir', '--parallel', '8', '--aws', './aws', '--refresh', '--dry-run']),
  ).toEqual({
    kind: 'collect',
    folder: 'dir',
    profiles: ['p'],
    organization: true,
    roleName: 'a/Reader',
    regions: ['eu-west-1', 'us-gov-east-1'],
    parallel: 8,
    aws: './aws',
    refresh: true,
    dryRun: true,
  });
});

test.each([
  [[], '`rolegate collect` needs one DIR to write to'],
  [['a', 'b'], '`rolegate collect` needs one DIR to write to'],
  [['a', '--profile', ''], '--profile needs a name'],
  [['a', '--profile=--debug'], '--profile needs a name'],
  [['a', '--role-name', 'R'], '--role-name belongs to --organization'],
  [
    ['a', '--organization', '--role-name', 'arn:aws:iam::1:role/R'],
    '--role-name is the name of a role, such as OrganizationAccountAccessRole',
  ],
  [
    ['a', '--organization', '--profile', 'p', '--profile', 'q'],
    '--organization takes one --profile: that of the management account or a delegated administrator',
  ],
  [['a', '--regions', 'eu-west-1,../up'], '--regions is a list of Regions, such as eu-west-1,us-east-1'],
  [['a', '--parallel', '0'], '--parallel is a number from 1 to 64'],
  [['a', '--parallel', '65'], '--parallel is a number from 1 to 64'],
  [['a', '--aws', ''], '--aws needs the path of a command'],
  [['a', '--force'], "Unknown option '--force'"],
])('%j', (args, message) => {
  expect(() => parseCommand(['collect', ...args])).toThrow(new UsageError(message));
});

describe('a dry run', () => {
  const printed = (...args: readonly string[]): readonly string[] => {
    const command = parseCommand(['collect', 'dir', '--dry-run', ...args]);
    if (command.kind !== 'collect') throw new Error(command.kind);
    return dryRun(command, 'aws').split('\n');
  };

  test('prints every operation that may be run, and no other but the assuming of a role', () => {
    const lines = ['', ...printed(), ...printed('--organization', '--role-name', 'R')].filter((line) =>
      line.startsWith('aws '),
    );
    const names = new Set(lines.map((line) => line.split(' ').slice(1, 3).join(' ')));
    // Asked only where EC2 does not say which Regions there are.
    expect(names).toEqual(new Set([...PERMITTED, 'sts assume-role'].filter((name) => name !== 'account list-regions')));
  });

  test('has words in capitals for what it does not know, and quotes for a shell', () => {
    const lines = printed('--profile', "o'neil", '--regions', 'eu-west-1');
    expect(lines).toContain("aws sts get-caller-identity --profile 'o'\\''neil'");
    expect(lines).toContain("aws s3api get-bucket-policy --bucket BUCKET --profile 'o'\\''neil'");
    expect(lines).toContain(
      "aws sqs get-queue-attributes --queue-url QUEUE_URL --attribute-names All --region eu-west-1 --profile 'o'\\''neil'",
    );
    expect(printed('--organization', '--role-name', 'R')).toContain(
      'aws sts assume-role --role-arn arn:aws:iam::ACCOUNT:role/R --role-session-name rolegate-collect',
    );
  });

  test('runs nothing and writes nothing', async () => {
    const world = await CollectedWorld.of({ profiles: {}, answers: {} });
    const { out, failure } = await world.collect(['--dry-run']);
    expect(failure).toBeNull();
    expect(out).toMatch(/^# The account of the environment\n/);
    expect(await world.calls()).toEqual([]);
    await expect(world.files()).rejects.toThrow(/ENOENT/);
  });
});
