import { globOf } from '../../src/policy/pattern.ts';
import { median, rate } from './measure.ts';

const TIMES = 200_000;

/** A failing pattern with six stars on a key of 1,000 letters beside a plain prefix. */
export function printPatterns(): void {
  const text = 'a'.repeat(1000);
  const patterns = {
    'plain prefix': globOf(`${'a'.repeat(20)}*`),
    'six stars, failing': globOf('*a*a*a*a*a*b'),
    'stars and ?, failing': globOf('*a?*a?*a?*b?c'),
  };
  const rates = Object.entries(patterns).map(([name, glob]) => {
    const runs = Array.from({ length: 6 }, () =>
      rate(TIMES, () => {
        for (let i = 0; i < TIMES; i += 1) glob.matches(text);
      }),
    );
    return { name, 'ns each': Number((1e9 / median(runs.slice(1))).toFixed(1)) };
  });
  console.table(rates);
}
