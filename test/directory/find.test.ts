import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import type { FindFilter, FindOrder, FindPage, FindScope, Found } from '../../src/directory/find/find-store.ts';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import { describeInBothStores } from './stores.ts';

const A = '111111111111';
const B = '222222222222';
const C = '333333333333';
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: { AWS: A }, Action: 'sts:AssumeRole' },
});
const OPEN = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: '*' },
});
const NONE = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Deny', Action: '*', Resource: '*' } });
const BY_ARN: FindOrder = { field: 'ARN', descending: false };
const AWS_READ = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const AWS_AUDIT = 'arn:aws:iam::aws:policy/SecurityAudit';

const iam = (account: string, what: string): string => `arn:aws:iam::${account}:${what}`;

function world(): DirectoryDocument {
  const policy = (account: string, name: string) => ({
    arn: iam(account, `policy/${name}`),
    defaultVersionId: 'v1',
    versions: [{ versionId: 'v1', document: NONE }],
  });
  return {
    accounts: [{ id: A, name: 'Production' }, { id: B, name: 'Test 50%' }, { id: C }],
    policies: [policy(A, 'Deploys'), policy(B, 'deploys-too')],
    users: [
      { arn: iam(A, 'user/alice'), id: 'AIDAZZZZZZZZZZZZZZ01', tags: { Team: 'red' }, attachedPolicies: [AWS_READ] },
      { arn: iam(A, 'user/team/Bob_1'), tags: { team: 'blue' }, attachedPolicies: [iam(A, 'policy/Deploys')] },
      { arn: iam(A, 'user/team/bobs1'), tags: { 'a"b': 'red' } },
      { arn: iam(B, 'user/alice'), permissionsBoundary: AWS_AUDIT },
    ],
    groups: [{ arn: iam(B, 'group/alices') }],
    roles: [
      { arn: iam(A, 'role/Malice'), trustPolicy: TRUST },
      { arn: iam(B, 'role/ab'), trustPolicy: TRUST, tags: { TEAM: 'red' } },
    ],
    resources: [
      { arn: 'arn:aws:s3:::alice-files', accountId: A, policy: OPEN, tags: { team: 'red' } },
      { arn: `arn:aws:sqs:eu-west-1:${B}:alice-jobs`, accountId: B },
    ],
  };
}

const all = (...kinds: readonly FindScope['kind'][]): readonly FindScope[] =>
  kinds.map((kind) => ({ kind, accountIds: null }));
const PRINCIPALS = all('User', 'Role');

async function pageOf(directory: OpenDirectory, page: Partial<FindPage>): Promise<readonly Found[]> {
  const [found = []] = await directory.find.pages([
    { scopes: PRINCIPALS, filter: {}, order: BY_ARN, limit: 100, ...page },
  ]);
  return found;
}

/** What is found, which is also what is counted. */
async function arnsOf(
  directory: OpenDirectory,
  scopes: readonly FindScope[],
  filter: FindFilter,
): Promise<readonly string[]> {
  const order = { field: scopes.some(({ kind }) => kind === 'Account') ? 'ID' : 'ARN', descending: false } as const;
  const found = await pageOf(directory, { scopes, filter, order });
  expect(await directory.find.counts([{ scopes, filter }])).toEqual([found.length]);
  return found.map(({ arn }) => arn);
}

