import { createInterface } from 'node:readline';
import { CommandFailed } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

/** Asks for the code of an MFA device, on the terminal or as the first line of standard input. Throws CommandFailed. */
export async function readTokenCode(
  serialNumber: string,
  terminal: Terminal,
  input: NodeJS.ReadableStream,
): Promise<string> {
  if (terminal.isInteractive) terminal.error(`MFA code of ${serialNumber}: `);
  const code = (await firstLine(input)).trim();
  if (/^\d{6}$/.test(code)) return code;
  throw new CommandFailed(
    code === ''
      ? `no MFA code of ${serialNumber} has come on standard input`
      : 'that is no MFA code: it has six digits, and is the first line of standard input',
  );
}

async function firstLine(input: NodeJS.ReadableStream): Promise<string> {
  const lines = createInterface({ input, terminal: false });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
    // Else the process would wait for more of it.
    input.pause();
    if ('unref' in input && typeof input.unref === 'function') input.unref();
  }
}
