import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CommandFailed } from '../failure.ts';
import { fileFailure } from '../file-failure.ts';
import type { Terminal } from '../terminal.ts';

/** Of a new one. */
const FEWEST_CHARACTERS = 12;
const VARIABLE = 'ROLEGATE_BACKUP_PASSPHRASE';

/** Where a passphrase can come from. */
export interface PassphraseSource {
  /** `--passphrase-file`; null: not given. */
  readonly file: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  readonly input: NodeJS.ReadableStream;
}

/**
 * The passphrase of a file, otherwise of the variable ROLEGATE_BACKUP_PASSPHRASE, otherwise as it is typed at the terminal,
 * where it is not shown. `isNew`: it is asked for twice, and must not be short. Throws CommandFailed.
 */
export async function readPassphrase(source: PassphraseSource, isNew: boolean): Promise<string> {
  const passphrase = await given(source, isNew);
  if (passphrase === '') throw new CommandFailed('the passphrase is empty');
  if (isNew && passphrase.length < FEWEST_CHARACTERS) {
    throw new CommandFailed(`the passphrase must have at least ${FEWEST_CHARACTERS} characters`);
  }
  return passphrase;
}

async function given({ file, env, terminal, input }: PassphraseSource, isNew: boolean): Promise<string> {
  if (file !== null) return textOf(file);
  const value = env[VARIABLE] ?? '';
  if (value !== '') return value;
  if (!('isTTY' in input) || input.isTTY !== true) {
    throw new CommandFailed(`no passphrase is given: name a file with --passphrase-file, or set ${VARIABLE}`);
  }
  const typed = await ask('passphrase: ', terminal, input);
  if (isNew && (await ask('the same again: ', terminal, input)) !== typed) {
    throw new CommandFailed('the two passphrases are not the same');
  }
  return typed;
}

async function textOf(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    throw fileFailure(file, error);
  }
}

/** What is typed goes to an output that shows nothing. */
async function ask(prompt: string, terminal: Terminal, input: NodeJS.ReadableStream): Promise<string> {
  terminal.error(prompt);
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reading = createInterface({ input, output, terminal: true });
  try {
    return await reading.question('');
  } finally {
    reading.close();
    terminal.error('\n');
  }
}
