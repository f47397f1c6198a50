import { parseArgs } from 'node:util';
import { ASK_COMMANDS, type AskCommand } from './ask/arguments.ts';
import { type AuditExportCommand, parseAudit } from './audit/arguments.ts';
import {
  type BackupCommand,
  type CheckCommand,
  parseBackup,
  parseCheck,
  parseRestore,
  type RestoreCommand,
} from './backup/arguments.ts';
import { type CheckPolicyCommand, parseCheckPolicy } from './check-policy/arguments.ts';
import { type CollectCommand, parseCollect } from './collect/arguments.ts';
import { type CredentialsCommand, type EnvCommand, parseCredentials, parseEnv } from './credentials/arguments.ts';
import { type KeysCommand, parseKeys, parseRotate, type RotateCommand } from './keys/arguments.ts';
import { type MetadataCommand, parseMetadata } from './metadata/arguments.ts';
import { readArguments } from './read-arguments.ts';
import { UsageError } from './usage-error.ts';

export { UsageError };

/** A parsed command line. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version'; readonly isLong?: true }
  | { readonly kind: 'status'; readonly isJson: boolean }
  | { readonly kind: 'start' }
  | { readonly kind: 'settings'; readonly isJson: boolean }
  | {
      readonly kind: 'import';
      readonly paths: readonly string[];
      readonly accountName: string | null;
      readonly isJson: boolean;
    }
  | { readonly kind: 'export'; readonly folder: string }
  | { readonly kind: 'exportSchema' }
  | AskCommand
  | AuditExportCommand
  | BackupCommand
  | RestoreCommand
  | CheckCommand
  | CheckPolicyCommand
  | RotateCommand
  | KeysCommand
  | CollectCommand
  | CredentialsCommand
  | EnvCommand
  | MetadataCommand
  | { readonly kind: 'createAccessKey'; readonly owner: { readonly user: string } | { readonly service: string } };

const MAX_ACCOUNT_NAME = 128;

/** Commands with options of their own; null: the help is asked for. */
const OWN_OPTIONS: ReadonlyMap<string, (args: readonly string[]) => Command | null> = new Map<
  string,
  (args: readonly string[]) => Command | null
>([
  ...ASK_COMMANDS,
  ['audit', parseAudit],
  ['backup', parseBackup],
  ['restore', parseRestore],
  ['check', parseCheck],
  ['check-policy', parseCheckPolicy],
  ['rotate-master-key', parseRotate],
  ['keys', parseKeys],
  ['collect', parseCollect],
  ['credentials', parseCredentials],
  ['env', parseEnv],
  ['metadata', parseMetadata],
]);

/** Throws UsageError. */
export function parseCommand(args: readonly string[]): Command {
  const own = OWN_OPTIONS.get(args[0] ?? '');
  if (own !== undefined) return own(args.slice(1)) ?? { kind: 'help' };
  const { values, positionals } = readOptions(args);
  if (values.help === true || positionals[0] === 'help') return { kind: 'help' };
  if (values.version === true) return { kind: 'version' };
  const [name, ...rest] = positionals;
  const accountName = values['account-name'];
  if (accountName !== undefined && name !== 'import')
    throw new UsageError('--account-name belongs to `rolegate import`');
  const isJson = values.json === true;
  if (isJson && name !== 'import' && name !== 'settings' && name !== 'status')
    throw new UsageError('--json belongs to `rolegate import`');
  if (values.schema === true && name !== 'export') throw new UsageError('--schema belongs to `rolegate export`');
  switch (name) {
    case undefined:
      throw new UsageError('no command is given');
    case 'start':
      if (rest.length > 0) throw new UsageError('`rolegate start` takes settings alone');
      return { kind: 'start' };
    case 'version':
      return { kind: 'version', isLong: true };
    case 'status':
      if (rest.length > 0) throw new UsageError('`rolegate status` takes no arguments');
      return { kind: 'status', isJson };
    case 'settings':
      if (rest.length > 0) throw new UsageError('`rolegate settings` takes settings alone');
      return { kind: 'settings', isJson };
    case 'import':
      return importCommand(rest, accountName ?? null, isJson);
    case 'export':
      return exportCommand(rest, values.schema === true);
    case 'access-key':
      return accessKeyCommand(rest);
    default:
      throw new UsageError(`\`${name}\` is not a command`);
  }
}

function readOptions(args: readonly string[]) {
  return readArguments(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
        'account-name': { type: 'string' },
        json: { type: 'boolean' },
        schema: { type: 'boolean' },
      },
    }),
  );
}

function importCommand(paths: readonly string[], accountName: string | null, isJson: boolean): Command {
  if (paths.length === 0) throw new UsageError('`rolegate import` needs at least one PATH (- for standard input)');
  if (paths.filter((path) => path === '-').length > 1) throw new UsageError('standard input (-) can be read only once');
  if (accountName !== null && (accountName.trim() === '' || accountName.length > MAX_ACCOUNT_NAME)) {
    throw new UsageError(`--account-name must have 1 to ${MAX_ACCOUNT_NAME} characters`);
  }
  return { kind: 'import', paths, accountName, isJson };
}

function exportCommand(rest: readonly string[], schema: boolean): Command {
  const [folder, ...more] = rest;
  if (schema) {
    if (folder !== undefined) throw new UsageError('`rolegate export --schema` takes no DIR: it prints');
    return { kind: 'exportSchema' };
  }
  if (folder === undefined || more.length > 0) throw new UsageError('`rolegate export` needs one DIR');
  return { kind: 'export', folder };
}

function accessKeyCommand(rest: readonly string[]): Command {
  const [verb, owner, ...more] = rest;
  if (verb !== 'create' || owner === undefined || more.length > 0) {
    throw new UsageError('`rolegate access-key create` needs one USER_ARN or SERVICE');
  }
  if (/^arn:[a-z0-9-]+:iam::[0-9]{12}:user\/.+$/.test(owner))
    return { kind: 'createAccessKey', owner: { user: owner } };
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?$/.test(owner)) {
    return { kind: 'createAccessKey', owner: { service: owner } };
  }
  throw new UsageError(
    `\`${owner.slice(0, 100)}\` is neither the ARN of a user (arn:aws:iam::111111111111:user/alice) nor a service (ec2.amazonaws.com)`,
  );
}