describeInBothStores('entities are found', (store) => {
  test('by a part of the name, the ARN or the id, without regard to case', async () => {
    const directory = await store.open(world());
    const search = (text: string) => arnsOf(directory, PRINCIPALS, { search: text });
    expect(await search('LICE')).toEqual([iam(A, 'role/Malice'), iam(A, 'user/alice'), iam(B, 'user/alice')]);
    expect(await search('user/TEAM/')).toEqual([iam(A, 'user/team/Bob_1'), iam(A, 'user/team/bobs1')]);
    expect(await search('zzzzzzzzz01')).toEqual([iam(A, 'user/alice')]);
    expect(await search(B)).toEqual([iam(B, 'role/ab'), iam(B, 'user/alice')]);
    expect(await search('nobody')).toEqual([]);
    expect(await search('')).toHaveLength(6);
  });

  test('with wildcards of SQL as characters', async () => {
    const directory = await store.open(world());
    const principals = (search: string) => arnsOf(directory, PRINCIPALS, { search });
    expect(await principals('bob_1')).toEqual([iam(A, 'user/team/Bob_1')]);
    for (const nothing of ['%%%', '___', 'b%b', '\\\\\\', 'bob\\_1', "'; --", '\0\0\0', '\ud800\ud800\ud800']) {
      expect(await principals(nothing)).toEqual([]);
    }
    expect(await arnsOf(directory, all('Account'), { search: '50%' })).toEqual([B]);
  });

  test('by the beginning of the name, if the search has fewer than three characters', async () => {
    const directory = await store.open(world());
    expect(await arnsOf(directory, PRINCIPALS, { search: 'AL' })).toEqual([iam(A, 'user/alice'), iam(B, 'user/alice')]);
    expect(await arnsOf(directory, PRINCIPALS, { search: 'l' })).toEqual([]);
    expect(await arnsOf(directory, PRINCIPALS, { search: '%' })).toEqual([]);
    expect(await arnsOf(directory, all('Resource'), { search: 'al' })).toHaveLength(2);
    expect(await arnsOf(directory, all('Account'), { search: '22' })).toEqual([B]);
    expect(await arnsOf(directory, all('Account'), { search: 'p' })).toEqual([A]);
  });

  test('by path, tag, service and policy', async () => {
    const directory = await store.open(world());
    expect(await arnsOf(directory, PRINCIPALS, { path: '/team/' })).toHaveLength(2);
    expect(await arnsOf(directory, PRINCIPALS, { path: '/te_m/' })).toEqual([]);
    const tagged = (key: string, value: string | null) => arnsOf(directory, PRINCIPALS, { tag: { key, value } });
    expect(await tagged('team', 'red')).toEqual([iam(A, 'user/alice'), iam(B, 'role/ab')]);
    expect(await tagged('TEAM', null)).toHaveLength(3);
    expect(await tagged('team', 'RED')).toEqual([]);
    expect(await tagged('red', null)).toEqual([]);
    expect(await tagged('A"B', null)).toEqual([iam(A, 'user/team/bobs1')]);
    const resources = (filter: FindFilter) => arnsOf(directory, all('Resource'), filter);
    expect(await resources({ services: ['S3', 'sns'] })).toEqual(['arn:aws:s3:::alice-files']);
    expect(await resources({ services: [] })).toEqual([]);
    expect(await resources({ hasPolicy: false })).toEqual([`arn:aws:sqs:eu-west-1:${B}:alice-jobs`]);
    expect(await resources({ hasPolicy: true, tag: { key: 'team', value: null } })).toHaveLength(1);
  });

  test('in accounts; AWS managed policies in those that use them', async () => {
    const directory = await store.open(world());
    const policies = (accountIds: readonly string[] | null, filter: FindFilter = {}) =>
      arnsOf(directory, [{ kind: 'ManagedPolicy', accountIds }], filter);
    expect(await policies([A])).toEqual([iam(A, 'policy/Deploys'), AWS_READ]);
    expect(await policies([B], { policyScope: 'AWS' })).toEqual([AWS_AUDIT]);
    expect(await policies([B], { policyScope: 'CUSTOMER' })).toEqual([iam(B, 'policy/deploys-too')]);
    expect(await policies([C])).toEqual([]);
    expect(await policies([])).toEqual([]);
    expect(await policies(null)).toHaveLength(4);
    expect(await policies(null, { attachedTo: iam(A, 'user/team/Bob_1') })).toEqual([iam(A, 'policy/Deploys')]);
    expect(await policies(null, { attachedTo: iam(A, 'user/nobody') })).toEqual([]);
    expect(await arnsOf(directory, [{ kind: 'User', accountIds: [B], apart: true }], { search: 'alice' })).toEqual([
      iam(B, 'user/alice'),
    ]);
  });

  test('many lists by one statement', async () => {
    const directory = await store.open(world());
    store.statements.length = 0;
    const filters = ['alice', 'bob', 'nobody'].map((search) => ({ search }));
    const pages = await directory.find.pages(
      filters.map((filter) => ({ scopes: PRINCIPALS, filter, order: { field: 'NAME', descending: true }, limit: 2 })),
    );
    expect(pages.map((page) => page.map(({ arn }) => arn.split('/').at(-1)))).toEqual([
      ['Malice', 'alice'],
      ['bobs1', 'Bob_1'],
      [],
    ]);
    expect(await directory.find.counts(filters.map((filter) => ({ scopes: PRINCIPALS, filter })))).toEqual([3, 2, 0]);
    expect(store.statements).toHaveLength(2);
  });
});

