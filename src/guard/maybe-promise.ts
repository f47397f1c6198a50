/**
 * A value, or the promise of one: what can be said from memory need not be waited for. What returns one does not throw, so that
 * others that are waited for together with it are not left alone: its errors are rejections.
 */
export type MaybePromise<T> = T | Promise<T>;

/** `use` of a value, at once if the value is there. */
export function andThen<T, Result>(
  value: MaybePromise<T>,
  use: (value: T) => MaybePromise<Result>,
): MaybePromise<Result> {
  return value instanceof Promise ? value.then(use) : use(value);
}

/** All values, at once if they are all there. */
export function allOf<T>(values: readonly MaybePromise<T>[]): MaybePromise<readonly T[]> {
  // as: none of them is a promise
  return values.some((value) => value instanceof Promise) ? Promise.all(values) : (values as readonly T[]);
}

/** What `work` returns; what it throws is a rejection, so that it can be waited for together with others. */
export function attempt<T>(work: () => MaybePromise<T>): MaybePromise<T> {
  try {
    return work();
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }
}
