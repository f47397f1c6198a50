/** How long statements may follow each other without others having their turn. Milliseconds. */
const ONE_TURN = 20;

/**
 * Room for others between statements of the database in this process. They are promises that settle at once, so that a transaction
 * of many of them, or one after the other by many callers, would keep everybody else until its end.
 */
export class StatementTurns {
  /** When the first statement of this turn began; null: there was none. Milliseconds. */
  #since: number | null = null;

  /** To be waited for before the next statement; null: it can begin at once. */
  next(): Promise<void> | null {
    const now = performance.now();
    if (this.#since === null) {
      this.#since = now;
      setImmediate(() => {
        this.#since = null;
      });
      return null;
    }
    return now - this.#since < ONE_TURN ? null : this.#rest();
  }

  /** Many may wait: the first begins the turn, and those that it takes too long for wait again. */
  async #rest(): Promise<void> {
    for (let rest: Promise<void> | null = nextRound(); rest !== null; rest = this.next()) await rest;
  }
}

function nextRound(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
