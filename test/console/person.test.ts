import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test, vi } from 'vitest';
import type * as askedModule from '../../src/console/asked.ts';
import type * as hatsModule from '../../src/console/hats.ts';
import type * as personModule from '../../src/console/person.ts';

const ROLE = { role: 'arn:aws:iam::111111111111:role/R', display: 'R', colour: 'teal' } as const;
const QUESTION = {
  address: '/ask?principal=operator',
  sentence: 'a question of the operator',
  effect: 'ALLOWED',
} as const;

type Page = Pick<typeof askedModule, 'askedLast'> &
  Pick<typeof hatsModule, 'lastHats' | 'wear'> &
  Pick<typeof personModule, 'belongsTo'>;

/** Loads the console's modules anew, as each page does. `vi.resetModules` would load those of all later tests of the thread anew. */
async function pages(): Promise<() => Promise<Page>> {
  const contents = ['asked', 'hats', 'person'].map((name) => `export * from './${name}.ts';`).join('\n');
  const resolveDir = fileURLToPath(new URL('../../src/console', import.meta.url));
  const made = await build({ stdin: { contents, resolveDir }, bundle: true, format: 'esm', write: false });
  const url = `data:text/javascript;base64,${Buffer.from(made.outputFiles[0]?.contents ?? '').toString('base64')}`;
  let loaded = 0;
  return () => {
    loaded += 1;
    return import(/* @vite-ignore */ `${url}#${loaded}`);
  };
}

test('what one person asked and wore is not for the next one at the same browser', async () => {
  const stored = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
  });
  const load = await pages();
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
