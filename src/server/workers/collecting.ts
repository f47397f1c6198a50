/** How long the others are waited for. Milliseconds. */
const PATIENCE = 1_000;

interface Asked {
  readonly left: Set<number>;
  readonly got: unknown[];
  readonly done: (got: readonly unknown[]) => void;
  readonly timer: NodeJS.Timeout;
}

/** Collects what several processes say to one question. One that does not answer in time is left out. */
export class Collecting {
  readonly #asked = new Map<number, Asked>();
  #last = 0;

  /** `ask`: is given the number of the question, with which answers come. */
  from(processes: readonly number[], ask: (question: number) => void, done: Asked['done']): void {
    if (processes.length === 0) {
      done([]);
      return;
    }
    this.#last += 1;
    const question = this.#last;
    const timer = setTimeout(() => this.#end(question), PATIENCE);
    timer.unref();
    this.#asked.set(question, { left: new Set(processes), got: [], done, timer });
    ask(question);
  }

  answered(question: number, by: number, answer: unknown): void {
    const asked = this.#asked.get(question);
    if (asked === undefined || !asked.left.delete(by)) return;
    asked.got.push(answer);
    if (asked.left.size === 0) this.#end(question);
  }

  #end(question: number): void {
    const asked = this.#asked.get(question);
    if (asked === undefined) return;
    clearTimeout(asked.timer);
    this.#asked.delete(question);
    asked.done(asked.got);
  }
}
