import { describe, expect, onTestFinished, test } from 'vitest';
import { faultsOf, signedIn } from '../gateway.ts';
import {
  arn,
  DELEGATED,
  guardedWorld,
  MANAGEMENT,
  MEMBER,
  OTHER_DELEGATED,
  policy,
  READS_ALL,
  STRANGER,
  user,
} from '../guarded-world.ts';
import { openedGateway } from '../services.ts';

// Those who administer an organization read all of its accounts, as far as their own policies go.

const WORKER = arn(MEMBER, 'user/worker');
const WRITER = arn(MEMBER, 'role/team/Writer');

const gateway = openedGateway(() =>
  guardedWorld(
    user(MANAGEMENT, 'narrow', { ...READS_ALL, Resource: [arn(MEMBER, 'user/*'), '*/nothing'] }),
    user(MANAGEMENT, 'empty'),
    user(MANAGEMENT, 'writes', { Effect: 'Allow', Action: '*', Resource: '*' }),
    user(DELEGATED, 'denied', READS_ALL, { Effect: 'Deny', Action: 'iam:GetRole', Resource: arn(MEMBER, '*') }),
  ),
);

const reader = (account: string, name = 'reader') => signedIn(arn(account, `user/${name}`));
const READ = `{ account(accountId: "${MEMBER}") { name users { totalCount } }
  role: principal(principalId: "${WRITER}") { ... on Role { trustPolicy tags { key } } }
  resource(arn: "arn:aws:s3:::logs") { policy } }`;
const ASK = `{ decision(request: { principal: "${WORKER}", action: "s3:PutObject", resource: "arn:aws:s3:::logs/1" }) { allowed withheld } }`;

test.each([
  ['the management account', MANAGEMENT],
  ['a delegated administrator of IAM Access Analyzer', DELEGATED],
  ['the account itself', MEMBER],
])('%s reads the account and asks about its principals', async (_who, account) => {
  expect(await gateway.ask(reader(account), READ)).toMatchObject({
    data: {
      account: { name: 'Account 200', users: { totalCount: 3 } },
      role: { tags: [{ key: 'team' }] },
      resource: { policy: { Version: '2012-10-17' } },
    },
  });
  expect(await gateway.ask(reader(account), ASK)).toEqual({ data: { decision: { allowed: true, withheld: [] } } });
});

test.each([
  ['another organization', STRANGER],
  ['the delegated administrator of a service that looks at something else', OTHER_DELEGATED],
])('%s does not, whatever its policies say', async (_who, account) => {
  expect(await gateway.ask(reader(account), READ)).toEqual({ data: { account: null, role: null, resource: null } });
  expect(faultsOf(await gateway.ask(reader(account), ASK))).toMatchObject([{ code: 'FORBIDDEN' }]);
});

test('nor do members read the management account, or one another', async () => {
  const query = `{ one: principal(principalId: "${arn(MANAGEMENT, 'user/reader')}") { principalId }
    other: principal(principalId: "${arn(DELEGATED, 'user/reader')}") { principalId } }`;
  expect(await gateway.ask(reader(MEMBER), query)).toEqual({ data: { one: null, other: null } });
});

describe('only as far as their own policies say', () => {
  const USER_AND_ROLE = `{ user: principal(principalId: "${WORKER}") { principalId } role: principal(principalId: "${WRITER}") { principalId } }`;

  test.each([
    ['allowed on users alone', MANAGEMENT, 'narrow', { user: { principalId: WORKER }, role: null }],
    ['nothing', MANAGEMENT, 'empty', { user: null, role: null }],
    ['all but roles of that account', DELEGATED, 'denied', { user: { principalId: WORKER }, role: null }],
  ])('%s', async (_what, account, name, data) => {
    expect(await gateway.ask(reader(account, name), USER_AND_ROLE)).toEqual({ data });
  });
});

test('service control policies bind delegated administrators, and never the management account', async () => {
  const query = `{ account(accountId: "${MEMBER}") { groups { totalCount } } }`;
  expect(await gateway.ask(reader(MANAGEMENT), query)).toEqual({ data: { account: { groups: { totalCount: 1 } } } });
  expect(faultsOf(await gateway.ask(reader(DELEGATED), query))).toEqual([
    { code: 'FORBIDDEN', message: '`groups` needs iam:ListGroups, which you are not allowed' },
  ]);
});

test('they read, and change nothing', async () => {
  const mutation = `mutation { putRolePolicy(input: { roleArn: "${WRITER}", policyName: "More", policyDocument: ${JSON.stringify(
    policy({ Effect: 'Allow', Action: '*', Resource: '*' }),
  )} }) { ... on AccessDenied { code message } } }`;
  expect(await gateway.ask(reader(MANAGEMENT, 'writes'), mutation)).toEqual({
    data: {
      putRolePolicy: {
        code: 'AccessDenied',
        message: `User: ${arn(MANAGEMENT, 'user/writes')} is not authorized to perform: iam:PutRolePolicy on resource: ${WRITER} because no resource-based policy allows the iam:PutRolePolicy action`,
      },
    },
  });
});

test('none of it costs a statement when what is asked about is in memory', async () => {
  for (const account of [MANAGEMENT, DELEGATED, STRANGER]) {
    await gateway.ask(reader(account), ASK);
    const first = gateway.services.statements.length;
    await gateway.ask(reader(account), ASK);
    expect(gateway.services.statements.slice(first)).toEqual([]);
  }
});

test('an administrator that is one no more reads no more', async () => {
  const { directory } = gateway.services;
  const organizations = guardedWorld().organizations ?? [];
  onTestFinished(async () => void (await directory.apply({ organizations })));
  await directory.apply({ organizations: organizations.map((one) => ({ ...one, delegatedAdministrators: [] })) });
  expect(await gateway.ask(reader(DELEGATED), READ)).toEqual({ data: { account: null, role: null, resource: null } });
});
