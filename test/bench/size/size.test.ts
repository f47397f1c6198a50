/** The benchmark of size measures what it says: its worlds are those described, and everything is answered. */
import { expect, test } from 'vitest';
import { sharedPostgres } from '../../support/postgres-server.ts';
import { entitiesIn, organizationOf } from '../import/organization.ts';
import { type Figure, measureSize, SMALL_PLAN } from './measure-size.ts';
import { FULL, principalsIn } from './worlds.ts';

test('the large world is the one that is wanted', () => {
  expect(principalsIn(FULL)).toBe(100_000);
  expect(FULL.accounts).toBe(500);
  expect(FULL.accounts * FULL.policies).toBe(20_000);
  expect(principalsIn(FULL) * (FULL.attachments ?? 0)).toBe(1_000_000);
  expect(FULL.accounts * FULL.buckets).toBe(100_000);
  const { policies = [], resources = [], roles = [], ...rest } = organizationOf({ ...FULL, accounts: 2 });
  const documents = policies.map(
    ({ versions, defaultVersionId }) => versions?.find(({ versionId }) => versionId === defaultVersionId)?.document,
  );
  expect(new Set(documents).size).toBe(2 * FULL.policies);
  expect(resources.filter(({ policy }) => policy != null)).toHaveLength(2 * FULL.buckets);
  expect(roles.every(({ attachedPolicies = [] }) => new Set(attachedPolicies).size === 10)).toBe(true);
  expect(entitiesIn({ ...rest, policies, resources, roles })).toBeGreaterThan(2 * FULL.policies);
});

test('all of it can be measured, and a batch takes as many statements in every world', async () => {
  const figures: Figure[] = [];
  await measureSize(await sharedPostgres(), SMALL_PLAN, (figure) => void figures.push(figure));
  const of = (name: string): number | undefined => figures.find((figure) => figure.name === name)?.value;
  expect(of('principals')).toBe(principalsIn(SMALL_PLAN.large));
  expect(of('attachments')).toBe(10 * principalsIn(SMALL_PLAN.large) + 10 * SMALL_PLAN.large.accounts);
  expect(of('mixed decisions')).toBe(SMALL_PLAN.mixed);
  expect(of('most statements of a batch, beside the fewest')).toBe(1);
  for (const { name, value } of figures)
    expect([name, value > 0 || name.includes('memory taken')]).toEqual([name, true]);
}, 600_000);
