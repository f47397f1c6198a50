import { Readable } from 'node:stream';
import { parseCommand } from '../../../src/cli/arguments.ts';
import { printCredentials, printExports } from '../../../src/cli/credentials/command.ts';
import type { Environment } from '../../../src/cli/credentials/key.ts';
import { CommandFailed } from '../../../src/cli/failure.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';
import { UsageError } from '../../../src/cli/usage-error.ts';

interface Options {
  readonly env: Environment;
  /** The data folder of the settings. */
  readonly dataDir?: string;
  /** Standard input. */
  readonly input?: string;
  readonly isInteractive?: boolean;
}

/** A terminal that keeps what is written to it. */
export function keptTerminal(isInteractive = false) {
  const written = { out: '', error: '' };
  const terminal: Terminal = {
    out: (text) => {
      written.out += text;
    },
    error: (text) => {
      written.error += text;
    },
    isInteractive,
  };
  return { terminal, written };
}

/** `rolegate credentials …` or `rolegate env …` without a process. `failure`: the sentence of the exception. */
export async function rolegate(args: readonly string[], { env, dataDir, input = '', isInteractive }: Options) {
  const { terminal, written } = keptTerminal(isInteractive);
  const around = { env, dataDir: () => dataDir ?? '/nowhere' };
  let failure: string | null = null;
  try {
    const command = parseCommand(args);
    const stdin = Readable.from(input === '' ? [] : [input]);
    if (command.kind === 'credentials') await printCredentials(command, around, terminal, stdin);
    else if (command.kind === 'env') await printExports(command, around, terminal, stdin);
    else throw new Error(`parsed as ${command.kind}`);
  } catch (error) {
    if (!(error instanceof CommandFailed) && !(error instanceof UsageError)) throw error;
    failure = error.message;
  }
  return { ...written, failure };
}
