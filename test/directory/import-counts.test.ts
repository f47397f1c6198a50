import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Applied, CountedKind } from '../../src/directory/directory.ts';
import type { DirectoryDocument, WholeList } from '../../src/directory/document.ts';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import { ALICE, allow, BASE, grant, HERE, READ_ONLY, THERE } from './documents.ts';
import { describeInBothStores } from './stores.ts';

const NAMES = ['a', 'b', 'c'] as const;
const arn = (type: string, name: string): string => `arn:aws:iam::${HERE}:${type}/${name}`;
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

/** Some of the names, each with one of few contents. */
function some<T>(make: (name: string) => fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> {
  return fc.subarray([...NAMES]).chain((names) => fc.tuple(...names.map(make)));
}

const texts = fc.constantFrom(allow('s3:GetObject'), allow('sqs:*'));
const attachable = fc.subarray([arn('policy', 'a'), arn('policy', 'd'), READ_ONLY]);
const holder = (type: string, prefix: string, name: string) => ({
  arn: fc.constant(arn(type, name)),
  // Two ids: an entity that is made again with the other one is another.
  id: fc.constantFrom(`${prefix}${name}1`, `${prefix}${name}2`),
  inlinePolicies: fc.array(fc.record({ name: fc.constant('own'), document: texts }), { maxLength: 1 }),
  attachedPolicies: attachable,
});

const documents: fc.Arbitrary<DirectoryDocument> = fc
  .record({
    users: some((name) => fc.record({ ...holder('user', 'AIDA', name), tags: fc.constantFrom({}, { a: '1' }) })),
    groups: some((name) => fc.record(holder('group', 'AGPA', name))),
    roles: some((name) =>
      fc.record({
        ...holder('role', 'AROA', name),
        trustPolicy: fc.constantFrom(grant(ALICE, 'sts:AssumeRole'), grant(arn('user', 'a'), 'sts:AssumeRole')),
        permissionsBoundary: fc.constantFrom(null, arn('policy', 'b')),
      }),
    ),
    policies: some((name) =>
      fc.record({
        arn: fc.constant(arn('policy', name)),
        id: fc.constant(`ANPA${name}`),
        defaultVersionId: fc.constant('v1'),
        versions: texts.map((document) => [{ versionId: 'v1', document }]),
      }),
    ),
    resources: some((name) =>
      fc.record({
        arn: fc.constant(`arn:aws:s3:::${name}`),
        accountId: fc.constantFrom(HERE, THERE),
        policy: maybe(texts),
      }),
    ),
    vpcEndpoints: some((name) =>
      fc.record({
        id: fc.constant(`vpce-${name}`),
        accountId: fc.constant(HERE),
        region: fc.constant('eu-west-1'),
        vpcId: fc.constantFrom(null, 'vpc-1'),
        serviceName: fc.constant('com.amazonaws.eu-west-1.s3'),
        type: fc.constant('Gateway'),
      }),
    ),
    wholeLists: fc.subarray<WholeList>([
      ...(['users', 'groups', 'roles', 'policies', 'vpcEndpoints'] as const).map((kind) => ({ accountId: HERE, kind })),
      { accountId: HERE, kind: 'resources', service: 's3' },
    ]),
  })
  // What is undefined is left out.
  .map((document) => JSON.parse(JSON.stringify(document)));

async function rowsOf({ prisma }: OpenDirectory): Promise<Readonly<Partial<Record<CountedKind, number>>>> {
  return {
    accounts: await prisma.account.count(),
    users: await prisma.user.count(),
    groups: await prisma.group.count(),
    roles: await prisma.role.count(),
    policies: await prisma.managedPolicy.count(),
    resources: await prisma.resource.count(),
    vpcEndpoints: await prisma.vpcEndpoint.count(),
  };
}

function sum({ counts }: Applied, kind: string, outcome: 'new' | 'changed' | 'unchanged' | 'gone'): number {
  return counts.filter((each) => each.kind === kind).reduce((total, each) => total + each[outcome], 0);
}

function summed(applied: Applied, outcome: 'new' | 'changed' | 'unchanged' | 'gone'): number {
  return applied.counts.reduce((total, each) => total + each[outcome], 0);
}

describeInBothStores('the counts of what was applied', (store) => {
  it('agree with the rows, and with whether anything changed; the same again changes nothing', async () => {
    const directory = await store.open({});
    let before = await rowsOf(directory);
    const apply = async (document: DirectoryDocument): Promise<void> => {
      const revision = await directory.revision();
      const first = await directory.apply(document);
      expect(first.changed).toBe(summed(first, 'new') + summed(first, 'changed') + summed(first, 'gone') > 0);
      expect(first.revision).toBe(first.changed ? revision + 1n : revision);
      const after = await rowsOf(directory);
      for (const [kind, rows] of Object.entries(after)) {
        const added = sum(first, kind, 'new') - sum(first, kind, 'gone');
        expect({ kind, rows }).toEqual({ kind, rows: (Reflect.get(before, kind) ?? 0) + added });
      }
      before = after;
      const again = await directory.apply(document);
      expect(again).toMatchObject({ changed: false, revision: first.revision });
      expect([summed(again, 'new'), summed(again, 'changed'), summed(again, 'gone')]).toEqual([0, 0, 0]);
      expect(summed(again, 'unchanged')).toBe(
        summed(first, 'new') + summed(first, 'changed') + summed(first, 'unchanged'),
      );
    };
    await fc.assert(fc.asyncProperty(documents, apply), { numRuns: 25 });
  });

  it('are one entry for each account or organization and kind', async () => {
    const directory = await store.open({});
    const { counts } = await directory.apply({
      ...BASE,
      organizations: [{ id: 'o-1', rootId: 'r-1', managementAccountId: THERE, units: [] }],
      knowledge: [{ accountId: HERE, layer: 'GRANTS', state: 'COMPLETE' }],
      accessKeys: [{ id: 'AKIAALICE', user: ALICE }],
    });
    const none = { changed: 0, unchanged: 0, gone: 0 };
    const here = { accountId: HERE, organizationId: null, ...none };
    const there = { ...here, accountId: THERE };
    expect(counts).toHaveLength(11);
    expect(counts).toEqual(
      expect.arrayContaining([
        { ...here, accountId: null, organizationId: 'o-1', kind: 'organizations', new: 1 },
        { ...here, kind: 'accounts', new: 1 },
        { ...here, kind: 'knowledge', new: 1 },
        { ...here, kind: 'policies', new: 1 },
        { ...here, kind: 'groups', new: 1 },
        { ...here, kind: 'users', new: 2 },
        { ...here, kind: 'roles', new: 1 },
        { ...here, kind: 'accessKeys', new: 1 },
        { ...there, kind: 'accounts', new: 1 },
        { ...there, kind: 'resources', new: 1 },
        // ReadOnlyAccess, which a user has.
        { ...here, accountId: null, kind: 'policies', new: 1 },
      ]),
    );
  });
});
