import { afterAll, beforeAll, expect, test } from 'vitest';
import { A, allow, aRole, aUser, policy, roleArn, trusts, userArn } from '../../support/policies.ts';
import { gatewayOn } from '../gateway.ts';
import { openLive } from '../live.ts';
import { OPENING, type TestServices } from '../services.ts';

// What was committed is answered, whatever becomes of the mutations behind it.

type Opened = Awaited<ReturnType<typeof openLive<'admin'>>>;

let services: TestServices;
let admin: Opened['callers']['admin'];

beforeAll(async () => {
  ({
    services,
    callers: { admin },
  } = await openLive(
    { admin: userArn('admin') },
    {
      accounts: [{ id: A, membership: 'NONE' }],
      users: [aUser('admin', [allow('*')])],
      roles: [aRole('R', [trusts({ AWS: A })])],
    },
  ));
}, OPENING);
afterAll(() => services.remove());

test('a mutation that failed, and one that is refused, leave the answers of those around them', async () => {
  const query = `mutation ($first: PutRolePolicyInput!, $last: CreateAccessKeyInput!) {
    putRolePolicy(input: $first) { ... on RoleChangeSuccess { role { inlinePolicies { name } } } }
    malformed: deleteRolePolicy(input: { roleArn: "R", policyName: "first" }) { __typename }
    importAccountAuthorizationDetails(input: { document: "{}" }) { __typename }
    createAccessKey(input: $last) { ... on CreateAccessKeySuccess { accessKeyId } }
    afterwards: deleteAccessKey(input: { principal: "alice", accessKeyId: "AKIA" }) { __typename }
  }`;
  const first = { roleArn: roleArn('R'), policyName: 'first', policyDocument: policy(allow('s3:*')) };
  const result = await gatewayOn(services).ask(admin, query, { first, last: { principal: userArn('admin') } });
  expect(result.data).toEqual({
    putRolePolicy: { role: { inlinePolicies: [{ name: 'first' }] } },
    malformed: null,
    importAccountAuthorizationDetails: null,
    createAccessKey: { accessKeyId: expect.stringMatching(/^AKIA/) },
    afterwards: null,
  });
  expect(result.errors?.map(({ path, extensions }) => [path, extensions?.['code'], extensions?.['field']])).toEqual([
    [['malformed'], 'BAD_USER_INPUT', 'input.roleArn'],
    [['importAccountAuthorizationDetails'], 'FORBIDDEN', undefined],
    [['afterwards'], 'BAD_USER_INPUT', 'input.principal'],
  ]);
  expect(await services.directory.prisma.accessKey.count({ where: { user: { arn: userArn('admin') } } })).toBe(2);
});
