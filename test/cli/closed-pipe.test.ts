import { execFile } from 'node:child_process';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { OutputClosed, ProcessTerminal } from '../../src/cli/terminal.ts';
import { NODE_FLAGS } from '../support/process.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** The command in a pipe of the shell; its exit code is the last line of standard error. */
async function piped(args: string, reader: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const command = `"${process.execPath}" ${NODE_FLAGS.join(' ')} "${MAIN}" ${args}`;
  return promisify(execFile)('sh', ['-c', `{ ${command}; echo "code $?" >&2; } | ${reader}`]);
}

test.each([
  ['export --schema', 'head -1', '{\n'],
  // Gone before anything is printed.
  ['export --schema', 'true', ''],
  ['--help 2>&1', 'true', ''],
])('%s | %s ends quietly', async (args, reader, stdout) => {
  const printed = await piped(args, reader);
  expect(printed.stdout).toBe(stdout);
  expect(printed.stderr).toMatch(/^code (?:0|141)\n$/);
});

/** What takes one text, and then fails. */
function failing(code: string): NodeJS.WriteStream {
  let taken = 0;
  const stream = new Writable({
    autoDestroy: false,
    write: (_chunk, _encoding, done) => done(taken++ === 0 ? null : Object.assign(new Error(code), { code })),
  });
  return stream as unknown as NodeJS.WriteStream; // as: a terminal's size is not asked for
}

test('a list ends at its next part, whoever closed the pipe, and other failures are not hidden', async () => {
  const stdout = failing('EPIPE');
  const terminal = new ProcessTerminal(stdout, failing('EPIPE'));
  terminal.out('first\n');
  await terminal.drained();
  terminal.out('second\n');
  await new Promise(setImmediate);
  await expect(terminal.drained()).rejects.toThrow(OutputClosed);
  expect(() => terminal.out('third\n')).not.toThrow();
  const full = failing('ENOSPC');
  expect(new ProcessTerminal(full, failing('EPIPE'))).toBeInstanceOf(ProcessTerminal);
  expect(() => full.emit('error', Object.assign(new Error('full'), { code: 'ENOSPC' }))).toThrow('full');
});