describeInBothStores('pages', (store) => {
  const user = (name: string) => ({
    arn: iam(A, `user/${name}`),
    createdAt: `2026-01-0${1 + (name.length % 2)}T00:00:00.000Z`,
  });
  const names = Array.from({ length: 12 }, (_, index) => `u${index}`);

  test('hold every entry once and in order, forwards and backwards', async () => {
    const roles = ['u3', 'U3-other'].map((name) => ({ arn: iam(A, `role/${name}`), trustPolicy: TRUST }));
    const directory = await store.open({ accounts: [{ id: A }], users: names.map(user), roles });
    const field = fc.constantFrom('ID' as const, 'ARN' as const, 'NAME' as const, 'CREATED_AT' as const);
    const order = fc.record({ field, descending: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(order, fc.integer({ min: 1, max: 5 }), fc.boolean(), async (by, limit, fromEnd) => {
        const whole = await pageOf(directory, { order: by });
        expect(new Set(whole.map(({ arn }) => arn)).size).toBe(14);
        const seen: Found[] = [];
        for (let last: Found | undefined; ; ) {
          const place = last === undefined ? {} : fromEnd ? { before: last } : { after: last };
          const page = await pageOf(directory, { order: by, limit, fromEnd, ...place });
          seen.push(...page);
          last = page.at(-1);
          if (last === undefined) break;
        }
        expect(fromEnd ? seen.toReversed() : seen).toEqual(whole);
      }),
      { numRuns: 25 },
    );
  });

  test.each(['ARN', 'NAME', 'CREATED_AT'] as const)(
    'by %s continue behind an entry that is gone, and are not moved by new entries in front of it',
    async (field) => {
      const directory = await store.open({ accounts: [{ id: A }], users: names.map(user) });
      const order = { field, descending: false };
      const whole = await pageOf(directory, { order });
      const [, second, third] = whole;
      if (second === undefined || third === undefined) throw new Error('no second page');
      await directory.entities.deleteUser({ userArn: second.arn, withDependents: false });
      await directory.apply({ users: [{ arn: iam(A, 'user/a'), createdAt: '2025-01-01T00:00:00.000Z' }] });
      expect(await pageOf(directory, { order, after: second })).toEqual(whole.slice(2));
      const before = await pageOf(directory, { order, before: third, fromEnd: true });
      expect(before.map(({ arn }) => arn)).toEqual([whole[0]?.arn, iam(A, 'user/a')]);
    },
  );

  test('are in the order of names without regard to case, and of ids among the same', async () => {
    const directory = await store.open({
      accounts: [{ id: A }, { id: B }],
      users: ['b', 'A', 'C'].map((name) => ({ arn: iam(A, `user/${name}`) })),
    });
    await directory.apply({ users: [{ arn: iam(B, 'user/a'), id: 'AIDA00000000000000AA' }] });
    const found = await pageOf(directory, { order: { field: 'NAME', descending: false } });
    expect(found.map(({ arn }) => arn.split('/')[1]?.toLowerCase())).toEqual(['a', 'a', 'b', 'c']);
    const [one = '', other = ''] = found.map(({ id }) => id);
    expect(one < other).toBe(true);
  });
});
