import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Work } from '../../src/access/work.ts';
import { IAM_WRITES } from '../../src/aws/operations/iam-write/iam-write.ts';
import type { AwsContext } from '../../src/aws/operations/operation.ts';
import { awsErrorOf } from '../../src/aws/wire/errors.ts';
import { UNKNOWN_ORIGIN } from '../../src/session/call.ts';
import type { Caller } from '../../src/session/caller.ts';
import { type Gateway, gatewayOn, NOW, OPERATOR, signedIn } from '../graphql/gateway.ts';
import { arn, guardedWorld, MEMBER, policy, user } from '../graphql/guarded-world.ts';
import { OPENING, openServices, type TestServices } from '../graphql/services.ts';

// Two directories that hold the same: AWS's door stands before one, GraphQL before the other. What both do must leave the same events.

const ADMIN = arn(MEMBER, 'user/admin');
const WORKER = arn(MEMBER, 'user/worker');
const DOCUMENT = policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });
const TRUST = policy({ Effect: 'Allow', Principal: { AWS: arn(MEMBER, 'root') }, Action: 'sts:AssumeRole' });
const READS_LOGS = arn(MEMBER, 'policy/ReadsLogs');
const ORIGIN = { ...UNKNOWN_ORIGIN, requestId: 'request-1', sourceIp: '203.0.113.7', userAgent: 'aws-cli/2.9.19' };
const DEVICE = `arn:aws:iam::${MEMBER}:mfa/phone`;
const ISSUER = 'https://issuer.example/tenant';
const PROVIDER = `arn:aws:iam::${MEMBER}:oidc-provider/issuer.example/tenant`;
const JWKS = JSON.stringify({
  keys: [{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }],
});

let ours: TestServices;
let theirs: TestServices;
let graphql: Gateway;

const WORLD = guardedWorld(
  user(MEMBER, 'admin', { Effect: 'Allow', Action: 'iam:*', Resource: '*' }),
  user(MEMBER, 'temporary'),
);

type Name = keyof typeof IAM_WRITES;

function contextOf(caller: Caller): AwsContext {
  const { access, directory, catalog, sessions } = ours;
  return { access, directory, catalog, sessions, caller, now: NOW, origin: ORIGIN, request: {}, work: new Work() };
}

/** The answer of an operation, or AWS's code and status with the message of its error. */
async function atAws(name: Name, input: object, caller = signedIn(ADMIN)): Promise<unknown> {
  try {
    // as: the input is what the codec reads by the operation's own shape
    return await IAM_WRITES[name](contextOf(caller), input as never);
  } catch (error) {
    const told = awsErrorOf('iam', error);
    return told === null ? Promise.reject(error) : told;
  }
}

async function atGraphql(mutation: string, input: object, caller = signedIn(ADMIN)): Promise<unknown> {
  const type = `${mutation.slice(0, 1).toUpperCase()}${mutation.slice(1)}Input!`;
  const query = `mutation ($input: ${type}) { ${mutation}(input: $input) { __typename } }`;
  return graphql.askFrom(ORIGIN, caller, query, { input });
}

async function trailOf({ directory }: TestServices): Promise<object[]> {
  return (await directory.audit.list({ limit: 1000 })).map(({ sequence: _sequence, ...event }) => event);
}

interface Pair {
  readonly aws: Name;
  readonly input: object;
  readonly mutation: string;
  readonly theirs: object;
}

/** An operation with IAM's names, and the mutation with ARNs. */
function pair(aws: Name, input: object, mutation: string, theirs: object): Pair {
  return { aws, input, mutation, theirs };
}

const CLOSED = arn(MEMBER, 'role/Closed');
const TEMPORARY = arn(MEMBER, 'user/temporary');
const PEOPLE = arn(MEMBER, 'group/people');
const AT_MOST = arn(MEMBER, 'policy/AtMost');
const IN_MEMBER = { accountId: MEMBER };
const MADE = arn(MEMBER, 'policy/Made');
const ofClosed = { RoleName: 'Closed' };
const ofTemporary = { UserName: 'temporary' };

