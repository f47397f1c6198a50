/** What PGlite calls for each message. */
export const ONCE = '_PostgresMainLoopOnce';
/** What it calls after whatever that throws. */
const SET_STATUS = '_pgl_setPGliteExitStatus';

export interface MainLoop {
  [ONCE]: () => unknown;
  [SET_STATUS]: (status: number) => number;
}

/** So many traps one after the other, without a message in between that was answered, are the end. */
const MOST_TRAPS = 100;

/**
 * PGlite's loop goes on after whatever is thrown in it, as PostgreSQL's own errors are. A trap can come again at each turn: the
 * loop would never end, and this process with it. A few of them are let pass, because PostgreSQL's last message may say why.
 * `onEnd`: told the trap when it is the end; the call that met it then throws what this returns.
 */
export function endAtTraps(loop: MainLoop, onEnd: (trap: Error) => Error): void {
  const { [ONCE]: once, [SET_STATUS]: setStatus } = loop;
  let traps = 0;
  let last: Error | null = null;
  loop[ONCE] = () => {
    try {
      const result = once();
      traps = 0;
      return result;
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) {
        last = error;
        traps += 1;
      } else traps = 0;
      throw error;
    }
  };
  // The loop swallows what the other function throws, and calls this one then.
  loop[SET_STATUS] = (status) => {
    if (traps >= MOST_TRAPS && last !== null) throw onEnd(last);
    return setStatus(status);
  };
}
