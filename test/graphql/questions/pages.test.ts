import { describe, expect, test } from 'vitest';
import type { DirectoryDocument } from '../../../src/directory/document.ts';
import { A, allow, aRole, aUser, B, policy, roleArn, trusts, userArn } from '../../support/policies.ts';
import { faultsOf, type Gateway, NOW, OPERATOR, signedIn } from '../gateway.ts';
import { type OpenedGateway, openedGateway } from '../services.ts';

const BUCKET = 'arn:aws:s3:::b';
const READS = [allow('s3:GetObject')];
const LETTERS = ['a', 'c', 'e', 'g'];

const document = (): DirectoryDocument => ({
  accounts: [{ id: A, membership: 'NONE' }],
  users: [...LETTERS.map((name) => aUser(name, READS)), aUser('caller', [allow('sts:AssumeRole')])],
  roles: LETTERS.map((name) => aRole(name, [trusts({ AWS: userArn('caller') })], READS)),
  resources: [{ arn: BUCKET, accountId: A, policy: null }],
});

interface Page {
  readonly totalCount: number;
  readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
  readonly edges: readonly { readonly node: Record<string, unknown> }[];
}

const PAGE = 'totalCount pageInfo { endCursor hasNextPage }';

async function ask(
  gateway: Gateway,
  query: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<Record<string, Page>> {
  const result = await gateway.ask(OPERATOR, query, variables);
  expect(result.errors).toBeUndefined();
  return result.data as Record<string, Page>;
}

/** What has nothing to do with policies: a key comes and goes, and a role session is made. */
async function keysAndSessionsMove(gateway: OpenedGateway): Promise<void> {
  const { directory } = gateway.services;
  const before = await directory.revision();
  const id = 'AKIAPAGEPAGEPAGEPAGE';
  await directory.keys.create({ id, userArn: userArn('caller') });
  await directory.keys.remove(id, NOW);
  const assume = `mutation { assumeRole(input: { role: "${roleArn('e')}", roleSessionName: "s1" }) { __typename } }`;
  const made = await gateway.ask(signedIn(userArn('caller')), assume);
  expect(made.data).toEqual({ assumeRole: { __typename: 'AssumeRoleSuccess' } });
  expect(await directory.revision()).toBe(before + 3n);
}

describe('whoCan', () => {
  const gateway = openedGateway(document);
  const QUERY = `query ($after: String) { whoCan(action: "s3:GetObject", resource: "${BUCKET}/x", first: 2, after: $after) {
    ${PAGE} gaps revision edges { node { principal { principalId } } } } }`;
  const read = async (after: string | null): Promise<Page & { readonly ids: readonly string[] }> => {
    const { whoCan } = await ask(gateway, QUERY, { after });
    if (whoCan === undefined) throw new Error('no page');
    const ids = whoCan.edges.map(({ node }) => (node['principal'] as { principalId: string }).principalId);
    return { ...whoCan, ids };
  };

  test('goes on behind a name, whoever comes and goes meanwhile', async () => {
    const { directory } = gateway.services;
    const first = await read(null);
    expect([first.ids, first.totalCount]).toEqual([[userArn('a'), userArn('c')], 8]);
    // One before the page that was read, one behind it, and the one whose cursor it is.
    await directory.apply({ users: [aUser('b', READS), aUser('d', READS)] });
    await directory.entities.deleteUser({ userArn: userArn('c'), withDependents: true });
    await keysAndSessionsMove(gateway);
    const second = await read(first.pageInfo.endCursor);
    expect(second.ids).toEqual([userArn('d'), userArn('e')]);
    const third = await read(second.pageInfo.endCursor);
    expect(third.ids).toEqual([userArn('g'), roleArn('a')]);
    expect(third.totalCount).toBe(9);
    const fourth = await read(third.pageInfo.endCursor);
    const fifth = await read(fourth.pageInfo.endCursor);
    expect([fourth.ids, fourth.pageInfo.hasNextPage]).toEqual([[roleArn('c'), roleArn('e')], true]);
    expect([fifth.ids, fifth.pageInfo.hasNextPage]).toEqual([[roleArn('g')], false]);
  });
});

describe('permissions', () => {
  const gateway = openedGateway(document);
  const QUERY = `query ($after: String) { effectivePermissions(principal: "${roleArn('a')}") {
    permissions(first: 1, after: $after) { ${PAGE} edges { node { action } } } } }`;
  const read = async (after: string | null): Promise<Page> => {
    const result = await gateway.ask(OPERATOR, QUERY, { after });
    return (result.data as { effectivePermissions: { permissions: Page } }).effectivePermissions.permissions;
  };

  test('go on behind an action, whatever is allowed meanwhile', async () => {
    const first = await read(null);
    expect(first.edges.map(({ node }) => node['action'])).toEqual(['s3:GetObject']);
    const { directory } = gateway.services;
    const more = policy(allow(['s3:DeleteObject', 's3:PutObject']));
    await directory.entities.putRolePolicy({ roleArn: roleArn('a'), policyName: 'more', policyDocument: more });
    const second = await read(first.pageInfo.endCursor);
    expect([second.edges.map(({ node }) => node['action']), second.totalCount]).toEqual([['s3:PutObject'], 4]);
  });
});

describe('assumableRoles', () => {
  const gateway = openedGateway(document);
  const QUERY = `query ($after: String) { assumableRoles(principal: "${userArn('caller')}", first: 2, after: $after) {
    ${PAGE} gaps revision edges { node { role { name } } } } }`;
  const names = ({ edges }: Page): readonly unknown[] =>
    edges.map(({ node }) => (node['role'] as { name: string }).name);

  test('goes on where only keys and sessions have moved, and says to begin anew where the order can have changed', async () => {
    const { assumableRoles: first } = await ask(gateway, QUERY, { after: null });
    expect(first === undefined ? [] : names(first)).toEqual(['a', 'c']);
    const after = first?.pageInfo.endCursor;
    await keysAndSessionsMove(gateway);
    const { assumableRoles: second } = await ask(gateway, QUERY, { after });
    expect(second === undefined ? [] : names(second)).toEqual(['e', 'g']);
    const policyDocument = policy(trusts({ AWS: userArn('caller') }, { condition: { Bool: { 'aws:x': 'true' } } }));
    await gateway.services.directory.entities.updateAssumeRolePolicy({ roleArn: roleArn('a'), policyDocument });
    expect(faultsOf(await gateway.ask(OPERATOR, QUERY, { after }))).toEqual([
      {
        code: 'CONFLICT',
        field: 'after',
        message: 'the directory has changed since the previous page: ask again from the first page, without `after`',
      },
    ]);
  });
});

describe('a list of a table', () => {
  const gateway = openedGateway(document);
  const QUERY = `query ($after: String, $before: String, $first: Int, $last: Int) { account(accountId: "${A}") {
    users(first: $first, after: $after, last: $last, before: $before) { ${PAGE} edges { cursor node { id arn } } } } }`;
  const read = async (variables: Readonly<Record<string, unknown>>): Promise<Page> => {
    const result = await gateway.ask(OPERATOR, QUERY, variables);
    expect(result.errors).toBeUndefined();
    return (result.data as { account: { users: Page } }).account.users;
  };
  const arns = ({ edges }: Page): readonly unknown[] => edges.map(({ node }) => node['arn']);

  test('goes on behind a row that is there no more, in both directions', async () => {
    const all = await read({ first: 100 });
    const at = arns(all).findIndex((arn, index) => index > 0 && arn !== userArn('caller'));
    const gone = arns(all)[at];
    const first = await read({ first: at + 1 });
    expect(arns(first)).toEqual(arns(all).slice(0, at + 1));
    await gateway.services.directory.entities.deleteUser({ userArn: String(gone), withDependents: true });
    const { endCursor } = first.pageInfo;
    const second = await read({ first: 1, after: endCursor });
    expect([arns(second), second.totalCount]).toEqual([arns(all).slice(at + 1, at + 2), all.totalCount - 1]);
    expect(arns(await read({ last: 100, before: endCursor }))).toEqual(arns(all).slice(0, at));
  });
});

describe('cursors', () => {
  const gateway = openedGateway(document);
  const of = (text: string): string => Buffer.from(text).toString('base64url');
  const WHO = `query ($after: String) { whoCan(action: "s3:GetObject", resource: "${BUCKET}/x", after: $after) { totalCount } }`;
  const USERS = `query ($after: String) { account(accountId: "${A}") { users(after: $after) { totalCount edges { cursor } } } }`;
  const EVENTS = 'query ($after: String) { auditEvents(after: $after) { totalCount edges { cursor } } }';

  test.each([
    ['that are none', 'nonsense'],
    ['that are empty', ''],
    ['of a position', of('position:1')],
    ['of a revision that is none', of(`entry:${'9'.repeat(30)}:arn`)],
    ['without a name', of('entry:1:')],
    ['that hold U+0000', of('GPC:S:a\0')],
    ['that are long', of(`entry:1:${'x'.repeat(10_000)}`)],
  ])('%s are refused', async (_what, after) => {
    for (const query of [WHO, USERS, EVENTS]) {
      expect(faultsOf(await gateway.ask(OPERATOR, query, { after }))).toMatchObject([
        {
          code: 'BAD_USER_INPUT',
          field: 'after',
          message: expect.stringContaining('is not a cursor of this connection'),
        },
      ]);
    }
  });

  test('of one kind of list are none of another', async () => {
    const row = of('GPC:S:x');
    expect(faultsOf(await gateway.ask(OPERATOR, WHO, { after: row }))[0]).toMatchObject({ field: 'after' });
    expect(faultsOf(await gateway.ask(OPERATOR, USERS, { after: of('entry:1:x') }))[0]).toMatchObject({
      field: 'after',
    });
  });
});

describe('whoCan, for those who may not see everything', () => {
  const WHO = `query ($resource: Arn!, $account: AccountId) {
    whoCan(action: "s3:GetObject", resource: $resource, resourceAccount: $account) {
      nodes { principal { principalId } } outsiders { kind value statements { sid } } gaps } }`;
  const OPEN = 'arn:aws:s3:::open';
  const statement = {
    Sid: 'Out',
    Effect: 'Allow',
    Principal: { AWS: B },
    Action: 's3:*',
    Resource: [OPEN, `${OPEN}/*`],
  };
  const may = [allow(['s3:GetObject', 's3:GetBucketPolicy', 'iam:SimulatePrincipalPolicy'])];
  const gateway = openedGateway(() => ({
    accounts: [{ id: A, membership: 'NONE' }],
    users: [aUser('reader', may), aUser('asker', READS), aUser('nobody')],
    resources: [{ arn: OPEN, accountId: A, policy: policy(statement) }],
  }));
  const asked = (who: string, variables: Readonly<Record<string, unknown>>) =>
    gateway.ask(signedIn(who), WHO, variables);

  test('outsiders are told to who may read the policy that lets them in', async () => {
    const resource = `${OPEN}/x`;
    expect((await asked(userArn('reader'), { resource })).data).toMatchObject({
      whoCan: { outsiders: [{ kind: 'ACCOUNT', value: B, statements: [{ sid: 'Out' }] }] },
    });
    expect((await asked(userArn('asker'), { resource })).data).toEqual({
      whoCan: { nodes: [{ principal: { principalId: userArn('asker') } }], outsiders: [], gaps: [] },
    });
  });

  test('the owner of a bucket that the directory does not know has to be given', async () => {
    const unknown = await asked(userArn('nobody'), { resource: 'arn:aws:s3:::nowhere/x' });
    expect(faultsOf(unknown)).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'resourceAccount' }]);
    const given = await asked(userArn('asker'), { resource: 'arn:aws:s3:::nowhere/x', account: A });
    expect(given.data).toMatchObject({ whoCan: { nodes: [{ principal: { principalId: userArn('asker') } }] } });
    const known = await asked(userArn('nobody'), { resource: `${OPEN}/x` });
    expect(known.data).toEqual({ whoCan: { nodes: [], outsiders: [], gaps: [] } });
  });
});
