import { parseArgs } from 'node:util';
import { readArguments } from '../read-arguments.ts';
import { UsageError } from '../usage-error.ts';

/** `rolegate backup`, parsed. */
export interface BackupCommand {
  readonly kind: 'backup';
  readonly file: string;
  readonly withKeys: boolean;
  /** Null: not given. */
  readonly passphraseFile: string | null;
}

/** `rolegate restore`, parsed. */
export interface RestoreCommand {
  readonly kind: 'restore';
  readonly file: string;
  readonly keepCredentials: boolean;
  readonly passphraseFile: string | null;
}

/** `rolegate check`, parsed. */
export interface CheckCommand {
  readonly kind: 'check';
  readonly isJson: boolean;
}

const HELP = { help: { type: 'boolean', short: 'h' } } as const;
const PASSPHRASE = { 'passphrase-file': { type: 'string' } } as const;

/** The arguments behind `backup`; null: the help is asked for. Throws UsageError. */
export function parseBackup(args: readonly string[]): BackupCommand | null {
  const { values, positionals } = readArguments(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...HELP, ...PASSPHRASE, 'with-keys': { type: 'boolean' } },
    }),
  );
  if (values.help === true) return null;
  const withKeys = values['with-keys'] === true;
  const passphraseFile = values['passphrase-file'] ?? null;
  if (passphraseFile !== null && !withKeys) throw new UsageError('--passphrase-file belongs to --with-keys');
  return { kind: 'backup', file: oneFile('backup', positionals), withKeys, passphraseFile };
}

/** The arguments behind `restore`; null: the help is asked for. Throws UsageError. */
export function parseRestore(args: readonly string[]): RestoreCommand | null {
  const { values, positionals } = readArguments(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...HELP, ...PASSPHRASE, 'keep-credentials': { type: 'boolean' } },
    }),
  );
  if (values.help === true) return null;
  const keepCredentials = values['keep-credentials'] === true;
  const passphraseFile = values['passphrase-file'] ?? null;
  return { kind: 'restore', file: oneFile('restore', positionals), keepCredentials, passphraseFile };
}

/** The arguments behind `check`; null: the help is asked for. Throws UsageError. */
export function parseCheck(args: readonly string[]): CheckCommand | null {
  const { values } = readArguments(() =>
    parseArgs({ args: [...args], options: { ...HELP, json: { type: 'boolean' } } }),
  );
  return values.help === true ? null : { kind: 'check', isJson: values.json === true };
}

function oneFile(command: string, [file, ...more]: readonly string[]): string {
  if (file !== undefined && file !== '' && file !== '-' && more.length === 0) return file;
  throw new UsageError(`\`rolegate ${command}\` needs one FILE`);
}
