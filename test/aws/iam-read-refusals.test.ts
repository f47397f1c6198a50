import * as iam from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { IAM_READS } from '../../src/aws/operations/iam-read/iam-reads.ts';
import { iamClient, nextKeyId, userWhoMay } from './iam-clients.ts';
import {
  ACCOUNT,
  DEVICE,
  EC2_KEY,
  iamArn,
  LIMITS,
  NOBODY_KEY,
  PROVIDER,
  READER_KEY,
  startedIamWorld,
} from './iam-world.ts';

// Permission first, existence second: who may not gets one answer, whether it is there or not.

const started = startedIamWorld();

const IAM = new Map(Object.entries(iam));

/** Sends the operation with this name. */
function send(keyId: string, operation: string, input: object): Promise<object> {
  // as: the SDK has a class for every operation, and all are made from their input
  const Command = IAM.get(`${operation}Command`) as new (given: object) => iam.GetUserCommand;
  return iamClient(started, keyId).send(new Command(input));
}

function denied(operation: string, resource: string | null, user = 'nobody'): object {
  const on = resource === null ? '' : ` on resource: ${resource}`;
  const why = `no identity-based policy allows the iam:${operation} action`;
  const message = `User: ${iamArn(`user/${user}`)} is not authorized to perform: iam:${operation}${on} because ${why}`;
  return { name: 'AccessDenied', message };
}

interface Named {
  readonly operation: string;
  readonly present: object;
  /** Input that names what is not there. */
  readonly absent: object;
  /** How IAM calls both in refusals. */
  readonly resources: readonly [present: string, absent: string];
  readonly noSuch: string;
}

const USER: Omit<Named, 'operation'> = {
  present: { UserName: 'Carol' },
  absent: { UserName: 'Nope' },
  resources: ['user Carol', 'user Nope'],
  noSuch: 'The user with name Nope cannot be found.',
};
const ROLE: Omit<Named, 'operation'> = {
  present: { RoleName: 'Runner' },
  absent: { RoleName: 'Nope' },
  resources: ['role Runner', 'role Nope'],
  noSuch: 'The role with name Nope cannot be found.',
};
const GROUP: Omit<Named, 'operation'> = {
  present: { GroupName: 'Operators' },
  absent: { GroupName: 'Nope' },
  resources: ['group Operators', 'group Nope'],
  noSuch: 'The group with name Nope cannot be found.',
};
const NOPE = iamArn('policy/Nope');
const POLICY: Omit<Named, 'operation'> = {
  present: { PolicyArn: LIMITS },
  absent: { PolicyArn: NOPE },
  resources: [`policy ${LIMITS}`, `policy ${NOPE}`],
  noSuch: `Policy ${NOPE} was not found.`,
};
const NO_PROVIDER = iamArn('oidc-provider/nope.example.com');

const also = (named: Omit<Named, 'operation'>, input: object): Omit<Named, 'operation'> => ({
  ...named,
  present: { ...named.present, ...input },
  absent: { ...named.absent, ...input },
});

const NAMED: readonly Named[] = [
  ...['GetUser', 'ListGroupsForUser', 'ListUserPolicies', 'ListAttachedUserPolicies', 'ListUserTags'].map(
    (operation) => ({
      operation,
      ...USER,
    }),
  ),
  ...['ListAccessKeys', 'ListMFADevices'].map((operation) => ({ operation, ...USER })),
  { operation: 'GetUserPolicy', ...also(USER, { PolicyName: 'Zeta' }) },
  { operation: 'GetMFADevice', ...also(USER, { SerialNumber: DEVICE }) },
  ...['GetRole', 'ListRolePolicies', 'ListAttachedRolePolicies', 'ListRoleTags', 'ListInstanceProfilesForRole'].map(
    (operation) => ({ operation, ...ROLE }),
  ),
  { operation: 'GetRolePolicy', ...also(ROLE, { PolicyName: 'Run' }) },
  ...['GetGroup', 'ListGroupPolicies', 'ListAttachedGroupPolicies'].map((operation) => ({ operation, ...GROUP })),
  { operation: 'GetGroupPolicy', ...also(GROUP, { PolicyName: 'None' }) },
  ...['GetPolicy', 'ListPolicyVersions', 'ListPolicyTags', 'ListEntitiesForPolicy'].map((operation) => ({
    operation,
    ...POLICY,
  })),
  { operation: 'GetPolicyVersion', ...also(POLICY, { VersionId: 'v1' }) },
  ...['GetInstanceProfile', 'ListInstanceProfileTags'].map((operation) => ({
    operation,
    present: { InstanceProfileName: 'Runner' },
    absent: { InstanceProfileName: 'Nope' },
    resources: ['instance profile Runner', 'instance profile Nope'] as const,
    noSuch: 'Instance Profile Nope cannot be found.',
  })),
  {
    operation: 'GetOpenIDConnectProvider',
    present: { OpenIDConnectProviderArn: PROVIDER },
    absent: { OpenIDConnectProviderArn: NO_PROVIDER },
    resources: [PROVIDER, NO_PROVIDER],
    noSuch: `OpenIDConnect Provider not found for arn ${NO_PROVIDER}`,
  },
];

