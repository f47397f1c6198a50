export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Runs per second of CPU: what other processes do on the machine does not count. */
export function rate(count: number, run: () => unknown): number {
  const start = process.cpuUsage();
  run();
  const { user } = process.cpuUsage(start);
  return count / (user / 1_000_000);
}
