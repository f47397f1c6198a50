import type { CollectCommand } from './collect/arguments.ts';
import { collect } from './collect-command.ts';
import { CommandFailed } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** Exit codes of a command that a signal ended, as shells count them. */
const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** `rolegate collect` in a process: a signal ends it at a point from which it can go on. Returns the exit code. */
export async function collectInterruptibly(command: CollectCommand, terminal: Terminal): Promise<number> {
  const interrupted = new AbortController();
  let code: number = 0;
  const stop = (signal: keyof typeof CODES): void => {
    code = CODES[signal];
    interrupted.abort();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    await collect(command, terminal, { env: process.env, signal: interrupted.signal });
  } catch (error) {
    if (code === 0 || !(error instanceof CommandFailed)) throw error;
    terminal.error(`rolegate: ${error.message}\n`);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
  return code;
}
