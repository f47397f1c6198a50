export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** A short run: smaller and less sure. */
export const QUICK = process.argv.includes('--quick');
/** Rounds that count; one before them warms up. */
export const ROUNDS = QUICK ? 3 : 5;

let checksum = 0;
/** Takes what a loop has found, so that no loop can be left out as idle. */
export function consume(found: number): void {
  checksum = (checksum + found) % 1_000_003;
}
export const checksumNow = (): number => checksum;

/** Seconds of CPU: what other processes do on the machine does not count. */
export function seconds(run: () => number): number {
  const start = process.cpuUsage();
  consume(run());
  return process.cpuUsage(start).user / 1_000_000;
}

/** Bytes of the heap in use. */
export function heldNow(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

export interface Work {
  readonly name: string;
  /** Decisions of one run. */
  readonly count: number;
  readonly run: () => number;
}

/** Goes through a list. */
export function over<T>(name: string, list: readonly T[], read: (one: T) => number): Work {
  const run = (): number => {
    let found = 0;
    for (const one of list) found += read(one);
    return found;
  };
  return { name, count: list.length, run };
}

/**
 * Seconds that a measurement takes at least: in a shorter one, what others have left behind (caches, garbage that is still
 * being collected by threads whose time counts too) is a good part of it.
 */
const WINDOW = 0.3;

/** Decisions per second of CPU of every kind of work: alternating, median of the rounds. */
export function rates(works: readonly Work[]): ReadonlyMap<string, number> {
  const measured = works.map((work) => ({ ...work, times: 1, rates: [] as number[] }));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const work of measured) {
      const { count, times, run } = work;
      const took = seconds(() => repeated(times, run));
      if (round === 0) work.times = Math.ceil(WINDOW / took);
      else work.rates.push((count * times) / took);
    }
  }
  return new Map(measured.map(({ name, rates }) => [name, median(rates)]));
}

/** What one run finds, however often a machine repeats it: the checksum is that of the answers alone. */
function repeated(times: number, run: () => number): number {
  let found = 0;
  for (let i = 0; i < times; i += 1) found = Math.max(found, run());
  return found;
}

export interface Ratio {
  readonly name: string;
  readonly ratio: number;
  readonly wanted: string;
  readonly reached: boolean;
}

/** One line of the summary: at least, or at most, what is wanted. */
export function atLeast(name: string, ratio: number, wanted: number): Ratio {
  return { name, ratio: round(ratio), wanted: `>= ${wanted}`, reached: ratio >= wanted };
}
export function atMost(name: string, ratio: number, wanted: number): Ratio {
  return { name, ratio: round(ratio), wanted: `<= ${wanted}`, reached: ratio <= wanted };
}

export function round(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(2));
}
