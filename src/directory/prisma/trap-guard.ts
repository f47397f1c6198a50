/** What PGlite calls for each message, and after whatever that throws. */
export interface MainLoop {
  _PostgresMainLoopOnce(): unknown;
  _pgl_setPGliteExitStatus(status: number): number;
}

/** So many traps one after the other, without a message in between that was answered, are the end. */
const MOST_TRAPS = 100;

/**
 * PGlite's loop goes on after whatever is thrown in it, as PostgreSQL's own errors are. A trap can come again at each turn: the
 * loop would never end, and this process with it. A few of them are let pass, because PostgreSQL's last message may say why.
 * `onEnd`: told the trap when it is the end; the call that met it then throws what this returns.
 */
export function endAtTraps(loop: MainLoop, onEnd: (trap: Error) => Error): void {
  const [once, setStatus] = [loop._PostgresMainLoopOnce, loop._pgl_setPGliteExitStatus];
  let traps = 0;
  let last: Error | null = null;
  loop._PostgresMainLoopOnce = () => {
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
  loop._pgl_setPGliteExitStatus = (status) => {
    if (traps >= MOST_TRAPS && last !== null) throw onEnd(last);
    return setStatus(status);
  };
}
