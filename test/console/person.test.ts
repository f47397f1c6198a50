import { expect, test, vi } from 'vitest';

const ROLE = { role: 'arn:aws:iam::111111111111:role/R', display: 'R', colour: 'teal' } as const;
const QUESTION = {
  address: '/ask?principal=operator',
  sentence: 'a question of the operator',
  effect: 'ALLOWED',
} as const;

test('what one person asked and wore is not for the next one at the same browser', async () => {
  const stored = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
  });
  /** The console's modules as a page loads them. */
  const load = async () => {
    vi.resetModules();
    const [{ askedLast }, { lastHats, wear }, { belongsTo }] = await Promise.all([
      import('../../src/console/asked.ts'),
      import('../../src/console/hats.ts'),
      import('../../src/console/person.ts'),
    ]);
    return { askedLast, lastHats, wear, belongsTo };
  };
  const operators = await load();
  operators.belongsTo('operator');
  operators.askedLast.add(QUESTION);
  operators.wear(ROLE);
  operators.belongsTo('operator');
  const again = await load();
  again.belongsTo('operator');
  expect([again.askedLast.list, again.lastHats.value]).toEqual([[QUESTION], [ROLE]]);

  // Whoever signs in next, here or after the page was loaded again, begins with nothing; and so does nobody.
  const next = await load();
  next.belongsTo('arn:aws:iam::111111111111:user/alice');
  expect([next.askedLast.list, next.lastHats.value]).toEqual([[], []]);
  next.askedLast.add(QUESTION);
  next.belongsTo(null);
  expect(next.askedLast.list).toEqual([]);
  expect([...stored.values()].join(' ')).not.toContain('operator');
  vi.unstubAllGlobals();
});
