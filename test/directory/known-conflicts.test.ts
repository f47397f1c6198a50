import { expect, it } from 'vitest';
import type { ChangeOptions } from '../../src/directory/entities/change-options.ts';
import { Conflict, withKnownConflicts } from '../../src/directory/entities/untouched.ts';

const touched = Array.from({ length: 2_500 }, (_, n) => ({
  entity: 'User',
  entityId: `arn:aws:iam::111111111111:user/u${n}`,
}));

/** Changes that conflict with all that is not disregarded. */
function making(): { readonly transactions: () => number; readonly make: (options: ChangeOptions) => Promise<string> } {
  let transactions = 0;
  const make = async ({ disregarded = [] }: ChangeOptions): Promise<string> => {
    transactions += 1;
    const names = new Set(disregarded.map(({ entityId }) => entityId));
    const left = touched.filter(({ entityId }) => !names.has(entityId));
    if (left.length > 0) throw new Conflict(left);
    return 'made';
  };
  return { transactions: () => transactions, make };
}

it('makes changes twice, however many conflicts the caller may not know of', async () => {
  const { transactions, make } = making();
  expect(await withKnownConflicts({ known: async () => [] }, make)).toBe('made');
  expect(transactions()).toBe(2);
});

it('names what the caller may know of, wherever it is among the conflicts', async () => {
  const { transactions, make } = making();
  const last = touched.slice(-1);
  const known: ChangeOptions['known'] = async (some) => some.filter((one) => one === last[0]);
  await expect(withKnownConflicts({ known }, make)).rejects.toMatchObject({ code: 'CONFLICT', touched: last });
  expect(transactions()).toBe(1);
});
