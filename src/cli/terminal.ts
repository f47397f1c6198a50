import { once } from 'node:events';

/** The input and output of a command: those of the process, or of a test. */
export interface Terminal {
  out(text: string): void;
  error(text: string): void;
  /**
   * Waits until what was put out has been taken, where much is. Throws OutputClosed if nobody takes any more: a list then ends.
   * Left out: it always has been taken.
   */
  drained?(): Promise<void>;
  /** Whether standard error is a terminal, where progress is shown. */
  readonly isInteractive: boolean;
}

/** Whoever read standard output has closed it, as `head` does when it has its lines. */
export class OutputClosed extends Error {}

/** The exit code of a command that ended because of that, as shells count SIGPIPE. */
export const CODE_OF_CLOSED_OUTPUT = 141;

/**
 * The output of a process. What nobody reads any more is dropped and is no failure: a command that changes something finishes its work,
 * and one that lists ends at its next part.
 */
export class ProcessTerminal implements Terminal {
  readonly #stdout: NodeJS.WriteStream;
  readonly #stderr: NodeJS.WriteStream;
  #isClosed = false;

  constructor(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    stdout.on('error', (error) => {
      if (!isOfClosedPipe(error)) throw error;
      this.#isClosed = true;
    });
    stderr.on('error', (error) => {
      if (!isOfClosedPipe(error)) throw error;
    });
  }

  get isInteractive(): boolean {
    return this.#stderr.isTTY;
  }

  out(text: string): void {
    if (!this.#isClosed) this.#stdout.write(text);
  }

  error(text: string): void {
    this.#stderr.write(text);
  }

  async drained(): Promise<void> {
    try {
      if (this.#stdout.writableNeedDrain) await once(this.#stdout, 'drain');
    } catch (error) {
      if (!isOfClosedPipe(error)) throw error;
    }
    if (this.#isClosed) throw new OutputClosed();
  }
}

/** ECONNRESET: some shells and programs give sockets for pipes. */
function isOfClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EPIPE' || error.code === 'ECONNRESET');
}

/** Milliseconds. */
const BETWEEN_COUNTS = 100;

/** One line that is rewritten, and removed at the end. Only on a terminal: it would fill a file. */
export class ProgressLine {
  readonly #terminal: Terminal;
  #width = 0;
  #countedAt = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(text: string): void {
    if (!this.#terminal.isInteractive) return;
    this.#terminal.error(`\r${text.padEnd(this.#width)}`);
    this.#width = text.length;
  }

  /** For counts that rise quickly: shown ten times a second. */
  count(text: () => string): void {
    if (!this.#terminal.isInteractive || Date.now() - this.#countedAt < BETWEEN_COUNTS) return;
    this.#countedAt = Date.now();
    this.show(text());
  }

  clear(): void {
    if (this.#width > 0) this.#terminal.error(`\r${' '.repeat(this.#width)}\r`);
    this.#width = 0;
  }
}

/** `1 user`, `2 users`. */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
