import * as iam from '@aws-sdk/client-iam';
import { beforeAll, describe, expect, test } from 'vitest';
import { answered, iamClient } from './iam-clients.ts';
import {
  CREATED_AT,
  DEVICE,
  iamArn,
  LIMITS,
  PROVIDER,
  READER_KEY,
  SPARE_DEVICE,
  startedIamWorld,
  TRUST,
} from './iam-world.ts';

// What AWS's SDK reads out of the answers, to a user who may read everything.

const started = startedIamWorld();
let client: iam.IAMClient;

beforeAll(() => {
  client = iamClient(started, READER_KEY);
});

const WHOLE = { IsTruncated: false };
const CAROL = {
  Path: '/teams/ops/',
  UserName: 'Carol',
  UserId: 'AIDACAROL',
  Arn: iamArn('user/teams/ops/Carol'),
  CreateDate: CREATED_AT,
};
const OPERATORS = {
  Path: '/teams/',
  GroupName: 'Operators',
  GroupId: 'AGPAOPERATORS',
  Arn: iamArn('group/teams/Operators'),
  CreateDate: CREATED_AT,
};
const RUNNER = {
  Path: '/teams/',
  RoleName: 'Runner',
  RoleId: 'AROARUNNER',
  Arn: iamArn('role/teams/Runner'),
  CreateDate: CREATED_AT,
  AssumeRolePolicyDocument: encodeURIComponent(TRUST),
};
const LISTED_RUNNER = { ...RUNNER, Description: 'Runs <everything> & more', MaxSessionDuration: 7200 };
const BOUNDARY = { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: LIMITS };
const PROFILE = {
  Path: '/teams/',
  InstanceProfileName: 'Runner',
  InstanceProfileId: 'AIPARUNNER',
  Arn: iamArn('instance-profile/teams/Runner'),
  CreateDate: CREATED_AT,
  Roles: [RUNNER],
};
const EMPTY_PROFILE = {
  Path: '/',
  InstanceProfileName: 'Empty',
  InstanceProfileId: 'AIPAEMPTY',
  Arn: iamArn('instance-profile/Empty'),
  CreateDate: CREATED_AT,
  Roles: [],
};
const TAGS = [
  { Key: '<&>"\'', Value: '%00 & ]]> \u{1F600} ü+~*' },
  { Key: '__proto__', Value: 'polluted' },
  { Key: 'team', Value: 'ops' },
];

describe('users', () => {
  test('GetUser has tags and the boundary; the name is found in any case', async () => {
    const { User } = await client.send(new iam.GetUserCommand({ UserName: 'cAROL' }));
    expect(User).toEqual({ ...CAROL, PermissionsBoundary: BOUNDARY, Tags: TAGS });
  });

  test('GetUser without a name is about the caller, whose answer has neither boundary nor tags', async () => {
    const { User } = await client.send(new iam.GetUserCommand({}));
    expect(User).toEqual({
      Path: '/',
      UserName: 'reader',
      UserId: expect.stringMatching(/^AIDA/),
      Arn: iamArn('user/reader'),
      CreateDate: CREATED_AT,
    });
  });

  test('ListUsers has neither tags nor boundaries, in the order of names', async () => {
    const { Users = [], ...rest } = answered(await client.send(new iam.ListUsersCommand({})));
    expect(rest).toEqual(WHOLE);
    expect(Users.map(({ UserName }) => UserName)).toEqual(['alice', 'Carol', 'nobody', 'reader']);
    expect(Users[1]).toEqual(CAROL);
  });

  test('ListUserTags', async () => {
    const answer = answered(await client.send(new iam.ListUserTagsCommand({ UserName: 'Carol' })));
    expect(answer).toEqual({ Tags: TAGS, ...WHOLE });
  });

  test('ListGroupsForUser', async () => {
    const answer = answered(await client.send(new iam.ListGroupsForUserCommand({ UserName: 'Carol' })));
    expect(answer).toEqual({ Groups: [expect.objectContaining({ GroupName: 'developers' }), OPERATORS], ...WHOLE });
  });

  test('ListAccessKeys names the keys of the caller, without secrets', async () => {
    const answer = answered(await client.send(new iam.ListAccessKeysCommand({})));
    const key = { UserName: 'reader', AccessKeyId: READER_KEY, Status: 'Active', CreateDate: expect.any(Date) };
    expect(answer).toEqual({ AccessKeyMetadata: [key], ...WHOLE });
  });

  test('ListAccessKeys says that a key is off', async () => {
    const id = 'AKIADEMOALICEAAAAAAA';
    const { entities } = started.gateway.services.directory;
    await entities.setKeyActive(id, false);
    const { AccessKeyMetadata } = await client.send(new iam.ListAccessKeysCommand({ UserName: 'alice' }));
    expect(AccessKeyMetadata).toMatchObject([{ UserName: 'alice', AccessKeyId: id, Status: 'Inactive' }]);
    await entities.setKeyActive(id, true);
  });
});

