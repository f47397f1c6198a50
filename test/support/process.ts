import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * What node is started with. V8 optimizes PGlite in the background while it runs: half of the work of a process that ends
 * soon, as those of tests do.
 */
export const NODE_FLAGS: readonly string[] = ['--liftoff-only'];

/** A process of ours, and what it has printed so far. */
export interface Running {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly error: () => string;
  /** Resolves when `pattern` is in what it has printed; rejects when it ends before. */
  printed(pattern: RegExp): Promise<string>;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** Runs dist/<script> with nothing of this process's settings in its environment. */
export function run(
  script: 'server/main.js' | 'cli/main.js',
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>>; readonly input?: string | Buffer },
): Running {
  return watched(process.execPath, [...NODE_FLAGS, `${ROOT}dist/${script}`, ...args], options);
}

function watched(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>>; readonly input?: string | Buffer },
): Running {
  const child = spawn(command, [...args], {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: options.cwd, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let out = '';
  let error = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text));
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  const printed = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(out);
        if (found === null) return;
        child.stdout.off('data', look);
        resolve(found[1] ?? found[0]);
      };
      child.stdout.on('data', look);
      look();
      void ended.then((code) => reject(new Error(`ended with ${code} before it printed ${pattern}\n${out}\n${error}`)));
    });
  return { child, out: () => out, error: () => error, printed, ended };
}

/** Runs it to its end. */
export async function runToEnd(...args: Parameters<typeof run>) {
  const running = run(...args);
  const code = await running.ended;
  return { code, out: running.out(), error: running.error() };
}

/** `npm start` itself, with its folder in `cwd`, on any free port. */
export function startByNpm(cwd: string): Running {
  const args = ['--prefix', ROOT, 'start', '--', '--port', '0', '--data-dir', join(cwd, '.rolegate')];
  return watched('npm', args, { cwd });
}

/** What `npm start` runs, on any free port. */
export function startServer(cwd: string, env: Readonly<Record<string, string>> = {}): Running {
  return run('server/main.js', [], { cwd, env: { PORT: '0', ...env } });
}

/** The processes that a process has started and that still run, as Linux knows them. */
export async function childrenOf({ child }: Running): Promise<readonly number[]> {
  const text = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
  return text
    .trim()
    .split(' ')
    .filter((pid) => pid !== '')
    .map(Number);
}
