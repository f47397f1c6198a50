import { describe, expect, test } from 'vitest';
import { parseCommand, UsageError } from '../../../src/cli/arguments.ts';

const ROLE = 'arn:aws:iam::222222222222:role/DataWriter';
const PROFILE = 'arn:aws:iam::111111111111:instance-profile/WebServer';

function refusalOf(args: readonly string[]): string {
  try {
    return `accepted as ${JSON.stringify(parseCommand(args))}`;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

describe('what is understood', () => {
  test('credentials of a role', () => {
    expect(parseCommand(['credentials', '--role', ROLE])).toEqual({
      kind: 'credentials',
      role: ROLE,
      url: null,
      profile: null,
      keyFile: null,
      sessionName: null,
      durationSeconds: null,
      externalId: null,
      sourceIdentity: null,
      serialNumber: null,
      tags: [],
    });
  });

  test('every option, in both forms, and the shell of env', () => {
    const args = ['--role', ROLE, '--session-name=copy', '--duration-seconds', '900', '--external-id', 'x1'];
    const more = ['--source-identity', 'alice', '--serial-number', 'arn:aws:iam::111111111111:mfa/alice'];
    const tags = ['--tags', 'team=red', '--tags', 'note=a=b', '--tags', 'empty='];
    const key = ['--url', 'https://gateway', '--profile', 'p', '--key-file', 'f', '--shell', 'cmd'];
    expect(parseCommand(['env', ...args, ...more, ...tags, ...key])).toEqual({
      kind: 'env',
      shell: 'cmd',
      role: ROLE,
      url: 'https://gateway',
      profile: 'p',
      keyFile: 'f',
      sessionName: 'copy',
      durationSeconds: 900,
      externalId: 'x1',
      sourceIdentity: 'alice',
      serialNumber: 'arn:aws:iam::111111111111:mfa/alice',
      tags: [
        { key: 'team', value: 'red' },
        { key: 'note', value: 'a=b' },
        { key: 'empty', value: '' },
      ],
    });
  });

  test('a workload of a service', () => {
    const args = ['metadata', '--role', ROLE, '--service', 'ecs-tasks.amazonaws.com', '--session-name', 'web-1'];
    expect(parseCommand([...args, '--source-account', '222222222222', '--port', '8080', '--ipv6'])).toMatchObject({
      kind: 'metadata',
      service: 'ecs-tasks.amazonaws.com',
      assumption: {
        mutation: 'assumeRole',
        input: { role: ROLE, roleSessionName: 'web-1', durationSeconds: null, sourceAccount: '222222222222' },
      },
      port: 8080,
      ipv6: true,
      tokenFile: null,
      instanceMetadata: null,
    });
  });

  test('an instance, whose service is EC2', () => {
    const args = ['metadata', '--instance-profile', PROFILE, '--instance-id', 'i-0123456789abcdef0', '--imds'];
    expect(parseCommand(args)).toMatchObject({
      service: 'ec2.amazonaws.com',
      assumption: {
        mutation: 'assumeInstanceProfile',
        input: { instanceProfile: PROFILE, instanceId: 'i-0123456789abcdef0' },
      },
      port: 0,
      instanceMetadata: { availabilityZone: 'us-east-1a' },
    });
    expect(parseCommand([...args, '--availability-zone', 'ap-southeast-2b'])).toMatchObject({
      instanceMetadata: { availabilityZone: 'ap-southeast-2b' },
    });
  });

  test.each(['credentials', 'env', 'metadata'])('%s --help', (name) => {
    expect(parseCommand([name, '--help'])).toEqual({ kind: 'help' });
    expect(parseCommand([name, '-h', '--role', ROLE])).toEqual({ kind: 'help' });
  });
});

const OF_ROLE = ['metadata', '--role', ROLE];

test.each([
  [['credentials'], '`rolegate credentials` needs --role ARN'],
  [['env', '--url', 'http://127.0.0.1'], '`rolegate env` needs --role ARN'],
  [['credentials', '--role', ''], '--role needs a value'],
  [['credentials', '--role', ROLE, 'more'], '`rolegate credentials` takes options only'],
  [['credentials', '--role', ROLE, '--shell', 'cmd'], "Unknown option '--shell'"],
  [['credentials', '--role', '--url'], "Option '--role' argument is ambiguous"],
  [['env', '--role', ROLE, '--shell', 'fish'], '--shell is one of posix, powershell, cmd'],
  [['env', '--role', ROLE, '--duration-seconds', '899'], '--duration-seconds is a number from 900 to 43200'],
  [['env', '--role', ROLE, '--duration-seconds', '1e3'], '--duration-seconds is a number from 900 to 43200'],
  [['env', '--role', ROLE, '--tags', '=red'], '--tags is KEY=VALUE, and is given once for each tag'],
  [['env', '--role', ROLE, '--tags', 'team'], '--tags is KEY=VALUE, and is given once for each tag'],
  [['metadata'], '`rolegate metadata` needs either --role ARN or --instance-profile ARN'],
  [
    [...OF_ROLE, '--instance-profile', PROFILE],
    '`rolegate metadata` needs either --role ARN or --instance-profile ARN',
  ],
  [[...OF_ROLE, '--session-name', 's1'], '--role needs --service, such as ecs-tasks.amazonaws.com'],
  [[...OF_ROLE, '--service', 'sns.amazonaws.com'], '--role needs --session-name, which names the workload'],
  [[...OF_ROLE, '--instance-id', 'i-1'], '--instance-id belongs to --instance-profile'],
  [
    [...OF_ROLE, '--service', 'alice', '--session-name', 's1'],
    '--service is a service such as ecs-tasks.amazonaws.com',
  ],
  [['metadata', '--instance-profile', PROFILE], '--instance-profile needs --instance-id, such as i-0123456789abcdef0'],
  [
    ['metadata', '--instance-profile', PROFILE, '--instance-id', 'i-1', '--tags', 'a=b'],
    "--tags belongs to --role: an instance's session has its id",
  ],
  [[...OF_ROLE, '--availability-zone', 'us-east-1a'], '--availability-zone belongs to --imds'],
  [[...OF_ROLE, '--imds', '--availability-zone', 'us-east-1'], '--availability-zone is one such as us-east-1a'],
  [
    [...OF_ROLE, '--service', 'sns.amazonaws.com', '--session-name', 's1', '--port', '65536'],
    '--port is a number from 0 to 65535 (0: any free port)',
  ],
])('wrong usage: %j', (args, message) => {
  expect(refusalOf(args)).toBe(message);
});

/** AWS's example of a secret access key, and one that begins as a path does. */
const SECRETS = ['wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', '/Wdq2dZ6uMV0cZfI5Wz3qg7YXhYkPqk4bD0u3TxP'];

describe('secrets are no arguments', () => {
  const HINT = 'keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, --profile or --key-file';

  test.each([
    ...SECRETS,
    `--role=${SECRETS[0]}`,
    `AKIADEMOALICEAAAAAAA:${SECRETS[0]}`,
    'Basic QUtJQURFTU9BTElDRUFBQUFBQUE6eA==',
    'eyJhbGciOiJFZERTQSJ9.eyJ0YWJsZSI6InJvbGUifQ.mW24VDn1t6KdjSEqcRLLSQQEMRkismr9dSMTHpzgDQ',
  ])('%s is refused, and not repeated', (secret) => {
    for (const command of ['credentials', 'env', 'metadata']) {
      expect(refusalOf([command, '--role', ROLE, secret])).toBe(
        `argument 3 looks like a secret, which no argument may be, because every process can read it: ${HINT}`,
      );
    }
  });

  test.each([
    '--secret-access-key',
    '--aws-access-key-id=AKIADEMOALICEAAAAAAA',
    '--session-token',
    '--token-code=123456',
  ])('an option for one is refused: %s', (option) => {
    expect(refusalOf(['credentials', option, 'x'])).toBe(
      `keys and codes are no arguments, which every process can read: ${HINT}, MFA codes from the terminal`,
    );
  });

  test.each([
    ['--tags', 'commit=da39a3ee5e6b4b0d3255bfef95601890afd80709'],
    ['--session-name', 'A1b2C3d4E5f6A1b2C3d4E5f6A1b2C3d4E5f6A1b2C'],
    ['--external-id', '0f8fad5b-d9cb-469f-a165-70867728950e'],
    ['--key-file', '/run/Secrets/rolegate/v1/ecs-tasks.amazonaws.com'],
    ['--role', 'arn:aws:iam::222222222222:role/Path1/ofFortyCharactersWithTheWordRoleXY'],
  ])('what only looks long is none: %s %s', (...option) => {
    expect(refusalOf(['credentials', '--role', ROLE, ...option])).toMatch(/^accepted as /);
  });
});
