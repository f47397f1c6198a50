import { describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/session/caller.ts';
import { ANONYMOUS, faultsOf, OPERATOR, signedIn } from '../gateway.ts';
import { arn, guardedWorld, MANAGEMENT, MEMBER, OTHER_DELEGATED, STRANGER, user } from '../guarded-world.ts';
import { openedGateway } from '../services.ts';

const READER = signedIn(arn(MEMBER, 'user/reader'));
const MANAGER = signedIn(arn(MANAGEMENT, 'user/reader'));
const STRANGE = signedIn(arn(STRANGER, 'user/reader'));
const NOBODY = signedIn(arn(MEMBER, 'user/nobody'));
const LISTER = signedIn(arn(MEMBER, 'user/lister'));
const SOME_TAGS = signedIn(arn(MEMBER, 'user/some-tags'));
const MANY = signedIn(arn(OTHER_DELEGATED, 'user/reader'));
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';

const gateway = openedGateway(() =>
  guardedWorld(
    user(
      MEMBER,
      'lister',
      { Effect: 'Allow', Action: ['iam:List*', 'config:List*'], Resource: '*' },
      {
        Effect: 'Deny',
        Action: ['iam:ListUserTags', 'iam:ListRoleTags', 'iam:ListAttachedUserPolicies'],
        Resource: '*',
      },
    ),
    user(
      MEMBER,
      'some-tags',
      { Effect: 'Allow', Action: 'iam:ListUsers', Resource: '*' },
      { Effect: 'Allow', Action: 'iam:ListUserTags', Resource: arn(MEMBER, 'user/tagged-a*') },
    ),
    { ...user(MEMBER, 'tagged-a'), tags: { color: 'red' }, attachedPolicies: [arn(MEMBER, 'policy/ReadsLogs')] },
    { ...user(MEMBER, 'tagged-b'), tags: { Color: 'red' } },
    { ...user(STRANGER, 'far-tagged'), tags: { color: 'red' }, attachedPolicies: [READ_ONLY] },
  ),
);

async function ask(caller: Caller, query: string, variables = {}): Promise<Record<string, unknown>> {
  const result = await gateway.ask(caller, query, variables);
  expect(result.errors).toBeUndefined();
  return result.data ?? {};
}

interface List {
  readonly totalCount: number;
  readonly nodes: readonly Record<string, unknown>[];
}

/** The names, or the ids, in a list; the count is their number. */
async function namesIn(caller: Caller, list: string): Promise<readonly unknown[]> {
  const field = list.startsWith('accounts') ? 'accountId' : list.startsWith('resources') ? 'arn' : 'name';
  const { found } = (await ask(caller, `{ found: ${list} { totalCount nodes { ${field} } } }`)) as { found: List };
  expect(found.totalCount).toBe(found.nodes.length);
  return found.nodes.map((node) => node[field]);
}

describe('from nothing to', () => {
  test('a role, with what belongs to it', async () => {
    const query = `{ principals(search: "writ", kinds: [ROLE], orderBy: { field: NAME }) { totalCount
      edges { cursor node { __typename arn name account { accountId name } ... on Role { trustPolicy inlinePolicies { name } tags { key } } } } } }`;
    expect(await ask(OPERATOR, query)).toMatchObject({
      principals: {
        totalCount: 1,
        edges: [
          {
            node: {
              __typename: 'Role',
              arn: arn(MEMBER, 'role/team/Writer'),
              name: 'Writer',
              account: { accountId: MEMBER, name: 'Account 200' },
              trustPolicy: { Version: '2012-10-17' },
              inlinePolicies: [{ name: 'Writes' }],
              tags: [{ key: 'team' }],
            },
          },
        ],
      },
    });
  });

  test('a policy, a group, an account and a resource', async () => {
    const query = `{
      policies(search: "reads", attachedTo: "${arn(MEMBER, 'group/people')}") { nodes { name document defaultVersionId } }
      groups(search: "PEO") { nodes { name createdAt inlinePolicies { name } } }
      accounts(search: "300", orderBy: { field: NAME, direction: DESC }) { nodes { accountId name organizationId users(search: "read") { totalCount nodes { name } } } }
      resources(services: ["s3"], hasPolicy: true, tag: { key: "KIND", value: "logs" }) { nodes { arn policy account { accountId } } } }`;
    expect(await ask(OPERATOR, query)).toMatchObject({
      policies: { nodes: [{ name: 'ReadsLogs', document: { Version: '2012-10-17' }, defaultVersionId: 'v1' }] },
      groups: { nodes: [{ name: 'people', inlinePolicies: [{ name: 'Lists' }] }] },
      accounts: {
        nodes: [
          {
            accountId: OTHER_DELEGATED,
            name: 'Account 300',
            organizationId: 'o-first00000',
            users: { totalCount: 1, nodes: [{ name: 'reader' }] },
          },
        ],
      },
      resources: { nodes: [{ arn: 'arn:aws:s3:::logs', account: { accountId: MEMBER } }] },
    });
  });
});

describe('one finds what one may list:', () => {
  test('the operator everything, a principal its own account, who administers an organization all of it', async () => {
    const readers = (caller: Caller) =>
      ask(caller, '{ users(search: "reader") { totalCount nodes { account { accountId } } } }');
    expect(await readers(OPERATOR)).toMatchObject({ users: { totalCount: 5 } });
    expect(await readers(READER)).toEqual({ users: { totalCount: 1, nodes: [{ account: { accountId: MEMBER } }] } });
    expect(await readers(MANAGER)).toMatchObject({ users: { totalCount: 4 } });
    expect(await readers(STRANGE)).toEqual({ users: { totalCount: 1, nodes: [{ account: { accountId: STRANGER } }] } });
  });

  test('accounts that it may read, and its own', async () => {
    expect(await namesIn(OPERATOR, 'accounts')).toHaveLength(5);
    expect(await namesIn(NOBODY, 'accounts')).toEqual([MEMBER]);
    expect(await namesIn(MANAGER, 'accounts')).toHaveLength(4);
    expect(await namesIn(MANAGER, `accounts(search: "${STRANGER}")`)).toEqual([]);
    // Which organization its account belongs to needs a right of its own.
    expect(await namesIn(NOBODY, 'accounts(organizationId: "o-first00000")')).toEqual([]);
    expect(await namesIn(READER, 'accounts(organizationId: "o-first00000")')).toEqual([MEMBER]);
  });

  test('nothing without the right, which the error names, and nothing without credentials', async () => {
    const query = '{ users { totalCount } principals { totalCount } resources { totalCount } }';
    const result = await gateway.ask(NOBODY, query);
    expect(result.data).toEqual({ users: null, principals: null, resources: null });
    expect(new Set(faultsOf(result))).toEqual(
      new Set([
        { code: 'FORBIDDEN', message: '`users` needs iam:ListUsers, which you are not allowed' },
        { code: 'FORBIDDEN', message: '`principals` needs iam:ListUsers or iam:ListRoles, which you are not allowed' },
        { code: 'FORBIDDEN', message: '`resources` needs config:ListDiscoveredResources, which you are not allowed' },
      ]),
    );
    expect(faultsOf(await gateway.ask(ANONYMOUS, '{ users { totalCount } }'))).toMatchObject([
      { code: 'UNAUTHENTICATED' },
    ]);
  });

  test('accounts that it may not list like accounts that are not there', async () => {
    const list = async (caller: Caller, accountId: string) => {
      const before = gateway.services.statements.length;
      const data = await ask(
        caller,
        `{ users(accountIds: ["${accountId}"], search: "tagged") { totalCount nodes { name } pageInfo { hasNextPage endCursor } } }`,
      );
      return { data, statements: gateway.services.statements.slice(before) };
    };
    for (const caller of [READER, MANAGER, NOBODY]) {
      await list(caller, STRANGER);
      expect(await list(caller, STRANGER)).toEqual(await list(caller, '123456789012'));
      expect((await list(caller, STRANGER)).data).toMatchObject({ users: { totalCount: 0, nodes: [] } });
    }
  });

  test('AWS managed policies only where its accounts use them: others would say that somebody does', async () => {
    expect(await namesIn(OPERATOR, 'policies(scope: AWS)')).toEqual(['ReadOnlyAccess']);
    expect(await namesIn(STRANGE, 'policies(scope: AWS)')).toEqual(['ReadOnlyAccess']);
    expect(await namesIn(MANAGER, 'policies(scope: AWS)')).toEqual([]);
    expect(await namesIn(MANAGER, 'policies(search: "read")')).toEqual(['ReadsLogs']);
  });
});

describe('a filter finds what the caller may read:', () => {
  test('tags of each user and role', async () => {
    const red = 'users(tag: { key: "color", value: "red" })';
    expect(await namesIn(OPERATOR, red)).toEqual(['tagged-a', 'tagged-b', 'far-tagged']);
    expect(await namesIn(READER, red)).toEqual(['tagged-a', 'tagged-b']);
    expect(await namesIn(SOME_TAGS, red)).toEqual(['tagged-a']);
    expect(await namesIn(LISTER, red)).toEqual([]);
    expect(await namesIn(LISTER, 'users(search: "tagged")')).toEqual(['tagged-a', 'tagged-b']);
    const own = `{ account(accountId: "${MEMBER}") { users(tag: { key: "color" }) { totalCount nodes { name } } } }`;
    expect(await ask(SOME_TAGS, own)).toEqual({ account: { users: { totalCount: 1, nodes: [{ name: 'tagged-a' }] } } });
    expect(await namesIn(READER, 'principals(tag: { key: "team" })')).toEqual(['Writer', 'worker']);
  });

  test('tags and policies of resources', async () => {
    for (const filter of ['tag: { key: "kind" }', 'hasPolicy: true', 'hasPolicy: false']) {
      expect(await namesIn(LISTER, `resources(${filter})`)).toEqual([]);
    }
    expect(await namesIn(LISTER, 'resources')).toEqual(['arn:aws:s3:::logs']);
    expect(await namesIn(READER, 'resources(hasPolicy: true, tag: { key: "kind" })')).toEqual(['arn:aws:s3:::logs']);
  });

  test('which policies are attached', async () => {
    const attached = `policies(attachedTo: "${arn(MEMBER, 'user/tagged-a')}")`;
    expect(await namesIn(READER, attached)).toEqual(['ReadsLogs']);
    expect(await namesIn(LISTER, attached)).toEqual([]);
    expect(await namesIn(MANAGER, `policies(attachedTo: "${arn(STRANGER, 'user/far-tagged')}")`)).toEqual([]);
  });

  test('and refuses to decide on the tags of more than a thousand users one by one, in the same words whatever their tags', async () => {
    const { directory } = gateway.services;
    const many = Array.from({ length: 1_001 }, (_, index) => ({ arn: arn(OTHER_DELEGATED, `user/many/m${index}`) }));
    await directory.apply({ users: many });
    const message =
      '`tag` would be looked up in more than 1000 users, and you must be allowed to read the tags of each: name an ' +
      'account, a path or a longer search';
    for (const key of ['color', 'nothing']) {
      const result = await gateway.ask(MANY, `{ users(tag: { key: "${key}" }) { totalCount } }`);
      expect(faultsOf(result)).toEqual([{ code: 'BAD_USER_INPUT', field: 'tag', message }]);
    }
    await directory.apply({ users: [{ arn: arn(OTHER_DELEGATED, 'user/many/m7'), tags: { color: 'blue' } }] });
    expect(await namesIn(MANY, 'users(search: "m7", tag: { key: "color" })')).toEqual(['m7']);
    expect(await namesIn(MANY, 'users(search: "many/m7", tag: { key: "color" })')).toEqual(['m7']);
  });
});

describe('pages', () => {
  const PAGE = `query ($first: Int, $after: String, $last: Int, $before: String) {
    users(search: "reader", first: $first, after: $after, last: $last, before: $before, orderBy: { field: CREATED_AT, direction: DESC }) {
      totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { arn } } }`;
  interface Page extends List {
    readonly pageInfo: {
      readonly hasNextPage: boolean;
      readonly hasPreviousPage: boolean;
      readonly endCursor: string;
      readonly startCursor: string;
    };
  }
  const page = async (variables: object): Promise<Page> =>
    ((await ask(OPERATOR, PAGE, variables)) as { users: Page }).users;

  test('go forwards and backwards through the same entries', async () => {
    const forwards: unknown[] = [];
    for (let after: string | null = null; ; ) {
      const { nodes, pageInfo, totalCount } = await page({ first: 2, after });
      forwards.push(...nodes);
      expect(totalCount).toBe(5);
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    const backwards: unknown[] = [];
    for (let before: string | null = null; ; ) {
      const { nodes, pageInfo } = await page({ last: 2, before });
      backwards.unshift(...nodes);
      if (!pageInfo.hasPreviousPage) break;
      before = pageInfo.startCursor;
    }
    expect(forwards).toHaveLength(5);
    expect(backwards).toEqual(forwards);
  });

  test('take a cursor of the same order only', async () => {
    const { pageInfo } = await page({ first: 1 });
    const foreign = [
      Buffer.from('["NAME","a","b"]').toString('base64url'),
      Buffer.from('["CREATED_AT_DESC","2026-02-30","AIDA"]').toString('base64url'),
      Buffer.from('["CREATED_AT_DESC",1]').toString('base64url'),
      Buffer.from('null').toString('base64url'),
      'x',
    ];
    for (const after of foreign) {
      expect(faultsOf(await gateway.ask(OPERATOR, PAGE, { after }))).toMatchObject([
        { code: 'BAD_USER_INPUT', field: 'after' },
      ]);
    }
    const other = `{ users(after: "${pageInfo.endCursor}") { totalCount } }`;
    expect(faultsOf(await gateway.ask(OPERATOR, other))).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'after' }]);
  });
});