/** How AWS calls what a list is about. */
const LISTS: Readonly<Record<string, string | null>> = {
  GetAccountAuthorizationDetails: null,
  GetAccountSummary: null,
  ListAccountAliases: null,
  ListGroups: iamArn('group/'),
  ListInstanceProfiles: iamArn('instance-profile/'),
  ListOpenIDConnectProviders: null,
  ListPolicies: 'policy path /',
  ListRoles: iamArn('role/'),
  ListUsers: iamArn('user/'),
  ListVirtualMFADevices: null,
};

test('every operation is in one of the tables', () => {
  const tested = [...NAMED.map(({ operation }) => operation), ...Object.keys(LISTS)];
  expect(tested.sort()).toEqual(Object.keys(IAM_READS).sort());
});

describe.each(NAMED)('$operation', ({ operation, present, absent, resources, noSuch }) => {
  test('of somebody who may not says the same of what is there and what is not', async () => {
    await expect(send(NOBODY_KEY, operation, present)).rejects.toMatchObject(denied(operation, resources[0]));
    await expect(send(NOBODY_KEY, operation, absent)).rejects.toMatchObject(denied(operation, resources[1]));
  });

  test('of somebody who may says that it is not there', async () => {
    const expected = { name: 'NoSuchEntityException', message: noSuch };
    await expect(send(READER_KEY, operation, absent)).rejects.toMatchObject(expected);
  });
});

test.each(Object.entries(LISTS))('%s needs its own permission', async (operation, resource) => {
  await expect(send(NOBODY_KEY, operation, {})).rejects.toMatchObject(denied(operation, resource));
});

describe('parts of entities that are not there', () => {
  test.each([
    ['GetUserPolicy', { UserName: 'Carol', PolicyName: 'No' }, 'The user policy with name No cannot be found.'],
    ['GetRolePolicy', { RoleName: 'Runner', PolicyName: 'No' }, 'The role policy with name No cannot be found.'],
    ['GetGroupPolicy', { GroupName: 'Operators', PolicyName: 'No' }, 'The group policy with name No cannot be found.'],
    [
      'GetPolicyVersion',
      { PolicyArn: LIMITS, VersionId: 'v9' },
      `Policy ${LIMITS} version v9 does not exist or is not attachable.`,
    ],
    [
      'GetMFADevice',
      { SerialNumber: DEVICE, UserName: 'reader' },
      `VirtualMFADevice with serial number ${DEVICE} does not exist.`,
    ],
  ])('%s %o', async (operation, input, message) => {
    await expect(send(READER_KEY, operation, input)).rejects.toMatchObject({ name: 'NoSuchEntityException', message });
  });
});

