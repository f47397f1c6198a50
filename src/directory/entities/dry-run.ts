/** Ends a transaction that is not to be kept: thrown within it, it undoes what the transaction has made. */
export class NothingKept<T> extends Error {
  readonly result: T;

  constructor(result: T) {
    super('a dry run keeps nothing');
    this.result = result;
  }
}

/** What `run` returns, or what it would have returned: the result of the NothingKept with which it ended. */
export async function keptOrNot<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof NothingKept) return error.result as T; // as: `run` has thrown it
    throw error;
  }
}