// In this order: each begins where the one before it ended. Those that end in an error leave its event.
const PAIRS: readonly Pair[] = [
  pair('PutRolePolicy', { ...ofClosed, PolicyName: 'New', PolicyDocument: DOCUMENT }, 'putRolePolicy', {
    roleArn: CLOSED,
    policyName: 'New',
    policyDocument: DOCUMENT,
  }),
  pair('PutRolePolicy', { ...ofClosed, PolicyName: 'a b', PolicyDocument: DOCUMENT }, 'putRolePolicy', {
    roleArn: CLOSED,
    policyName: 'a b',
    policyDocument: DOCUMENT,
  }),
  pair('DeleteRolePolicy', { ...ofClosed, PolicyName: 'New' }, 'deleteRolePolicy', {
    roleArn: CLOSED,
    policyName: 'New',
  }),
  pair('DeleteRolePolicy', { ...ofClosed, PolicyName: 'New' }, 'deleteRolePolicy', {
    roleArn: CLOSED,
    policyName: 'New',
  }),
  pair('AttachRolePolicy', { ...ofClosed, PolicyArn: READS_LOGS }, 'attachRolePolicy', {
    roleArn: CLOSED,
    policyArn: READS_LOGS,
  }),
  pair('DeleteRole', ofClosed, 'deleteRole', { roleArn: CLOSED }),
  pair('DetachRolePolicy', { ...ofClosed, PolicyArn: READS_LOGS }, 'detachRolePolicy', {
    roleArn: CLOSED,
    policyArn: READS_LOGS,
  }),
  pair('UpdateAssumeRolePolicy', { ...ofClosed, PolicyDocument: TRUST }, 'updateAssumeRolePolicy', {
    roleArn: CLOSED,
    policyDocument: TRUST,
  }),
  pair('PutRolePermissionsBoundary', { ...ofClosed, PermissionsBoundary: AT_MOST }, 'putRolePermissionsBoundary', {
    roleArn: CLOSED,
    permissionsBoundary: AT_MOST,
  }),
  pair('DeleteRolePermissionsBoundary', ofClosed, 'deleteRolePermissionsBoundary', { roleArn: CLOSED }),
  pair('DeleteRolePolicy', { ...ofClosed, PolicyName: 'Own' }, 'deleteRolePolicy', {
    roleArn: CLOSED,
    policyName: 'Own',
  }),
  pair('DeleteRole', ofClosed, 'deleteRole', { roleArn: CLOSED }),
  pair('DeleteRole', ofClosed, 'deleteRole', { roleArn: CLOSED }),
  pair('PutUserPolicy', { ...ofTemporary, PolicyName: 'New', PolicyDocument: DOCUMENT }, 'putUserPolicy', {
    userArn: TEMPORARY,
    policyName: 'New',
    policyDocument: DOCUMENT,
  }),
  pair('DeleteUserPolicy', { ...ofTemporary, PolicyName: 'New' }, 'deleteUserPolicy', {
    userArn: TEMPORARY,
    policyName: 'New',
  }),
  pair('AttachUserPolicy', { ...ofTemporary, PolicyArn: READS_LOGS }, 'attachUserPolicy', {
    userArn: TEMPORARY,
    policyArn: READS_LOGS,
  }),
  pair('DetachUserPolicy', { ...ofTemporary, PolicyArn: READS_LOGS }, 'detachUserPolicy', {
    userArn: TEMPORARY,
    policyArn: READS_LOGS,
  }),
  pair('PutUserPermissionsBoundary', { ...ofTemporary, PermissionsBoundary: AT_MOST }, 'putUserPermissionsBoundary', {
    userArn: TEMPORARY,
    permissionsBoundary: AT_MOST,
  }),
  pair('DeleteUserPermissionsBoundary', ofTemporary, 'deleteUserPermissionsBoundary', { userArn: TEMPORARY }),
  pair('AddUserToGroup', { ...ofTemporary, GroupName: 'people' }, 'addUserToGroup', {
    userArn: TEMPORARY,
    groupArn: PEOPLE,
  }),
  pair('RemoveUserFromGroup', { ...ofTemporary, GroupName: 'people' }, 'removeUserFromGroup', {
    userArn: TEMPORARY,
    groupArn: PEOPLE,
  }),
  pair('CreateAccessKey', ofTemporary, 'createAccessKey', { principal: TEMPORARY }),
  pair(
    'UpdateAccessKey',
    { ...ofTemporary, AccessKeyId: 'AKIANONENONENONENONE', Status: 'Inactive' },
    'updateAccessKey',
    {
      principal: TEMPORARY,
      accessKeyId: 'AKIANONENONENONENONE',
      active: false,
    },
  ),
  pair('DeleteAccessKey', { ...ofTemporary, AccessKeyId: 'AKIANONENONENONENONE' }, 'deleteAccessKey', {
    principal: TEMPORARY,
    accessKeyId: 'AKIANONENONENONENONE',
  }),
  pair('CreateVirtualMFADevice', { VirtualMFADeviceName: 'phone' }, 'createVirtualMfaDevice', {
    accountId: MEMBER,
    name: 'phone',
  }),
  pair('CreateVirtualMFADevice', { VirtualMFADeviceName: 'phone' }, 'createVirtualMfaDevice', {
    accountId: MEMBER,
    name: 'phone',
  }),
  pair(
    'EnableMFADevice',
    { ...ofTemporary, SerialNumber: DEVICE, AuthenticationCode1: '000', AuthenticationCode2: '000' },
    'enableMfaDevice',
    { userArn: TEMPORARY, serialNumber: DEVICE, authenticationCode1: '000', authenticationCode2: '000' },
  ),
  pair('DeactivateMFADevice', { ...ofTemporary, SerialNumber: DEVICE }, 'deactivateMfaDevice', {
    userArn: TEMPORARY,
    serialNumber: DEVICE,
  }),
  pair('DeleteVirtualMFADevice', { SerialNumber: DEVICE }, 'deleteVirtualMfaDevice', { serialNumber: DEVICE }),
  pair('CreateOpenIDConnectProvider', { Url: ISSUER, ClientIDList: ['app'] }, 'createOidcProvider', {
    accountId: MEMBER,
    url: ISSUER,
    clientIds: ['app'],
    jwks: JWKS,
  }),
  pair('CreateOpenIDConnectProvider', { Url: ISSUER, ClientIDList: ['app'] }, 'createOidcProvider', {
    accountId: MEMBER,
    url: ISSUER,
    clientIds: ['app'],
    jwks: JWKS,
  }),
  pair('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn: PROVIDER }, 'deleteOidcProvider', { arn: PROVIDER }),
  pair('DeleteUser', ofTemporary, 'deleteUser', { userArn: TEMPORARY }),
  pair('CreateUser', { UserName: 'made', Tags: [{ Key: 'team', Value: 'a' }] }, 'createUser', {
    ...IN_MEMBER,
    userName: 'made',
    tags: [{ key: 'team', value: 'a' }],
  }),
  pair('CreateUser', { UserName: 'MADE' }, 'createUser', { ...IN_MEMBER, userName: 'MADE' }),
  pair('CreateUser', { UserName: 'a b' }, 'createUser', { ...IN_MEMBER, userName: 'a b' }),
  pair('UpdateUser', { UserName: 'made', NewUserName: 'remade' }, 'updateUser', {
    userArn: arn(MEMBER, 'user/made'),
    newUserName: 'remade',
  }),
  pair('UntagUser', { UserName: 'remade', TagKeys: ['team'] }, 'untagUser', {
    userArn: arn(MEMBER, 'user/remade'),
    tagKeys: ['team'],
  }),
  pair('CreateGroup', { GroupName: 'made' }, 'createGroup', { ...IN_MEMBER, groupName: 'made' }),
  pair('PutGroupPolicy', { GroupName: 'made', PolicyName: 'P', PolicyDocument: DOCUMENT }, 'putGroupPolicy', {
    groupArn: arn(MEMBER, 'group/made'),
    policyName: 'P',
    policyDocument: DOCUMENT,
  }),
  pair('DeleteGroup', { GroupName: 'made' }, 'deleteGroup', { groupArn: arn(MEMBER, 'group/made') }),
  pair('CreatePolicy', { PolicyName: 'Made', PolicyDocument: DOCUMENT }, 'createPolicy', {
    ...IN_MEMBER,
    policyName: 'Made',
    policyDocument: DOCUMENT,
  }),
  pair('CreatePolicyVersion', { PolicyArn: MADE, PolicyDocument: DOCUMENT }, 'createPolicyVersion', {
    policyArn: MADE,
    policyDocument: DOCUMENT,
  }),
  pair('DeletePolicyVersion', { PolicyArn: MADE, VersionId: 'v1' }, 'deletePolicyVersion', {
    policyArn: MADE,
    versionId: 'v1',
  }),
  pair('CreateRole', { RoleName: 'Made', AssumeRolePolicyDocument: TRUST }, 'createRole', {
    ...IN_MEMBER,
    roleName: 'Made',
    assumeRolePolicyDocument: TRUST,
  }),
  pair('CreateInstanceProfile', { InstanceProfileName: 'Made' }, 'createInstanceProfile', {
    ...IN_MEMBER,
    instanceProfileName: 'Made',
  }),
  pair('AddRoleToInstanceProfile', { InstanceProfileName: 'Made', RoleName: 'Made' }, 'addRoleToInstanceProfile', {
    instanceProfileArn: arn(MEMBER, 'instance-profile/Made'),
    roleArn: arn(MEMBER, 'role/Made'),
  }),
  pair('CreateAccountAlias', { AccountAlias: 'Made' }, 'createAccountAlias', { ...IN_MEMBER, accountAlias: 'Made' }),
];

describe('at both doors', () => {
  beforeAll(async () => {
    [ours, theirs] = await Promise.all([openServices(WORLD), openServices(WORLD)]);
    graphql = gatewayOn(theirs);
  }, OPENING);
  afterAll(() => Promise.all([ours.remove(), theirs.remove()]));

  test('whatever is done leaves the same events, user agent and failures included', async () => {
    for (const { aws, input, mutation, theirs: theirInput } of PAIRS) {
      await atAws(aws, input);
      expect({ mutation, answer: await atGraphql(mutation, theirInput) }).not.toHaveProperty('answer.errors');
    }
    for (const { aws, input, mutation, theirs: theirInput } of PAIRS) {
      await atAws(aws, input, signedIn(WORKER));
      await atGraphql(mutation, theirInput, signedIn(WORKER));
    }
    const events = await trailOf(ours);
    expect(events).toEqual(await trailOf(theirs));
    const own = events.filter((event) => 'userAgent' in event && event.userAgent === ORIGIN.userAgent);
    // Failures that repeat others are counted at their events.
    const times = own.map((event) => ('count' in event ? Number(event.count) : 0));
    expect(times.reduce((sum, count) => sum + count, 0)).toBe(2 * PAIRS.length);
    const ends = new Set(own.map((event) => ('outcome' in event ? event.outcome : null)));
    expect(ends).toEqual(new Set(['SUCCEEDED', 'FAILED', 'REFUSED']));
  });
});

describe('IAM’s words at AWS’s door', () => {
  beforeAll(async () => {
    ours = await openServices(WORLD);
  }, OPENING);
  afterAll(() => ours.remove());

  test('permission comes first, existence second', async () => {
    const refused = await atAws('DeleteRole', { RoleName: 'Nowhere' }, signedIn(WORKER));
    expect(refused).toMatchObject({
      status: 403,
      code: 'AccessDenied',
      message: expect.stringContaining(`${WORKER} is not authorized to perform: iam:DeleteRole on resource: `),
    });
    expect(await atAws('DeleteRole', { RoleName: 'Nowhere' })).toEqual({
      status: 404,
      code: 'NoSuchEntity',
      message: 'The role with name Nowhere cannot be found.',
    });
  });

  test('an entity with a path is found by its name, in any case', async () => {
    expect(
      await atAws('PutRolePolicy', { RoleName: 'writer', PolicyName: 'More', PolicyDocument: DOCUMENT }),
    ).toBeNull();
    const last = (await trailOf(ours)).at(-1);
    expect(last).toMatchObject({ event: 'PutRolePolicy', target: arn(MEMBER, 'role/team/Writer') });
    expect(await atAws('DeleteRolePolicy', { RoleName: 'Writer', PolicyName: 'More' })).toBeNull();
  });

  test('a user with dependents is not deleted', async () => {
    expect(await atAws('DeleteUser', { UserName: 'worker' })).toMatchObject({ status: 409, code: 'DeleteConflict' });
  });

  test('a key is made and shown once; a user has two at most', async () => {
    const made = await atAws('CreateAccessKey', {});
    expect(made).toEqual({
      AccessKey: {
        UserName: 'admin',
        AccessKeyId: expect.stringMatching(/^AKIA/),
        Status: 'Active',
        SecretAccessKey: expect.any(String),
        CreateDate: new Date(NOW),
      },
    });
    await atAws('CreateAccessKey', {});
    expect(await atAws('CreateAccessKey', {})).toMatchObject({ status: 409, code: 'LimitExceeded' });
    for (const { id } of await ours.directory.prisma.accessKey.findMany({ where: { user: { arn: ADMIN } } })) {
      expect(await atAws('UpdateAccessKey', { AccessKeyId: id, Status: 'Inactive' })).toBeNull();
      expect(await atAws('DeleteAccessKey', { AccessKeyId: id })).toBeNull();
    }
  });

  test('a name that is left out means the calling user, and a role session is none', async () => {
    const session = signedIn(`arn:aws:sts::${MEMBER}:assumed-role/Writer/s`);
    expect(await atAws('CreateAccessKey', {}, session)).toMatchObject({
      status: 400,
      code: 'ValidationError',
      message: 'Must specify userName when calling with non-User credentials',
    });
  });

  test('the seed of a device is in Base32; its picture is not made', async () => {
    const made = await atAws('CreateVirtualMFADevice', { VirtualMFADeviceName: 'tablet' });
    expect(made).toEqual({
      VirtualMFADevice: { SerialNumber: `arn:aws:iam::${MEMBER}:mfa/tablet`, Base32StringSeed: expect.any(Uint8Array) },
    });
  });

  test('clients of a provider are added and removed one by one', async () => {
    const url = 'https://clients.example';
    const made = await atAws('CreateOpenIDConnectProvider', { Url: url });
    const provider = { OpenIDConnectProviderArn: `arn:aws:iam::${MEMBER}:oidc-provider/clients.example` };
    expect(made).toEqual(provider);
    const add = (ClientID: string) => atAws('AddClientIDToOpenIDConnectProvider', { ...provider, ClientID });
    const remove = (ClientID: string) => atAws('RemoveClientIDFromOpenIDConnectProvider', { ...provider, ClientID });
    const clientIds = async () =>
      (await ours.directory.oidcProviders.find(provider.OpenIDConnectProviderArn))?.clientIds;
    for (const id of ['one', 'two', 'two']) expect(await add(id)).toBeNull();
    expect(await clientIds()).toEqual(['one', 'two']);
    for (const id of ['one', 'one']) expect(await remove(id)).toBeNull();
    expect(await clientIds()).toEqual(['two']);
    expect(await add('')).toMatchObject({ status: 400, code: 'ValidationError' });
    for (let i = 0; i < 99; i += 1)
      await ours.directory.oidcProviders.addClientId(provider.OpenIDConnectProviderArn, `c${i}`, 100);
    expect(await add('one too many')).toMatchObject({ status: 409, code: 'LimitExceeded' });
    expect(
      await atAws('AddClientIDToOpenIDConnectProvider', { ...provider, ClientID: 'x' }, signedIn(WORKER)),
    ).toMatchObject({
      status: 403,
      code: 'AccessDenied',
    });
    const kinds = (await trailOf(ours)).filter(
      (event) => 'target' in event && event.target === provider.OpenIDConnectProviderArn,
    );
    expect(kinds).toContainEqual(
      expect.objectContaining({
        event: 'AddClientIDToOpenIDConnectProvider',
        parameters: { clientId: 'one' },
        outcome: 'SUCCEEDED',
      }),
    );
    expect(kinds).toContainEqual(
      expect.objectContaining({ event: 'AddClientIDToOpenIDConnectProvider', outcome: 'REFUSED' }),
    );
  });

  test('what the gateway would lose in silence is refused', async () => {
    const tags = [{ Key: 'team', Value: 'logs' }];
    const refused = { status: 400, code: 'ValidationError' };
    expect(await atAws('CreateOpenIDConnectProvider', { Url: 'https://tags.example', Tags: tags })).toMatchObject(
      refused,
    );
    expect(await atAws('CreateVirtualMFADevice', { VirtualMFADeviceName: 'x', Tags: tags })).toMatchObject(refused);
    expect(await atAws('CreateVirtualMFADevice', { VirtualMFADeviceName: 'x', Path: '/team/' })).toMatchObject(refused);
  });

  test.each<readonly [Name, object, number, string]>([
    ['AttachRolePolicy', { RoleName: 'Writer', PolicyArn: 'ReadsLogs' }, 400, 'InvalidInput'],
    ['AttachRolePolicy', { RoleName: 'Writer', PolicyArn: arn(MEMBER, 'policy/None') }, 404, 'NoSuchEntity'],
    [
      'AttachRolePolicy',
      { RoleName: 'Writer', PolicyArn: 'arn:aws:iam::aws:policy/aws-service-role/AWSSupportServiceRolePolicy' },
      400,
      'PolicyNotAttachable',
    ],
    ['AttachRolePolicy', { RoleName: 'Writer', PolicyArn: `${READS_LOGS}\0` }, 400, 'InvalidInput'],
    ['PutRolePolicy', { RoleName: 'Writer', PolicyName: 'P', PolicyDocument: '{' }, 400, 'MalformedPolicyDocument'],
    ['DeleteRolePolicy', { RoleName: 'Writer', PolicyName: 'a\0b' }, 400, 'ValidationError'],
    ['DeleteUser', { UserName: 'no/name' }, 400, 'ValidationError'],
    ['UpdateAccessKey', { AccessKeyId: 'AKIANONENONENONENONE', Status: 'On' }, 400, 'ValidationError'],
    ['UpdateAccessKey', { AccessKeyId: 'AKIANONENONENONENONE', Status: 'Active' }, 404, 'NoSuchEntity'],
    ['DeleteVirtualMFADevice', { SerialNumber: 'GAHT12345678' }, 400, 'ValidationError'],
    ['DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn: `${PROVIDER}/none` }, 404, 'NoSuchEntity'],
    ['AddUserToGroup', { UserName: 'worker', GroupName: 'none' }, 404, 'NoSuchEntity'],
  ])('%s %j: %i %s', async (name, input, status, code) => {
    expect(await atAws(name, input)).toMatchObject({ status, code });
  });

  test('the operator has no signature, and no account to name entities in', async () => {
    expect(await atAws('DeleteUser', { UserName: 'worker' }, OPERATOR)).toMatchObject({
      code: 'MissingAuthenticationToken',
    });
  });
});
