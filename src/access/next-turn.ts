/**
 * Lets other work on this thread continue, such as answering other requests. Long searches call it between their parts;
 * awaiting values in memory is not enough, because settled promises run before any other work.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
