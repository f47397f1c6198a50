import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runs } from '../../support/runs.ts';
import { type Gateway, gatewayOn, OPERATOR, signedIn } from '../gateway.ts';
import { arn, DELEGATED, guardedWorld, MANAGEMENT, MEMBER, OTHER_DELEGATED, STRANGER, user } from '../guarded-world.ts';
import { OPENING, openServices, type TestServices } from '../services.ts';

// For callers with policies made by chance: every list holds exactly what the caller may see, and counts nothing else. What it
// may see is worked out here, from the statements alone.

const ACCOUNTS = [MANAGEMENT, DELEGATED, MEMBER, OTHER_DELEGATED, STRANGER];
/** Who administers the organization of the first four, where reading is concerned. */
const ADMINISTRATORS = [MANAGEMENT, DELEGATED];

interface GeneratedStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string;
  readonly Resource: string;
}

const statement: fc.Arbitrary<GeneratedStatement> = fc.record({
  // Denials are rarer, or nothing would be allowed.
  Effect: fc.oneof(
    { weight: 4, arbitrary: fc.constant('Allow' as const) },
    { weight: 1, arbitrary: fc.constant('Deny' as const) },
  ),
  Action: fc.constantFrom(
    'iam:*',
    'iam:Get*',
    'iam:List*',
    'iam:GetUser',
    'iam:GetRole',
    'iam:ListUsers',
    'iam:ListRoles',
    'iam:SimulatePrincipalPolicy',
    's3:PutObject',
    'account:GetAccountInformation',
  ),
  Resource: fc.constantFrom(
    '*',
    arn(MEMBER, '*'),
    arn('*', 'user/*'),
    arn('*', 'role/*'),
    arn('*', 'role/team/*'),
    arn(MEMBER, 'user/worker'),
    arn(STRANGER, '*'),
    'arn:aws:s3:::logs/*',
  ),
});

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}

function says(statements: readonly GeneratedStatement[], action: string, resource: string): boolean {
  const about = statements.filter(({ Action, Resource }) => matches(Action, action) && matches(Resource, resource));
  return about.some(({ Effect }) => Effect === 'Allow') && about.every(({ Effect }) => Effect === 'Allow');
}

function inReach(own: string, account: string): boolean {
  return own === account || (ADMINISTRATORS.includes(own) && account !== STRANGER);
}

let services: TestServices;
let gateway: Gateway;
let everybody: readonly string[];

const WHO_CAN = `query ($after: String) { whoCan(action: "s3:PutObject", resource: "arn:aws:s3:::logs/1", first: 2, after: $after) {
  totalCount pageInfo { hasNextPage endCursor } nodes { principal { principalId } } } }`;

interface Page {
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  readonly nodes: readonly { readonly principal: { readonly principalId: string } }[];
}

/** All pages together, with the counts that they tell. */
async function allWhoCan(caller: Parameters<Gateway['ask']>[0]) {
  const found: string[] = [];
  const counts = new Set<number>();
  for (let after: string | null = null; ; ) {
    const { data } = await gateway.ask(caller, WHO_CAN, { after });
    const page = (data as { whoCan: Page }).whoCan;
    found.push(...page.nodes.map(({ principal }) => principal.principalId));
    counts.add(page.totalCount);
    if (!page.pageInfo.hasNextPage) return { found, counts: [...counts] };
    after = page.pageInfo.endCursor;
  }
}

interface List {
  readonly totalCount: number;
  readonly nodes: readonly { readonly arn: string }[];
}

/** A list of an account, in the order of ARNs; null: it was refused. */
function listed(list: List | null) {
  return list && { totalCount: list.totalCount, arns: list.nodes.map((node) => node.arn).sort() };
}

/** What the lists of an account answer; `errors`: the codes. */
function shown({ data, errors = [] }: Awaited<ReturnType<Gateway['ask']>>) {
  const account = (data as { account: Record<'users' | 'roles', List | null> | null }).account;
  return {
    account: account === null ? null : { users: listed(account.users), roles: listed(account.roles) },
    errors: [...new Set(errors.map(({ extensions }) => extensions?.['code']))],
  };
}

function expectedLists(own: string, account: string, mayIn: (action: string, resource: string) => boolean) {
  if (own !== account && !mayIn('account:GetAccountInformation', '*')) return { account: null, errors: [] };
  const all = (kind: string, action: string) => {
    // AWS asks these lists on an ARN that names nothing: its denials say so.
    if (!mayIn(action, arn(account, `${kind}/`))) return null;
    const arns = everybody.filter((one) => one.includes(`:${account}:${kind}/`)).sort();
    return { totalCount: arns.length, arns };
  };
  const [users, roles] = [all('user', 'iam:ListUsers'), all('role', 'iam:ListRoles')];
  return { account: { users, roles }, errors: users === null || roles === null ? ['FORBIDDEN'] : [] };
}

const ROOT = `query ($accountIds: [AccountId!]) {
  users(first: 100, accountIds: $accountIds) { totalCount nodes { arn } }
  roles(first: 100, accountIds: $accountIds) { totalCount nodes { arn } }
  principals(first: 100, accountIds: $accountIds) { totalCount nodes { arn } }
  searched: principals(search: "WORK", accountIds: $accountIds) { totalCount nodes { arn } } }`;

