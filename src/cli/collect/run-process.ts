import { spawn } from 'node:child_process';

/** What a process wrote and how it ended. */
export interface ProcessResult {
  /** Null: it was ended by a signal. */
  readonly exitCode: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** Which of our limits ended it. */
  readonly limit: 'size' | 'time' | null;
}

export interface ProcessLimits {
  /** Bytes of standard output. */
  readonly size: number;
  /** Milliseconds. */
  readonly time: number;
}

const MAX_STDERR = 65_536;
/** How long a process has to end by itself before it is killed. Milliseconds. */
const GRACE = 5_000;

/**
 * Runs a program without a shell: no argument is ever read as anything but itself. It is stopped when `signal` is aborted.
 * Rejects if it cannot be started.
 */
export function runProcess(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  limits: ProcessLimits,
  signal: AbortSignal,
): Promise<ProcessResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, [...args], { env, stdio: ['ignore', 'pipe', 'pipe'], shell: false, windowsHide: true });
    const stdout: Buffer[] = [];
    let size = 0;
    let stderr = '';
    let limit: ProcessResult['limit'] = null;
    let killer: NodeJS.Timeout | undefined;
    const stop = (): void => {
      child.kill('SIGTERM');
      killer ??= setTimeout(() => child.kill('SIGKILL'), GRACE);
    };
    const stopFor = (reason: 'size' | 'time'): void => {
      limit ??= reason;
      stop();
    };
    const timer = setTimeout(stopFor, limits.time, 'time');
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limits.size) stopFor('size');
      else stdout.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (stderr.length < MAX_STDERR) stderr += text.slice(0, MAX_STDERR - stderr.length);
    });
    const end = (): void => {
      clearTimeout(timer);
      clearTimeout(killer);
      signal.removeEventListener('abort', stop);
    };
    child.once('error', (error) => {
      end();
      reject(error);
    });
    child.once('close', (exitCode) => {
      end();
      resolve({ exitCode, stdout: Buffer.concat(stdout), stderr, limit });
    });
  });
}
