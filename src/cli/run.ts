import { readFile } from 'node:fs/promises';
import { failureSentence } from '../server/failure-sentence.ts';
import { settingsInForce } from '../server/process-settings.ts';
import { type SettingArguments, settingArguments } from '../server/setting-sources.ts';
import { InvalidSettings, type Settings } from '../server/settings.ts';
import { type Command, parseCommand, UsageError } from './arguments.ts';
import type { AskCommand } from './ask/arguments.ts';
import type { CredentialsCommand, EnvCommand } from './credentials/arguments.ts';
import { CommandFailed } from './failure.ts';
import { HELP } from './help.ts';
import type { MetadataCommand } from './metadata/arguments.ts';
import { CODE_OF_CLOSED_OUTPUT, OutputClosed, type Terminal } from './terminal.ts';

/** Commands that take each setting as a flag. */
const TAKE_FLAGS = new Set(['start', 'settings']);

/** Runs one command and returns the exit code: 0 done, 1 refused or failed (`can`: denied, and 3 failed), 2 wrong usage or settings, 141 nobody reads. */
export async function runCommand(
  args: readonly string[],
  terminal: Terminal,
  input: NodeJS.ReadableStream,
): Promise<number> {
  let settings: Settings | null = null;
  let failure = 1;
  try {
    const given = settingArguments(args, TAKE_FLAGS.has(args[0] ?? ''));
    const command = parseCommand(given.rest);
    if (command.kind === 'help') terminal.out(HELP);
    else if (command.kind === 'version')
      terminal.out(`${await version()}${command.isLong === true ? ` (${platformText()})` : ''}\n`);
    else if (command.kind === 'exportSchema') {
      const { schemaText } = await import('./export-folder.ts');
      terminal.out(schemaText());
    } else if (command.kind === 'collect') {
      const { collectInterruptibly } = await import('./interruptible.ts');
      return await collectInterruptibly(command, terminal);
    } else if (command.kind === 'checkPolicy') {
      const { checkPolicy } = await import('./check-policy/command.ts');
      return await checkPolicy(command, terminal, input);
    } else if (
      command.kind === 'ask' ||
      command.kind === 'query' ||
      command.kind === 'graph' ||
      command.kind === 'preview'
    ) {
      if (command.kind === 'ask') failure = command.failure;
      const read = (): Settings => (settings ??= settingsInForce(given).settings);
      return await askQuestion(command, read, terminal, input);
    } else if (command.kind === 'credentials' || command.kind === 'env' || command.kind === 'metadata') {
      await giveCredentials(command, given, terminal, input);
    } else if (command.kind === 'settings') {
      const { printSettings } = await import('./settings-command.ts');
      printSettings(settingsInForce(given).inForce, command.isJson, terminal);
    } else if (command.kind === 'start') {
      settings = settingsInForce(given).settings;
      const { serve } = await import('../server/serve.ts');
      return await serve(settings, terminal, args.slice(1));
    } else {
      settings = settingsInForce(given).settings;
      return await perform(command, settings, terminal, input);
    }
    return 0;
  } catch (error) {
    if (error instanceof OutputClosed) return CODE_OF_CLOSED_OUTPUT;
    if (error instanceof UsageError) {
      terminal.error(`rolegate: ${error.message}\nTry \`rolegate --help\`.\n`);
      return 2;
    }
    if (error instanceof InvalidSettings) {
      for (const problem of error.problems) terminal.error(`rolegate: ${problem}\n`);
      return 2;
    }
    terminal.error(`rolegate: ${sentenceOf(error, settings)}\n`);
    return failure;
  }
}

/** A command that asks another gateway needs no settings. */
async function askQuestion(
  command: AskCommand,
  settings: () => Settings,
  terminal: Terminal,
  input: NodeJS.ReadableStream,
): Promise<number> {
  const { askCommand } = await import('./ask/command.ts');
  return askCommand(command, { env: process.env, settings }, terminal, input);
}

/** Other settings than the data folder's are not those of these commands, which may run far from the gateway. */
async function giveCredentials(
  command: CredentialsCommand | EnvCommand | MetadataCommand,
  given: SettingArguments,
  terminal: Terminal,
  input: NodeJS.ReadableStream,
): Promise<void> {
  const around = { env: process.env, dataDir: () => settingsInForce(given).settings.dataDir };
  if (command.kind === 'metadata') {
    const { stopSignal } = await import('../server/stop-signal.ts');
    const { serveMetadata } = await import('./metadata/command.ts');
    await serveMetadata(command, around, terminal, stopSignal());
    return;
  }
  const { printCredentials, printExports } = await import('./credentials/command.ts');
  if (command.kind === 'credentials') await printCredentials(command, around, terminal, input);
  else await printExports(command, around, terminal, input);
}

/** Each command loads what it needs, so that help does not wait for a database. */
async function perform(
  command: Exclude<
    Command,
    {
      readonly kind:
        | 'help'
        | 'version'
        | 'exportSchema'
        | 'collect'
        | 'checkPolicy'
        | 'ask'
        | 'query'
        | 'graph'
        | 'preview'
        | 'credentials'
        | 'env'
        | 'metadata'
        | 'settings'
        | 'start';
    }
  >,
  settings: Settings,
  terminal: Terminal,
  input: NodeJS.ReadableStream,
): Promise<number> {
  if (command.kind === 'import') {
    const { importFiles } = await import('./import-command.ts');
    await importFiles(command, settings, terminal, input);
  } else if (command.kind === 'export') {
    const { exportDirectory } = await import('./export-command.ts');
    await exportDirectory(command.folder, settings, terminal);
  } else if (command.kind === 'auditExport') {
    const { exportAuditTrail } = await import('./audit/export-command.ts');
    await exportAuditTrail(command, settings, terminal);
  } else if (command.kind === 'backup') {
    const { backUp } = await import('./backup/backup-command.ts');
    await backUp(command, settings, { env: process.env, terminal, input });
  } else if (command.kind === 'restore') {
    const { restoreBackup } = await import('./backup/restore-command.ts');
    await restoreBackup(command, settings, { env: process.env, terminal, input });
  } else if (command.kind === 'status') {
    const { printStatus } = await import('./status-command.ts');
    return printStatus(command.isJson, settings, terminal);
  } else if (command.kind === 'check') {
    const { checkDirectory } = await import('./backup/check-command.ts');
    return checkDirectory(command, settings, terminal);
  } else if (command.kind === 'rotateMasterKey') {
    const { rotate } = await import('./keys/rotate-command.ts');
    await rotate(command, settings, terminal);
  } else if (command.kind === 'keys') {
    const { listOrRetire } = await import('./keys/keys-command.ts');
    await listOrRetire(command, settings, terminal);
  } else {
    const { createAccessKey } = await import('./access-key-command.ts');
    await createAccessKey(command.owner, settings, terminal);
  }
  return 0;
}

function sentenceOf(error: unknown, settings: Settings | null): string {
  if (error instanceof CommandFailed) return error.message;
  const sentence = settings === null ? null : failureSentence(error, settings);
  return sentence ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
}

/** What the same version runs on, for reports of faults. */
function platformText(): string {
  return `node ${process.version.slice(1)}, ${process.platform} ${process.arch}`;
}

async function version(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  const manifest: unknown = JSON.parse(text);
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
}
