import { describe, expect, test } from 'vitest';
import { demoDirectory } from '../../../src/directory/demo/demo.ts';
import { faultsOf, OPERATOR, signedIn } from '../gateway.ts';
import { openedGateway } from '../services.ts';

const ALICE = signedIn('arn:aws:iam::111111111111:user/alice');
const BOB = signedIn('arn:aws:iam::222222222222:user/bob');
const OWN_BUCKET = 'arn:aws:s3:::dev-alice';
const SHARED_BUCKET = 'arn:aws:s3:::shared-datasets';

const gateway = openedGateway(demoDirectory);

const MAY_LIST = 'query ($arn: Arn!) { resource(arn: $arn) { arn viewerCan(action: "s3:ListBucket") { allowed } } }';

describe('a resource is there for who may list or read something of it', () => {
  test('her own bucket, and the bucket of another account that lets her in', async () => {
    for (const arn of [OWN_BUCKET, SHARED_BUCKET]) {
      const { data, errors } = await gateway.ask(ALICE, MAY_LIST, { arn });
      expect(errors).toBeUndefined();
      expect(data).toEqual({ resource: { arn, viewerCan: { allowed: true } } });
    }
  });

  test('not for others, as if it were not there', async () => {
    expect(await gateway.ask(BOB, MAY_LIST, { arn: OWN_BUCKET })).toEqual({ data: { resource: null } });
    expect(await gateway.ask(BOB, MAY_LIST, { arn: 'arn:aws:s3:::nothing' })).toEqual({ data: { resource: null } });
  });

  test('its policy is told by AWS Config, and by its service to who may ask there', async () => {
    const query = 'query ($arn: Arn!) { resource(arn: $arn) { arn policy } }';
    const result = await gateway.ask(ALICE, query, { arn: SHARED_BUCKET });
    expect(result.data).toEqual({ resource: { arn: SHARED_BUCKET, policy: null } });
    expect(faultsOf(result)).toEqual([
      {
        code: 'FORBIDDEN',
        message: '`policy` needs config:GetResourceConfigHistory or s3:GetBucketPolicy, which you are not allowed',
      },
    ]);
    const toOperator = await gateway.ask(OPERATOR, query, { arn: SHARED_BUCKET });
    expect(toOperator).toMatchObject({ data: { resource: { policy: { Version: '2012-10-17' } } } });
  });
});

describe('U+0000, which no database looks up', () => {
  test.each([
    ['query ($text: Arn!) { resource(arn: $text) { arn } }', 'arn:aws:s3:::b\0', 'is not an ARN'],
    [
      'query ($text: Arn!) { decision(request: { principal: "anonymous", action: "s3:GetObject", resource: $text }) { allowed } }',
      'arn:aws:s3:::b\0',
      'is not an ARN',
    ],
    [
      'query ($text: ID!) { node(id: $text) { id } }',
      Buffer.from('Resource:arn:aws:s3:::b\0').toString('base64'),
      'is not an id that this gateway has returned',
    ],
    [
      'query ($text: String!) { account(accountId: "111111111111") { users(after: $text) { totalCount } } }',
      Buffer.from('GPC:S:a\0').toString('base64'),
      '`after` is not a cursor of this connection',
    ],
  ])('%s', async (query, text, message) => {
    const faults = faultsOf(await gateway.ask(OPERATOR, query, { text }));
    expect(faults).toMatchObject([{ code: 'BAD_USER_INPUT', message: expect.stringContaining(message) }]);
  });
});

test('the name of an account is bounded and storable', async () => {
  const query = `mutation ($name: String!) { importAccountAuthorizationDetails(input: {
    document: "{\\"UserDetailList\\":[{\\"Arn\\":\\"arn:aws:iam::777777777777:user/ann\\"}]}", accountName: $name
  }) { ... on ValidationError { field message } } }`;
  for (const name of ['', 'a\0b', 'a\ud800', 'x'.repeat(129)]) {
    expect(await gateway.ask(OPERATOR, query, { name })).toEqual({
      data: {
        importAccountAuthorizationDetails: {
          field: 'accountName',
          message: '`accountName` must have 1 to 128 characters, none of them a control character',
        },
      },
    });
  }
});

test('a policy document of 2,000 levels is refused, as an object and as text', async () => {
  const query = 'query ($input: SimulateCustomPoliciesInput!) { simulateCustomPolicies(input: $input) { allowed } }';
  const deep = `${'{"Statement":'.repeat(2000)}{}${'}'.repeat(2000)}`;
  for (const document of [deep, JSON.parse(deep) as unknown]) {
    const input = { caller: { principal: 'anonymous' }, identityPolicies: [document], requests: [] };
    const [fault] = faultsOf(await gateway.ask(OPERATOR, query, { input }));
    expect(fault).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('64 levels deep') });
  }
});
