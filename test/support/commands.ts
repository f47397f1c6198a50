import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { runToEnd } from './process.ts';

// A process of the command line spends more on its own start, and on compiling PGlite, than on what most tests ask of it.
// Tests whose subject is not the process give their commands, one after the other, to one process of their worker.

/** A command, as the process of commands takes it. */
export interface Asked {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Standard input. */
  readonly input: string | Buffer;
}

export type Ended = Awaited<ReturnType<typeof runToEnd>>;

let started: ChildProcess | null = null;
let last: Promise<unknown> = Promise.resolve();

/** Runs `rolegate …` from dist/ to its end, as `runToEnd`, in a process that runs others before and after it. */
export function rolegate(
  args: readonly string[],
  { cwd, env = {}, input = '' }: { readonly cwd: string } & Partial<Asked>,
): Promise<Ended> {
  const asked: Asked = {
    args,
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: cwd, ...env },
    input,
  };
  const done = last.then(() => answerTo(asked));
  last = done.catch(() => undefined);
  return done;
}

function answerTo(asked: Asked): Promise<Ended> {
  started ??= start();
  const child = started;
  return new Promise((resolve, reject) => {
    const gone = (code: number | null): void => reject(new Error(`the process of commands ended with ${code}`));
    child.once('exit', gone).once('message', (ended) => {
      child.off('exit', gone);
      // as: what command-runner.mjs sends
      resolve(ended as Ended);
    });
    child.send(asked);
  });
}

/** It ends with this one. */
function start(): ChildProcess {
  const runner = fileURLToPath(new URL('command-runner.mjs', import.meta.url));
  const child = spawn(process.execPath, [runner], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  child.once('exit', () => {
    started = null;
  });
  child.unref();
  child.channel?.unref();
  return child;
}