describe('names', () => {
  test('a refusal repeats the name as it was asked for, not the case and the path that it has', async () => {
    const name = 'cArOl';
    await expect(send(NOBODY_KEY, 'GetUser', { UserName: name })).rejects.toMatchObject(
      denied('GetUser', `user ${name}`),
    );
  });

  test('permission is decided on the ARN with the path', async () => {
    const keyId = nextKeyId();
    const Resource = iamArn('role/teams/*');
    const may = [{ Effect: 'Allow', Action: 'iam:GetRole', Resource }];
    await started.gateway.services.directory.apply(userWhoMay('lead', keyId, may));
    expect(await send(keyId, 'GetRole', { RoleName: 'Runner' })).toMatchObject({ Role: { RoleName: 'Runner' } });
    for (const name of ['WebServer', 'Nope']) {
      const expected = denied('GetRole', `role ${name}`, 'lead');
      await expect(send(keyId, 'GetRole', { RoleName: name })).rejects.toMatchObject(expected);
    }
    await started.gateway.services.directory.entities.deleteUser({
      userArn: iamArn('user/lead'),
      withDependents: true,
    });
  });

  const INVALID = 'It must contain only alphanumeric characters and/or the following: +=,.@_-';

  test.each([
    ['GetRole', { RoleName: iamArn('role/Runner') }, `The specified value for roleName is invalid. ${INVALID}`],
    ['GetUser', { UserName: 'a b' }, `The specified value for userName is invalid. ${INVALID}`],
    [
      'GetGroup',
      { GroupName: 'a\0b' },
      "1 validation error detected: Value 'a\ufffdb' at 'groupName' failed to satisfy constraint: Member must not contain U+0000",
    ],
    [
      'GetInstanceProfile',
      { InstanceProfileName: '*' },
      `The specified value for instanceProfileName is invalid. ${INVALID}`,
    ],
    [
      'GetUser',
      { UserName: '' },
      "1 validation error detected: Value '' at 'userName' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    ['GetPolicy', { PolicyArn: iamArn('role/Runner') }, `ARN '${iamArn('role/Runner')}' is not valid.`],
  ])('%s refuses what cannot be one: %o', async (operation, input, message) => {
    await expect(send(READER_KEY, operation, input)).rejects.toMatchObject({ name: 'ValidationError', message });
  });

  test.each(['%', '_arol', "'--", '__proto__', 'constructor', '"'])('%s is a name like any other', async (name) => {
    const message = `The user with name ${name} cannot be found.`;
    await expect(send(READER_KEY, 'GetUser', { UserName: name })).rejects.toMatchObject({ message });
  });
});

describe('callers that are no user', () => {
  test('a role session has no name of its own', async () => {
    const sts = new STSClient({
      endpoint: `${started.url}/aws`,
      region: 'us-east-1',
      credentials: {
        accessKeyId: 'AKIADEMOALICEAAAAAAA',
        secretAccessKey: started.gateway.services.secrets.secretFor('AKIADEMOALICEAAAAAAA'),
      },
    });
    const assumed = { RoleArn: iamArn('role/Deployer'), RoleSessionName: 'test' };
    const { Credentials } = await sts.send(new AssumeRoleCommand(assumed));
    const client = new iam.IAMClient({
      endpoint: `${started.url}/aws`,
      region: 'us-east-1',
      credentials: {
        accessKeyId: Credentials?.AccessKeyId ?? '',
        secretAccessKey: Credentials?.SecretAccessKey ?? '',
        sessionToken: Credentials?.SessionToken ?? '',
      },
    });
    const message = 'Must specify userName when calling with non-User credentials';
    const refused = { name: 'ValidationError', message };
    await expect(client.send(new iam.GetUserCommand({}))).rejects.toMatchObject(refused);
    await expect(client.send(new iam.ListAccessKeysCommand({}))).rejects.toMatchObject(refused);
    const session = `arn:aws:sts::${ACCOUNT}:assumed-role/Deployer/test`;
    await expect(client.send(new iam.GetUserCommand({ UserName: 'Nope' }))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(
        `User: ${session} is not authorized to perform: iam:GetUser on resource: user Nope`,
      ),
    });
  });

  test('a service belongs to no account', async () => {
    const message = expect.stringMatching(/^ec2\.amazonaws\.com belongs to no account/);
    for (const operation of ['ListUsers', 'GetAccountSummary', 'GetAccountAuthorizationDetails']) {
      await expect(send(EC2_KEY, operation, {})).rejects.toMatchObject({ name: 'ValidationError', message });
    }
    await expect(send(EC2_KEY, 'GetRole', { RoleName: 'Runner' })).rejects.toMatchObject({
      name: 'ValidationError',
      message,
    });
  });
});

test('an entity of another account is not reached by its ARN', async () => {
  const PolicyArn = 'arn:aws:iam::222222222222:policy/Theirs';
  await expect(send(READER_KEY, 'GetPolicy', { PolicyArn })).rejects.toMatchObject({ name: 'AccessDenied' });
  const OpenIDConnectProviderArn = 'arn:aws:iam::222222222222:oidc-provider/theirs.example.com';
  await expect(send(READER_KEY, 'GetOpenIDConnectProvider', { OpenIDConnectProviderArn })).rejects.toMatchObject({
    name: 'AccessDenied',
  });
});

test.each(['\0', '\uffff', '__proto__', "'", '%'])('what a request names can be any text: %j', async (text) => {
  for (const [operation, input] of [
    ['GetPolicy', { PolicyArn: iamArn(`policy/x${text}`) }],
    ['GetPolicyVersion', { PolicyArn: LIMITS, VersionId: text }],
    ['ListEntitiesForPolicy', { PolicyArn: iamArn(`policy/x${text}`) }],
    ['GetOpenIDConnectProvider', { OpenIDConnectProviderArn: iamArn(`oidc-provider/x${text}`) }],
    ['GetMFADevice', { SerialNumber: text, UserName: 'Carol' }],
    ['GetRolePolicy', { RoleName: 'Runner', PolicyName: text }],
  ] as const) {
    await expect(send(READER_KEY, operation, input)).rejects.toMatchObject({
      name: expect.stringMatching(/^(?:NoSuchEntityException|ValidationError)$/),
    });
  }
});

test('an operation about nothing that the directory keeps is not served', async () => {
  for (const [operation, input] of [
    ['GetSSHPublicKey', { UserName: 'Carol', SSHPublicKeyId: 'APKAEXAMPLEEXAMPLEEX', Encoding: 'SSH' }],
    ['GetAccessKeyLastUsed', { AccessKeyId: READER_KEY }],
    ['GetLoginProfile', { UserName: 'Carol' }],
  ] as const) {
    const message = `Rolegate does not serve ${operation}`;
    await expect(send(READER_KEY, operation, input)).rejects.toMatchObject({ name: 'NotImplemented', message });
  }
});
