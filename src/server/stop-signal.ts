/** Milliseconds. Ctrl-C reaches a process under npm twice, from the terminal and from npm; both count as one signal. */
const SAME_WISH = 500;

/** Windows has no SIGTERM: Ctrl-Break, and the end of the console, which waits some seconds. */
const SIGNALS: readonly NodeJS.Signals[] =
  process.platform === 'win32' ? ['SIGINT', 'SIGBREAK', 'SIGHUP'] : ['SIGTERM', 'SIGINT'];

/** The first signal to stop. A second one ends the process at once. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let askedAt: number | null = null;
    const onSignal = (): void => {
      if (askedAt !== null && Date.now() - askedAt > SAME_WISH) process.exit(1);
      askedAt ??= Date.now();
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, onSignal);
    whenShellEnds(resolve);
  });
}

/** Milliseconds. */
const LOOK_EVERY = 100;

/**
 * npm passes a signal on to the shell in which it runs a script. A shell that has not become this process (dash) ends by it, and
 * tells nobody.
 */
function whenShellEnds(told: () => void): void {
  const { npm_lifecycle_event: script, npm_package_name: name } = process.env;
  // Scripts of other packages may start a gateway in the background, and end.
  if (process.platform === 'win32' || script !== 'start' || name !== 'rolegate') return;
  const shell = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(timer);
    told();
  }, LOOK_EVERY);
  timer.unref();
}
