/**
 * Lets what else waits on this thread go on: answering the requests of others. Long searches do so between their parts;
 * waiting for what is in memory would not, for promises that are settled go before any other work.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
