import { write } from 'node:fs';
import { constants, type FileHandle, open, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Where bytes are written. */
interface LineTarget {
  /** Resolves with how many of them were written, from `offset` on. */
  write(bytes: Buffer, offset: number): Promise<number>;
  close(): Promise<void>;
}

/** What became of lines: how many were not written, and why. */
export interface Written {
  readonly lost: number;
  readonly error: unknown;
}

/** Milliseconds until a pipe that is full is tried again. */
const FULL = 10;
const LINE_END = 0x0a;

/**
 * Writes lines in their order, and never blocks the process for it. Where writing fails, the lines are lost, and the target is
 * opened anew for the next ones: a disk that is full now has room later.
 */
export class LineWriter {
  readonly #open: () => Promise<LineTarget>;
  #target: LineTarget | null = null;
  #last: Promise<unknown> = Promise.resolve();
  /** The last line was written in part. */
  #isCut = false;
  #isEnded = false;

  constructor(open: () => Promise<LineTarget>) {
    this.#open = open;
  }

  /** `lines`: whole ones, which stay as they are until they are written. */
  write(lines: Buffer): Promise<Written> {
    const written = this.#last.then(() => this.#put(lines));
    this.#last = written;
    return written;
  }

  /** Resolves when all is written, or what is not written within `most` milliseconds is given up. */
  async stop(most: number): Promise<void> {
    const waited = new AbortController();
    const late = delay(most, undefined, { signal: waited.signal }).catch(() => undefined);
    await Promise.race([this.#last, late]);
    waited.abort();
    this.#isEnded = true;
    const closed = this.#last.then(() => this.#close());
    await Promise.race([closed, delay(2 * FULL)]);
  }

  async #put(lines: Buffer): Promise<Written> {
    const bytes = this.#isCut ? Buffer.concat([Buffer.of(LINE_END), lines]) : lines;
    let at = 0;
    try {
      this.#target ??= await this.#open();
      while (at < bytes.length) at += await this.#some(this.#target, bytes, at);
      this.#isCut = false;
      return { lost: 0, error: null };
    } catch (error) {
      if (at > 0) this.#isCut = bytes[at - 1] !== LINE_END;
      await this.#close();
      return { lost: ends(bytes.subarray(Math.max(at, bytes.length - lines.length))), error };
    }
  }

  async #some(target: LineTarget, bytes: Buffer, at: number): Promise<number> {
    for (;;) {
      try {
        return await target.write(bytes, at);
      } catch (error) {
        if (!isFull(error) || this.#isEnded) throw error;
        await delay(FULL);
      }
    }
  }

  async #close(): Promise<void> {
    const target = this.#target;
    this.#target = null;
    // What it could say was said when it was written.
    await target?.close().catch(() => undefined);
  }
}

/** A file, which lines are added to, and which only its owner reads. A pipe is not waited for. */
export async function openFile(path: string): Promise<LineTarget> {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants;
  const handle: FileHandle = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o600);
  return {
    write: async (bytes, offset) => (await handle.write(bytes, offset)).bytesWritten,
    close: () => handle.close(),
  };
}

const STDOUT = 1;
const STDOUT_AGAIN = `/proc/self/fd/${STDOUT}`;
const writeTo = promisify(write);

/**
 * Standard output. Node's own stream writes to a pipe while everything else waits. A pipe is opened once more where that is possible: writes to
 * that one return when it is full, and a reader that hangs keeps no thread, and no process from its end.
 */
export async function openStdout(): Promise<LineTarget> {
  try {
    if ((await stat(STDOUT_AGAIN)).isFIFO()) return await openFile(STDOUT_AGAIN);
  } catch {
    // There is no /proc, or it is another user's pipe.
  }
  return {
    write: async (bytes, offset) => (await writeTo(STDOUT, bytes, offset, bytes.length - offset, null)).bytesWritten,
    close: () => Promise.resolve(),
  };
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}

function ends(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_END); at !== -1; at = bytes.indexOf(LINE_END, at + 1)) count += 1;
  return count;
}