describe('roles', () => {
  test('GetRole has tags and the boundary', async () => {
    const { Role } = await client.send(new iam.GetRoleCommand({ RoleName: 'Runner' }));
    expect(Role).toEqual({ ...LISTED_RUNNER, PermissionsBoundary: BOUNDARY, Tags: [{ Key: 'team', Value: 'ops' }] });
  });

  test('ListRoles has neither tags nor boundaries', async () => {
    const { Roles = [], ...rest } = answered(await client.send(new iam.ListRolesCommand({})));
    expect(rest).toEqual(WHOLE);
    expect(Roles.map(({ RoleName }) => RoleName)).toEqual(['Auditor', 'Deployer', 'Runner', 'WebServer']);
    expect(Roles[2]).toEqual(LISTED_RUNNER);
  });

  test('ListRoleTags writes an empty list', async () => {
    const answer = answered(await client.send(new iam.ListRoleTagsCommand({ RoleName: 'Deployer' })));
    expect(answer).toEqual({ Tags: [], ...WHOLE });
  });

  test('a principal of a trust policy that was deleted is shown by its unique id', async () => {
    const { directory } = started.gateway.services;
    const user = iamArn('user/former');
    const trust = (name: string) => TRUST.replace('arn:aws:iam::111111111111:root', name);
    await directory.apply({
      users: [{ arn: user, id: 'AIDAFORMER' }],
      roles: [{ arn: iamArn('role/Bound'), trustPolicy: trust(user) }],
    });
    await directory.apply({ users: [{ arn: user, id: 'AIDASUCCESSOR' }] });
    const { Role } = await client.send(new iam.GetRoleCommand({ RoleName: 'Bound' }));
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(trust('AIDAFORMER'));
    await directory.entities.deleteRole({ roleArn: iamArn('role/Bound') });
    await directory.entities.deleteUser({ userArn: user });
  });
});

describe('groups', () => {
  test('GetGroup has the members', async () => {
    const answer = answered(await client.send(new iam.GetGroupCommand({ GroupName: 'operators' })));
    expect(answer).toEqual({ Group: OPERATORS, Users: [CAROL], ...WHOLE });
  });

  test('ListGroups', async () => {
    const answer = answered(await client.send(new iam.ListGroupsCommand({ PathPrefix: '/teams/' })));
    expect(answer).toEqual({ Groups: [OPERATORS], ...WHOLE });
  });
});

describe('instance profiles', () => {
  test('are shown with their roles', async () => {
    const list = answered(await client.send(new iam.ListInstanceProfilesCommand({})));
    const ofTheDemo = expect.objectContaining({ InstanceProfileName: 'WebServer' });
    expect(list).toEqual({ InstanceProfiles: [EMPTY_PROFILE, PROFILE, ofTheDemo], ...WHOLE });
    const byPath = answered(await client.send(new iam.ListInstanceProfilesCommand({ PathPrefix: '/teams/' })));
    expect(byPath).toEqual({ InstanceProfiles: [PROFILE], ...WHOLE });
    const one = await client.send(new iam.GetInstanceProfileCommand({ InstanceProfileName: 'RUNNER' }));
    expect(one.InstanceProfile).toEqual(PROFILE);
    const ofRole = answered(await client.send(new iam.ListInstanceProfilesForRoleCommand({ RoleName: 'Runner' })));
    expect(ofRole).toEqual({ InstanceProfiles: [PROFILE], ...WHOLE });
  });
});

describe('MFA devices', () => {
  test('of a user, and one of them', async () => {
    const list = answered(await client.send(new iam.ListMFADevicesCommand({ UserName: 'Carol' })));
    const device = { UserName: 'Carol', SerialNumber: DEVICE, EnableDate: CREATED_AT };
    expect(list).toEqual({ MFADevices: [device], ...WHOLE });
    const one = answered(await client.send(new iam.GetMFADeviceCommand({ SerialNumber: DEVICE, UserName: 'carol' })));
    expect(one).toEqual(device);
  });

  test('of the account, enabled or not, without seeds', async () => {
    const list = async (AssignmentStatus?: iam.AssignmentStatusType) =>
      answered(await client.send(new iam.ListVirtualMFADevicesCommand({ AssignmentStatus })));
    const assigned = { SerialNumber: DEVICE, EnableDate: CREATED_AT, User: CAROL };
    const spare = { SerialNumber: SPARE_DEVICE };
    expect(await list()).toEqual({ VirtualMFADevices: [assigned, spare], ...WHOLE });
    expect(await list('Any')).toEqual({ VirtualMFADevices: [assigned, spare], ...WHOLE });
    expect(await list('Assigned')).toEqual({ VirtualMFADevices: [assigned], ...WHOLE });
    expect(await list('Unassigned')).toEqual({ VirtualMFADevices: [spare], ...WHOLE });
  });
});

describe('the account', () => {
  test('OpenID Connect providers, without the thumbprints that the gateway does not keep', async () => {
    const list = answered(await client.send(new iam.ListOpenIDConnectProvidersCommand({})));
    expect(list).toEqual({ OpenIDConnectProviderList: [{ Arn: PROVIDER }] });
    const asked = { OpenIDConnectProviderArn: PROVIDER };
    const one = answered(await client.send(new iam.GetOpenIDConnectProviderCommand(asked)));
    expect(one).toEqual({ Url: 'ci.example.com/team', ClientIDList: ['b', 'a'], CreateDate: CREATED_AT });
  });

  test('GetAccountSummary counts what the directory has', async () => {
    const { SummaryMap } = await client.send(new iam.GetAccountSummaryCommand({}));
    expect(SummaryMap).toEqual({
      Users: 4,
      Groups: 2,
      Roles: 4,
      Policies: 3,
      PolicyVersionsInUse: 5,
      InstanceProfiles: 3,
      Providers: 1,
      MFADevices: 2,
      MFADevicesInUse: 1,
    });
  });

  test('ListAccountAliases', async () => {
    const answer = answered(await client.send(new iam.ListAccountAliasesCommand({})));
    expect(answer).toEqual({ AccountAliases: ['example-development'], ...WHOLE });
  });
});
