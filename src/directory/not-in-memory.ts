class NotInMemory extends Error {}

/**
 * What a look-up in memory throws for what is not there: null would mean that it does not exist. One object, because it says
 * nothing else, and a batch can meet it thousands of times.
 */
export const NOT_IN_MEMORY: Error = new NotInMemory('not in memory');
