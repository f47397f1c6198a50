import { describe, expect, test } from 'vitest';
import { parseCommand, UsageError } from '../../src/cli/arguments.ts';

function refusalOf(args: readonly string[]): string {
  try {
    return `accepted as ${parseCommand(args).kind}`;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

test('commands', () => {
  expect(parseCommand(['--help'])).toEqual({ kind: 'help' });
  expect(parseCommand(['import', '-h'])).toEqual({ kind: 'help' });
  expect(parseCommand(['--version'])).toEqual({ kind: 'version' });
  expect(parseCommand(['start'])).toEqual({ kind: 'start' });
  expect(parseCommand(['import', 'a.json', '-', '--account-name', 'Production'])).toEqual({
    kind: 'import',
    paths: ['a.json', '-'],
    accountName: 'Production',
    isJson: false,
  });
  expect(parseCommand(['import', '--json', 'folder'])).toEqual({
    kind: 'import',
    paths: ['folder'],
    accountName: null,
    isJson: true,
  });
  expect(parseCommand(['access-key', 'create', 'arn:aws:iam::111111111111:user/ops/alice'])).toEqual({
    kind: 'createAccessKey',
    owner: { user: 'arn:aws:iam::111111111111:user/ops/alice' },
  });
  expect(parseCommand(['export', 'out'])).toEqual({ kind: 'export', folder: 'out' });
  expect(parseCommand(['export', '--schema'])).toEqual({ kind: 'exportSchema' });
  expect(parseCommand(['backup', 'file'])).toEqual({
    kind: 'backup',
    file: 'file',
    withKeys: false,
    passphraseFile: null,
  });
  expect(parseCommand(['backup', '--with-keys', 'file', '--passphrase-file', 'p'])).toMatchObject({
    withKeys: true,
    passphraseFile: 'p',
  });
  expect(parseCommand(['restore', 'file', '--keep-credentials'])).toEqual({
    kind: 'restore',
    file: 'file',
    keepCredentials: true,
    passphraseFile: null,
  });
  expect(parseCommand(['check', '--json'])).toEqual({ kind: 'check', isJson: true });
  expect(parseCommand(['restore', '--help'])).toEqual({ kind: 'help' });
  expect(parseCommand(['access-key', 'create', 'ec2.amazonaws.com'])).toEqual({
    kind: 'createAccessKey',
    owner: { service: 'ec2.amazonaws.com' },
  });
});

describe('wrong usage', () => {
  test.each([
    [[], 'no command is given'],
    [['imprt', 'a.json'], '`imprt` is not a command'],
    [['import'], '`rolegate import` needs at least one PATH (- for standard input)'],
    [['import', '-', '-'], 'standard input (-) can be read only once'],
    [['import', 'a.json', '--account-name', ' '], '--account-name must have 1 to 128 characters'],
    [['start', '--account-name', 'x'], '--account-name belongs to `rolegate import`'],
    [['start', '--json'], '--json belongs to `rolegate import`'],
    [['start', 'now'], '`rolegate start` takes settings alone'],
    [['import', '--force', 'a.json'], "Unknown option '--force'"],
    [['backup'], '`rolegate backup` needs one FILE'],
    [['backup', '-'], '`rolegate backup` needs one FILE'],
    [['backup', 'x', '--passphrase-file', 'p'], '--passphrase-file belongs to --with-keys'],
    [['restore', 'a', 'b'], '`rolegate restore` needs one FILE'],
    [['check', 'a'], "Unexpected argument 'a'"],
    [['export'], '`rolegate export` needs one DIR'],
    [['export', 'a', 'b'], '`rolegate export` needs one DIR'],
    [['export', '--schema', 'a'], '`rolegate export --schema` takes no DIR: it prints'],
    [['import', 'a', '--schema'], '--schema belongs to `rolegate export`'],
    [['access-key', 'delete', 'x'], '`rolegate access-key create` needs one USER_ARN or SERVICE'],
    [
      ['access-key', 'create', 'arn:aws:iam::111111111111:role/r'],
      '`arn:aws:iam::111111111111:role/r` is neither the ARN of a user (arn:aws:iam::111111111111:user/alice) nor a service (ec2.amazonaws.com)',
    ],
  ])('%j', (args, message) => {
    expect(refusalOf(args)).toBe(message);
  });
});
