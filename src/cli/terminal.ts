/** Where a command writes, and what it may read: the process's, or a test's. */
export interface Terminal {
  out(text: string): void;
  error(text: string): void;
  /** Whether standard error is looked at by a person, who likes to see that something happens. */
  readonly isInteractive: boolean;
}

export const processTerminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
  isInteractive: process.stderr.isTTY,
};

/** One line that is written over and over, and gone at the end. On a terminal only: a file would be full of it. */
export class ProgressLine {
  readonly #terminal: Terminal;
  #width = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(text: string): void {
    if (!this.#terminal.isInteractive) return;
    this.#terminal.error(`\r${text.padEnd(this.#width)}`);
    this.#width = text.length;
  }

  clear(): void {
    if (this.#width > 0) this.#terminal.error(`\r${' '.repeat(this.#width)}\r`);
    this.#width = 0;
  }
}
