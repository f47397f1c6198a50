import { consume, median, ROUNDS } from './measure.ts';

/** Microseconds of single decisions at the middle and at the 99th of 100: medians of the rounds, wall time. */
export function latency(count: number, decide: (i: number) => number): { readonly p50: number; readonly p99: number } {
  const times = new Float64Array(count);
  const p50: number[] = [];
  const p99: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    let found = 0;
    for (let i = 0; i < count; i += 1) {
      const start = performance.now();
      found += decide(i);
      times[i] = performance.now() - start;
    }
    consume(found);
    times.sort();
    if (round === 0) continue;
    p50.push((times[Math.floor(count * 0.5)] ?? 0) * 1000);
    p99.push((times[Math.floor(count * 0.99)] ?? 0) * 1000);
  }
  return { p50: median(p50), p99: median(p99) };
}
