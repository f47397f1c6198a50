// The process of commands.ts: runs commands of dist/ one after the other, each in its folder and with its environment.
import process from 'node:process';
import { Readable } from 'node:stream';

process.env['NODE_ENV'] = 'production';
const { runCommand } = await import('../../dist/cli/run.js');

process.on('disconnect', () => process.exit());
process.on('message', (asked) => void run(asked));

async function run({ args, cwd, env, input }) {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env, { NODE_ENV: 'production' });
  process.chdir(cwd);
  let out = '';
  let error = '';
  const terminal = {
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
    isInteractive: false,
  };
  const code = await runCommand(args, terminal, Readable.from(input.length === 0 ? [] : [Buffer.from(input)]));
  // Of a command whose folder is gone nothing is to fail here.
  process.chdir('/');
  process.send({ code, out, error });
}
