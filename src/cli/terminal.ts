import { once } from 'node:events';

/** The input and output of a command: those of the process, or of a test. */
export interface Terminal {
  out(text: string): void;
  error(text: string): void;
  /** Waits until what was put out has been taken, where much is. Left out: it always has. */
  drained?(): Promise<void>;
  /** Whether standard error is a terminal, where progress is shown. */
  readonly isInteractive: boolean;
}

export const processTerminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
  drained: async () => {
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
  },
  isInteractive: process.stderr.isTTY,
};

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
