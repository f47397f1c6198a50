import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/session/caller.ts';
import { A, allow, aRole, aUser, roleArn, trusts, userArn } from '../../support/policies.ts';
import { ANONYMOUS, NOW, OPERATOR } from '../gateway.ts';
import { type Live, liveGateway } from '../live.ts';
import { OPENING, openServices, type TestServices } from '../services.ts';

const alice = userArn('alice');
const QUEUE = `arn:aws:sqs:eu-west-1:${A}:q`;
const PROFILE = `arn:aws:iam::${A}:instance-profile/Web`;
const VIEWER = 'viewer { userId account { accountId } principal { __typename principalId } }';

let services: TestServices;
let live: Live;
let caller: Caller;
let ec2: Caller;

beforeAll(async () => {
  const forInstance = {
    ArnLike: { 'aws:SourceArn': `arn:aws:ec2:*:${A}:instance/*` },
    StringEquals: { 'aws:SourceAccount': A },
  };
  services = await openServices({
    accounts: [{ id: A, membership: 'NONE' }],
    users: [aUser('alice', [allow(['sqs:*', 'iam:*', 'sts:GetFederationToken'])]), aUser('bob', [allow('sqs:*')])],
    accessKeys: [
      { id: 'AKIAALICEAAAAAAAAAAA', user: alice },
      { id: 'AKIABOBAAAAAAAAAAAAA', user: userArn('bob') },
      { id: 'AKIAEC2AAAAAAAAAAAAA', service: 'ec2.amazonaws.com' },
    ],
    roles: [aRole('Web', [trusts({ Service: 'ec2.amazonaws.com' }, { condition: forInstance })])],
    instanceProfiles: [{ arn: PROFILE, role: roleArn('Web') }],
  });
  live = liveGateway(services);
  caller = await services.signIn('AKIAALICEAAAAAAAAAAA');
  ec2 = await services.signIn('AKIAEC2AAAAAAAAAAAAA');
}, OPENING);
afterAll(() => services.remove());

