/** What decides fast decides the same: plans by number, contexts by form, Denies by caller. */
import { expect, test } from 'vitest';
import { numberAction } from '../../src/evaluation/action-number.ts';
import { emptyForm } from '../../src/evaluation/context-form.ts';
import { PlanMemo } from '../../src/evaluation/plan-memo.ts';
import { ReadContext, readContext } from '../../src/evaluation/read-context.ts';
import type { ActionFacts } from '../../src/evaluation/request.ts';
import { contextKey, NUMBERED_KEYS } from '../../src/policy/context-key.ts';

const action = (name: string, number?: number): ActionFacts => ({
  name,
  service: 's3',
  wildcardOnly: false,
  resourceControlSupported: false,
  ...(number === undefined ? {} : { number }),
});

test('each action has the plan that was made for it, with and without a number, also after thousands of others', () => {
  let made = 0;
  const memo = new PlanMemo(({ name }) => {
    made += 1;
    return { placed: [{ name }] };
  });
  const numbered = Array.from({ length: 3000 }, (_, i) => action(`memo:N${i}`, numberAction(`memo:N${i}`)));
  const others = Array.from({ length: 3000 }, (_, i) => action(`memo:Other${i}`));
  const all = [...numbered, ...others];
  for (const one of [...all, ...all.toReversed(), ...all]) expect(memo.for(one).placed).toEqual([{ name: one.name }]);
  const last = action('memo:N0', numberAction('memo:N0'));
  memo.for(last);
  const before = made;
  // A scan does not take away what is asked in between.
  for (const one of numbered.slice(0, 1500)) {
    memo.for(one);
    memo.for(last);
  }
  expect(memo.for(action('memo:N0'))).toBe(memo.for(last));
  expect(made - before).toBeLessThanOrEqual(1502);
});

test('a context read by its form is the same map', () => {
  const plain = new Map<string, string | readonly string[]>([
    ['aws:sourceip', '10.0.0.1'],
    ['k:form-list', ['a', 'b']],
    ['k:form-none', []],
  ]);
  const read = readContext(plain);
  expect(read).toBeInstanceOf(ReadContext);
  expect([...read]).toEqual([...plain]);
  expect([...read.keys()]).toEqual([...plain.keys()]);
  expect([...read.values()]).toEqual([...plain.values()]);
  expect(read.size).toBe(3);
  expect(read.has('k:form-list')).toBe(true);
  expect(read.has('K:form-list')).toBe(false);
  expect(read.get('k:absent')).toBeUndefined();
  const pairs: unknown[] = [];
  read.forEach((value, name) => void pairs.push([name, value]));
  expect(pairs).toEqual([...plain]);
  expect(readContext(read)).toBe(read);
});

test('a key has its value whether it has a number or not, and whatever was looked up before', () => {
  const names = Array.from({ length: NUMBERED_KEYS + 50 }, (_, i) => `k:number-${i}`);
  const keys = names.map(contextKey);
  expect(keys.some((key) => key.number < 0)).toBe(true);
  const value = ({ name }: { readonly name: string }): string => `of ${name}`;
  for (let from = 0; from < names.length; from += 100) {
    const given = keys.slice(from, from + 100);
    const read = readContext(new Map(given.map((key) => [key.name, value(key)])));
    for (let time = 0; time < 2; time += 1) {
      for (const key of keys) {
        expect(read instanceof ReadContext && read.of(key)).toBe(given.includes(key) ? value(key) : undefined);
      }
    }
  }
});

test('forms are bounded, and a context keeps its own', () => {
  const read = readContext(new Map([['k:kept', 'yes']]));
  for (let i = 0; i < 5000; i += 1) emptyForm().with(`k:bounded-${i}`);
  expect(read.get('k:kept')).toBe('yes');
  expect(readContext(new Map([['k:kept', 'again']])).get('k:kept')).toBe('again');
});
