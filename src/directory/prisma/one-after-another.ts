/** Runs what it is given one after the other, in the order in which it came, whether or not what was before failed. */
export class OneAfterAnother {
  #last: Promise<unknown> = Promise.resolve();
  #hasEnded = false;

  /** Rejects after `end` or `close`. */
  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#hasEnded) return Promise.reject(new Error('a statement came after the end of its transaction'));
    return this.#after(work);
  }

  /** Runs `work` behind what has come, and nothing after it but another end: that of an end that failed. */
  end<T>(work: () => Promise<T>): Promise<T> {
    this.close();
    return this.#after(work);
  }

  /** Nothing is run that comes from now on. */
  close(): void {
    this.#hasEnded = true;
  }

  #after<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}