describe('getSessionToken', () => {
  const TOKEN = '... on GetSessionTokenSuccess { credentials { accessKeyId sessionToken expiration } }';

  test('gives temporary credentials of the user itself; without MFA they cannot call IAM', async () => {
    const { credentials } = await live.mutate(caller, 'getSessionToken', {}, TOKEN);
    expect(credentials).toMatchObject({
      accessKeyId: expect.stringMatching(/^ASIA/),
      expiration: new Date(NOW + 43_200_000).toISOString(),
    });
    const token = await services.signInWith(credentials.sessionToken);
    expect(await live.ask(token, `{ ${VIEWER} }`)).toEqual({
      viewer: {
        userId: expect.stringMatching(/^AIDA/),
        account: { accountId: A },
        principal: { __typename: 'User', principalId: alice },
      },
    });
    expect(await live.mutate(token, 'createAccessKey', { principal: alice })).toMatchObject({
      __typename: 'AccessDenied',
      message: expect.stringContaining('credentials of sts:GetSessionToken that were made without MFA cannot call IAM'),
    });
    expect(await live.mutate(token, 'getSessionToken', {})).toMatchObject({
      __typename: 'AccessDenied',
      message: 'Cannot call GetSessionToken with session credentials',
    });
  });

  test.each([899, 129_601])('lasts not %i seconds', async (durationSeconds) => {
    expect(await live.mutate(caller, 'getSessionToken', { durationSeconds })).toMatchObject({
      __typename: 'ValidationError',
      field: 'durationSeconds',
    });
  });

  test('is for users', async () => {
    expect(await live.mutate(OPERATOR, 'getSessionToken', {})).toMatchObject({ __typename: 'AccessDenied' });
    expect(await live.mutate(ec2, 'getSessionToken', {})).toMatchObject({ __typename: 'AccessDenied' });
    const query = 'mutation { getSessionToken { __typename } }';
    expect((await live.fail(ANONYMOUS, query))[0]).toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('getFederationToken', () => {
  const TOKEN = `... on GetFederationTokenSuccess { federatedUser { __typename principalId } federatedUserId packedPolicySize
    credentials { sessionToken expiration } }`;
  const sqs = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }] };

  test('gives credentials of a federated user, who may what its policies and its user’s both allow', async () => {
    const input = { name: 'guest', durationSeconds: 900, sessionPolicies: [sqs] };
    const { credentials, ...made } = await live.mutate(caller, 'getFederationToken', input, TOKEN);
    const principalId = `arn:aws:sts::${A}:federated-user/guest`;
    expect(made).toEqual({
      __typename: 'GetFederationTokenSuccess',
      federatedUser: { __typename: 'FederatedUser', principalId },
      federatedUserId: `${A}:guest`,
      packedPolicySize: expect.any(Number),
    });
    expect(credentials.expiration).toBe(new Date(NOW + 900_000).toISOString());
    const guest = await services.signInWith(credentials.sessionToken);
    const may = `can(action: "sqs:SendMessage", resource: "${QUEUE}") { allowed }`;
    expect(await live.ask(guest, `{ ${VIEWER} own: viewer { principal { ${may} } } }`)).toEqual({
      viewer: {
        userId: `${A}:guest`,
        account: { accountId: A },
        principal: { __typename: 'FederatedUser', principalId },
      },
      own: { principal: { can: { allowed: true } } },
    });
    expect(await live.mutate(guest, 'getFederationToken', { name: 'other' })).toMatchObject({
      __typename: 'AccessDenied',
    });
  });

  test.each([
    [{ name: 'x' }, 'ValidationError'],
    [{ name: 'guest', durationSeconds: 129_601 }, 'ValidationError'],
    [{ name: 'guest', sessionPolicies: ['{'] }, 'MalformedPolicyDocument'],
    [{ name: 'guest', sessionPolicyArns: [`arn:aws:iam::${A}:policy/None`] }, 'ValidationError'],
  ])('refuses %j', async (input, failure) => {
    expect(await live.mutate(caller, 'getFederationToken', input)).toMatchObject({ __typename: failure });
  });

  test('takes sts:GetFederationToken', async () => {
    const bob = await services.signIn('AKIABOBAAAAAAAAAAAAA');
    expect(await live.mutate(bob, 'getFederationToken', { name: 'guest' })).toMatchObject({
      __typename: 'AccessDenied',
      decision: { deniedBy: 'IDENTITY_POLICY' },
    });
  });
});

describe('a service', () => {
  const ASSUMED = '... on AssumeRoleSuccess { roleSession { arn assumedBy { principalId } } }';
  const source = { sourceArn: `arn:aws:ec2:eu-west-1:${A}:instance/i-0123456789abcdef0`, sourceAccount: A };
  const instance = { instanceProfile: PROFILE, instanceId: 'i-0123456789abcdef0' };
  const session = {
    arn: `arn:aws:sts::${A}:assumed-role/Web/i-0123456789abcdef0`,
    assumedBy: { principalId: 'ec2.amazonaws.com' },
  };

  test('is of no account', async () => {
    expect(await live.ask(ec2, `{ ${VIEWER} }`)).toEqual({
      viewer: {
        userId: 'ec2.amazonaws.com',
        account: null,
        principal: { __typename: 'ServicePrincipal', principalId: 'ec2.amazonaws.com' },
      },
    });
  });

  test('takes the role of an instance profile, for the resource that it says', async () => {
    const assumed = await live.mutate(ec2, 'assumeInstanceProfile', { ...instance, ...source }, ASSUMED);
    expect(assumed.roleSession).toEqual(session);
    const role = { role: roleArn('Web'), roleSessionName: instance.instanceId };
    expect((await live.mutate(ec2, 'assumeRole', { ...role, ...source }, ASSUMED)).roleSession).toEqual(session);
    expect(await live.mutate(ec2, 'assumeInstanceProfile', instance)).toMatchObject({
      __typename: 'AccessDenied',
      decision: { deniedBy: 'TRUST_POLICY' },
    });
  });

  test('knows of no profile that is not there, and nobody else takes one', async () => {
    const missing = { ...instance, instanceProfile: `arn:aws:iam::${A}:instance-profile/None` };
    expect(await live.mutate(ec2, 'assumeInstanceProfile', missing)).toMatchObject({ __typename: 'AccessDenied' });
    expect(await live.mutate(caller, 'assumeInstanceProfile', instance)).toMatchObject({ __typename: 'AccessDenied' });
    const role = { role: roleArn('Web'), roleSessionName: 'alice', ...source };
    expect(await live.mutate(caller, 'assumeRole', role)).toMatchObject({ __typename: 'ValidationError' });
  });
});
