import { inject } from 'vitest';

/**
 * How often a property is tried: as often as `npm test` has time for, and more in the long runs. `ROLEGATE_TEST_RUNS` multiplies it
 * instead.
 */
export function runs(ordinary: number): number {
  const factor = Number(process.env['ROLEGATE_TEST_RUNS'] ?? { ordinary: 1, short: 2, long: 40 }[inject('length')]);
  return Math.ceil(ordinary * factor);
}
