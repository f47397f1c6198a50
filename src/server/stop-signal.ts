/** Milliseconds. Ctrl-C reaches a process under npm twice, from the terminal and from npm; both count as one signal. */
const SAME_WISH = 500;

/** The first SIGTERM or SIGINT. A second one ends the process at once. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let askedAt: number | null = null;
    const onSignal = (): void => {
      if (askedAt !== null && Date.now() - askedAt > SAME_WISH) process.exit(1);
      askedAt ??= Date.now();
      resolve();
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}