/** What the lists over `accounts` hold; null: none may be listed, and no accounts were named. */
function expectedRoots(
  accounts: readonly string[],
  named: boolean,
  mayIn: (account: string, action: string, resource: string) => boolean,
) {
  const of = (kind: 'user' | 'role'): readonly string[] | null => {
    const action = kind === 'user' ? 'iam:ListUsers' : 'iam:ListRoles';
    const listed = accounts.filter((account) => mayIn(account, action, arn(account, `${kind}/`)));
    if (listed.length === 0 && !named) return null;
    return everybody.filter((one) => listed.some((account) => one.includes(`:${account}:${kind}/`))).sort();
  };
  const [users, roles] = [of('user'), of('role')];
  const principals = users === null && roles === null ? null : [...(users ?? []), ...(roles ?? [])].sort();
  const list = (arns: readonly string[] | null | undefined) =>
    arns == null ? null : { totalCount: arns.length, arns };
  const searched = principals?.filter((one) => one.toLowerCase().includes('work'));
  return { users: list(users), roles: list(roles), principals: list(principals), searched: list(searched) };
}

beforeAll(async () => {
  const world = guardedWorld(...ACCOUNTS.map((account) => user(account, 'random')));
  services = await openServices(world);
  gateway = gatewayOn(services);
  everybody = [...(world.users ?? []), ...(world.roles ?? [])].map((one) => one.arn);
}, OPENING);
afterAll(() => services.remove());

const NODES = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on User { arn } ... on Role { arn } } }`;
const LISTS = (account: string) => `{ account(accountId: "${account}") {
  users(first: 100) { totalCount nodes { arn } } roles(first: 100) { totalCount nodes { arn } } } }`;

function globalId(one: string): string {
  return Buffer.from(`${one.includes(':user/') ? 'User' : 'Role'}:${one}`).toString('base64');
}

test('every list holds exactly what the caller may see', { timeout: OPENING }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ACCOUNTS),
      fc.array(statement, { minLength: 1, maxLength: 5 }),
      async (account, statements) => {
        const caller = arn(account, 'user/random');
        await services.directory.apply({ users: [user(account, 'random', ...statements)] });
        const may = (action: string, one: string): boolean =>
          inReach(account, one.split(':')[4] ?? '') && says(statements, action, one);

        // Look-ups by id.
        const { data } = await gateway.ask(signedIn(caller), NODES, { ids: everybody.map(globalId) });
        const seen = (data as { nodes: ({ arn: string } | null)[] }).nodes.map((node) => node?.arn ?? null);
        const readable = (one: string) =>
          one === caller || may(one.includes(':user/') ? 'iam:GetUser' : 'iam:GetRole', one);
        expect(seen).toEqual(everybody.map((one) => (readable(one) ? one : null)));

        // Searches.
        const whoCan = await allWhoCan(OPERATOR);
        expect(whoCan.found).not.toEqual([]);
        const askable = whoCan.found.filter((one) => one === caller || may('iam:SimulatePrincipalPolicy', one));
        expect(await allWhoCan(signedIn(caller))).toEqual({ found: askable, counts: [askable.length] });

        // Lists of all accounts, and of named ones.
        const mayListIn = (other: string, action: string, resource: string): boolean =>
          inReach(account, other) && says(statements, action, resource);
        for (const accountIds of [null, [MEMBER, STRANGER, '123456789012'], [MANAGEMENT]]) {
          const lists = (await gateway.ask(signedIn(caller), ROOT, { accountIds })).data as Record<string, List | null>;
          const shownLists = Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, listed(list)]));
          expect(shownLists).toEqual(expectedRoots(accountIds ?? ACCOUNTS, accountIds !== null, mayListIn));
        }

        // Lists of an account.
        for (const other of ACCOUNTS) {
          const mayIn = (action: string, resource: string) =>
            inReach(account, other) && says(statements, action, resource);
          expect(shown(await gateway.ask(signedIn(caller), LISTS(other)))).toEqual(
            expectedLists(account, other, mayIn),
          );
        }
      },
    ),
    { numRuns: runs(10) },
  );
});

test('whoever may list in its own account lists nothing of another, by whatever way it gets there', async () => {
  const caller = arn(STRANGER, 'user/random');
  const lists = [{ Effect: 'Allow', Action: ['iam:ListUsers', 'iam:ListRoles'], Resource: '*' }] as const;
  await services.directory.apply({ users: [user(STRANGER, 'random', ...lists)] });
  // Root users are known to everybody, and with them which account they are of.
  const query = `query ($id: PrincipalId!) { principal(principalId: $id) { account {
    users { nodes { arn } } roles { nodes { arn } } } } }`;
  const { data, errors } = await gateway.ask(signedIn(caller), query, { id: arn(MEMBER, 'root') });
  expect(data).toEqual({ principal: { account: { users: null, roles: null } } });
  expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['FORBIDDEN', 'FORBIDDEN']);
});