const LONG = 'x'.repeat(2049);

test.each([
  ['a path without a slash', 'users(path: "team")', 'path', '`path` must begin with a slash'],
  [
    'an order that accounts do not have',
    'accounts(orderBy: { field: ARN })',
    'orderBy.field',
    '`orderBy.field` is ARN; this list can be sorted by ID, NAME',
  ],
  [
    'an order that resources do not have',
    'resources(orderBy: { field: NAME })',
    'orderBy.field',
    '`orderBy.field` is NAME; this list can be sorted by ID, ARN',
  ],
  ['a long search', `users(search: "${LONG}")`, 'search', '`search` is 2049 characters long; the limit is 2048'],
  ['a long key', `users(tag: { key: "${LONG}" })`, 'tag.key', '`tag.key` is 2049 characters long; the limit is 2048'],
  [
    'an attachment to something else',
    'policies(attachedTo: "arn:aws:s3:::logs")',
    'attachedTo',
    '`attachedTo` is not the ARN of a user, group or role',
  ],
  ['a large page', 'users(first: 1001)', 'first', '`first` is 1001; a page has at most 1000 entries'],
  [
    'a malformed account',
    'users(accountIds: ["1"])',
    'accountIds[0]',
    '`accountIds[0]`: `1` is not an account id: expected twelve digits',
  ],
])('%s is refused', async (_what, list, field, message) => {
  for (const caller of [OPERATOR, READER]) {
    expect(faultsOf(await gateway.ask(caller, `{ ${list} { totalCount } }`))).toEqual([
      { code: 'BAD_USER_INPUT', field, message },
    ]);
  }
});

test('lists of many accounts cost as many statements as those of one', async () => {
  const query = (first: number) =>
    `{ accounts(first: ${first}) { nodes { users(first: 2, search: "read") { totalCount nodes { arn } } roles { totalCount } } } }`;
  const counted = async (first: number): Promise<number> => {
    const before = gateway.services.statements.length;
    await ask(OPERATOR, query(first));
    return gateway.services.statements.length - before;
  };
  await counted(5);
  expect(await counted(5)).toBe(await counted(1));
});
