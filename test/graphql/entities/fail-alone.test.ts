import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, gatewayOn, OPERATOR, signedIn } from '../gateway.ts';
import { arn, guardedWorld, MEMBER, STRANGER, user } from '../guarded-world.ts';
import { OPENING, openServices, type TestServices } from '../services.ts';

const LISTS_USERS = signedIn(arn(MEMBER, 'user/lister'));
const NOBODY = signedIn(arn(MEMBER, 'user/nobody'));
const WORKER = arn(MEMBER, 'user/worker');

let services: TestServices;
let gateway: Gateway;

beforeAll(async () => {
  services = await openServices(
    guardedWorld(user(MEMBER, 'lister', { Effect: 'Allow', Action: 'iam:ListUsers', Resource: '*' })),
  );
  gateway = gatewayOn(services);
}, OPENING);
afterAll(() => services.remove());

async function ask(caller: Parameters<Gateway['ask']>[0], query: string) {
  const { data, errors } = await gateway.ask(caller, query);
  return { data, errors: errors?.map(({ message, path, extensions }) => ({ message, path, extensions })) };
}

const denied = (path: readonly string[], needs: string) => ({
  message: `\`${path.at(-1)}\` needs ${needs}, which you are not allowed`,
  path,
  extensions: { code: 'FORBIDDEN' },
});

describe('a field that needs a right of its own', () => {
  test('is null where the caller lacks it, with an error at its path; lists beside it answer', async () => {
    const { data, errors } = await ask(
      LISTS_USERS,
      '{ viewer { account { users { nodes { name } } roles { nodes { name } } } } }',
    );
    const names = ['lister', 'nobody', 'reader', 'worker'];
    const { users, roles } = (data as { viewer: { account: { users: { nodes: { name: string }[] }; roles: null } } })
      .viewer.account; // as: asserted here
    expect(users.nodes.map(({ name }) => name).sort()).toEqual(names);
    expect(roles).toBeNull();
    expect(errors).toEqual([denied(['viewer', 'account', 'roles'], 'iam:ListRoles')]);
  });

  test('leaves all else of an entity, whichever one it is', async () => {
    const { data, errors } = await ask(
      LISTS_USERS,
      `{ viewer { account { users(first: 1) { nodes { path uniqueId tags { key } groups { name } attachedPolicies { name }
        inlinePolicies { name } accessKeys { accessKeyId } mfaDevices { serialNumber } permissionsBoundary { name } } } } } }`,
    );
    expect(data).toEqual({
      viewer: {
        account: {
          users: {
            nodes: [
              {
                path: '/',
                uniqueId: expect.stringMatching(/^AIDA/),
                tags: null,
                groups: null,
                attachedPolicies: null,
                inlinePolicies: null,
                accessKeys: null,
                mfaDevices: null,
                permissionsBoundary: null,
              },
            ],
          },
        },
      },
    });
    expect(errors?.map(({ path }) => path?.slice(0, -1).join('.'))).toEqual(
      Array.from({ length: 7 }, () => 'viewer.account.users.nodes.0'),
    );
  });

  test('is null alone in an operation with others: lists of the trail and of sessions too', async () => {
    const { data, errors } = await ask(
      NOBODY,
      '{ viewer { principal { name } } roleSessions(first: 1001) { totalCount } auditEvents(first: 1) { totalCount } }',
    );
    expect(data).toEqual({ viewer: { principal: { name: 'nobody' } }, roleSessions: null, auditEvents: null });
    expect(errors?.map(({ path, extensions }) => [path, extensions?.['code']])).toEqual([
      [['roleSessions'], 'BAD_USER_INPUT'],
      [['auditEvents'], 'FORBIDDEN'],
    ]);
  });
});

test('one’s own account answers its id and its name without any right, and that of somebody else only by number', async () => {
  const account = 'account { id accountId name }';
  const id = Buffer.from(`Account:${MEMBER}`).toString('base64');
  const own = { id, accountId: MEMBER, name: 'Account 200' };
  expect(await ask(NOBODY, `{ viewer { ${account} principal { ${account} } } }`)).toEqual({
    data: { viewer: { account: own, principal: { account: own } } },
  });
  const far = await ask(NOBODY, `{ principal(principalId: "${STRANGER}") { ${account} } }`);
  expect(far.data).toEqual({
    principal: { account: { id: expect.any(String), accountId: STRANGER, name: null } },
  });
  expect(far.errors).toEqual([denied(['principal', 'account', 'name'], 'account:GetAccountInformation')]);
});

describe('every principal has its ARN, name and account, where there is one', () => {
  const fields = '{ __typename principalId arn name account { accountId } }';
  const member = { accountId: MEMBER };

  test.each([
    [WORKER, { __typename: 'User', principalId: WORKER, arn: WORKER, name: 'worker', account: member }],
    [
      arn(MEMBER, 'role/team/Writer'),
      {
        __typename: 'Role',
        principalId: arn(MEMBER, 'role/team/Writer'),
        arn: arn(MEMBER, 'role/team/Writer'),
        name: 'Writer',
        account: member,
      },
    ],
    [
      MEMBER,
      {
        __typename: 'RootUser',
        principalId: arn(MEMBER, 'root'),
        arn: arn(MEMBER, 'root'),
        name: null,
        account: member,
      },
    ],
    [
      `arn:aws:sts::${MEMBER}:federated-user/carol`,
      {
        __typename: 'FederatedUser',
        principalId: `arn:aws:sts::${MEMBER}:federated-user/carol`,
        arn: `arn:aws:sts::${MEMBER}:federated-user/carol`,
        name: 'carol',
        account: member,
      },
    ],
    [
      'ec2.amazonaws.com',
      {
        __typename: 'ServicePrincipal',
        principalId: 'ec2.amazonaws.com',
        arn: null,
        name: 'ec2.amazonaws.com',
        account: null,
      },
    ],
    ['anonymous', { __typename: 'AnonymousPrincipal', principalId: 'anonymous', arn: null, name: null, account: null }],
  ])('%s', async (principalId, expected) => {
    expect(await ask(OPERATOR, `{ principal(principalId: "${principalId}") ${fields} }`)).toEqual({
      data: { principal: expected },
    });
  });

  test('in a list of them, without a fragment', async () => {
    const { data, errors } = await ask(
      OPERATOR,
      '{ whoCan(action: "s3:PutObject", resource: "arn:aws:s3:::logs/1") { nodes { principal { name account { accountId } } } } }',
    );
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      whoCan: {
        nodes: expect.arrayContaining([
          { principal: { name: 'worker', account: member } },
          { principal: { name: 'Writer', account: member } },
        ]),
      },
    });
  });
});

test('fragments on a connection are shared by all that lists its noun', async () => {
  const { data, errors } = await ask(
    OPERATOR,
    `query { account(accountId: "${MEMBER}") { roles { ...Names nodes { sessions { ...Sessions } } } }
             other: account(accountId: "${STRANGER}") { roles { ...Names } }
             roleSessions { ...Sessions } }
     fragment Names on RoleConnection { totalCount nodes { name } edges { node { name } } }
     fragment Sessions on RoleSessionConnection { totalCount nodes { name } }`,
  );
  expect(errors).toBeUndefined();
  const none = { totalCount: 0, nodes: [] };
  expect(data).toMatchObject({
    account: { roles: { totalCount: 2, nodes: [{ sessions: none }, { sessions: none }] } },
    other: { roles: { totalCount: 1, nodes: [{ name: 'Far' }], edges: [{ node: { name: 'Far' } }] } },
    roleSessions: none,
  });
});
