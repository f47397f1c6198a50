import { globOf } from '../../src/policy/pattern.ts';
import { atMost, type Ratio, rates } from './measure.ts';

const TIMES = 200_000;

/** A failing pattern with six stars on a key of 1,000 letters beside a plain prefix. */
export function patterns(): readonly Ratio[] {
  const text = 'a'.repeat(1000);
  const globs = {
    'plain prefix': globOf(`${'a'.repeat(20)}*`),
    'six stars, failing': globOf('*a*a*a*a*a*b'),
    'six stars, failing in the middle': globOf('*a*a*b*a*a*a'),
  };
  const measured = rates(
    Object.entries(globs).map(([name, glob]) => ({
      name,
      count: TIMES,
      run: () => {
        let found = 0;
        for (let i = 0; i < TIMES; i += 1) if (glob.matches(text)) found += 1;
        return found;
      },
    })),
  );
  const nanoseconds = (name: string): number => 1e9 / (measured.get(name) ?? 1);
  console.table([...measured.keys()].map((name) => ({ name, 'ns each': Math.round(nanoseconds(name)) })));
  const failing = nanoseconds('six stars, failing');
  return [atMost('failing pattern with six stars / plain prefix', failing / nanoseconds('plain prefix'), 2)];
}
