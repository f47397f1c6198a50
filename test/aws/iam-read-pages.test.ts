import * as iam from '@aws-sdk/client-iam';
import { beforeAll, describe, expect, test } from 'vitest';
import { iamClient } from './iam-clients.ts';
import { CROWD, crowd, iamArn, READER_KEY, startedIamWorld, TRUST } from './iam-world.ts';

const started = startedIamWorld(crowd());
let client: iam.IAMClient;

beforeAll(() => {
  client = iamClient(started, READER_KEY);
});

async function collected<Page>(pages: AsyncIterable<Page>, of: (page: Page) => readonly (string | undefined)[]) {
  const all: (string | undefined)[] = [];
  let count = 0;
  for await (const page of pages) {
    count += 1;
    all.push(...of(page));
  }
  return { all, count };
}

const config = (pageSize: number) => ({ client, pageSize });

describe("the SDK's paginators read each entry once", () => {
  test('roles', async () => {
    const whole = await client.send(new iam.ListRolesCommand({}));
    const { all, count } = await collected(iam.paginateListRoles(config(7), {}), ({ Roles = [] }) =>
      Roles.map(({ RoleName }) => RoleName),
    );
    expect(all).toEqual(whole.Roles?.map(({ RoleName }) => RoleName));
    expect(all).toHaveLength(CROWD + 4);
    expect(count).toBe(5);
  });

  test('users in one path', async () => {
    const input = { PathPrefix: '/odd/' };
    const { all } = await collected(iam.paginateListUsers(config(4), input), ({ Users = [] }) =>
      Users.map(({ UserName }) => UserName),
    );
    const odd = Array.from({ length: CROWD / 2 }, (_unused, index) => `User${String(2 * index + 1).padStart(3, '0')}`);
    expect(all).toEqual(odd);
  });

  test('members of a group', async () => {
    const input = { GroupName: 'Everybody' };
    const { all } = await collected(iam.paginateGetGroup(config(11), input), ({ Users = [] }) =>
      Users.map(({ UserName }) => UserName),
    );
    expect(new Set(all).size).toBe(CROWD);
  });

  test('policies, of which some have the same name in other paths of AWS', async () => {
    const { all } = await collected(iam.paginateListPolicies(config(3), {}), ({ Policies = [] }) =>
      Policies.map(({ Arn }) => Arn),
    );
    expect(new Set(all).size).toBe(all.length);
    expect(all).toHaveLength(CROWD + 5);
  });

  test('inline policies, attached policies, tags, versions and keys', async () => {
    // The paginators write markers into their input.
    const of = (): { UserName: string } => ({ UserName: 'Carol' });
    const inline = await collected(
      iam.paginateListUserPolicies(config(1), of()),
      ({ PolicyNames = [] }) => PolicyNames,
    );
    expect(inline).toMatchObject({ count: 2, all: ['Zeta', expect.stringMatching(/^p_/)] });
    const attached = await collected(
      iam.paginateListAttachedUserPolicies(config(1), of()),
      ({ AttachedPolicies = [] }) => AttachedPolicies.map(({ PolicyName }) => PolicyName),
    );
    expect(attached).toEqual({ count: 2, all: ['Limits', 'ReadOnlyAccess'] });
    const tags = await collected(iam.paginateListUserTags(config(1), of()), ({ Tags = [] }) =>
      Tags.map(({ Key }) => Key),
    );
    expect(tags).toEqual({ count: 3, all: ['<&>"\'', '__proto__', 'team'] });
    const PolicyArn = iamArn('policy/limits/Limits');
    const versions = await collected(iam.paginateListPolicyVersions(config(1), { PolicyArn }), ({ Versions = [] }) =>
      Versions.map(({ VersionId }) => VersionId),
    );
    expect(versions).toEqual({ count: 3, all: ['v10', 'v2', 'v1'] });
    const profiles = await collected(iam.paginateListInstanceProfiles(config(1), {}), ({ InstanceProfiles = [] }) =>
      InstanceProfiles.map(({ InstanceProfileName }) => InstanceProfileName),
    );
    expect(profiles).toEqual({ count: 3, all: ['Empty', 'Runner', 'WebServer'] });
    const devices = await collected(iam.paginateListVirtualMFADevices(config(1), {}), ({ VirtualMFADevices = [] }) =>
      VirtualMFADevices.map(({ SerialNumber }) => SerialNumber),
    );
    expect(devices).toEqual({ count: 2, all: [iamArn('mfa/phone'), iamArn('mfa/spare')] });
    const entities = await collected(
      iam.paginateListEntitiesForPolicy(config(1), { PolicyArn }),
      ({ PolicyUsers = [], PolicyRoles = [] }) => [
        ...PolicyUsers.map(({ UserName }) => UserName),
        ...PolicyRoles.map(({ RoleName }) => RoleName),
      ],
    );
    expect(entities).toEqual({ count: 2, all: ['Carol', 'Runner'] });
  });

  test('the details of an account, of the kinds that are asked for', async () => {
    const Filter: iam.EntityType[] = ['Role', 'AWSManagedPolicy'];
    const pages = iam.paginateGetAccountAuthorizationDetails(config(10), { Filter });
    const { all } = await collected(
      pages,
      ({ UserDetailList, GroupDetailList, RoleDetailList = [], Policies = [] }) => {
        expect([UserDetailList, GroupDetailList]).toEqual([[], []]);
        return [...RoleDetailList, ...Policies].map(({ Arn }) => Arn);
      },
    );
    expect(all).toHaveLength(CROWD + 4 + 2);
    expect(all.slice(-2)).toEqual([
      'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore',
      'arn:aws:iam::aws:policy/ReadOnlyAccess',
    ]);
  });
});

describe('a marker', () => {
  test('names a place, which stays one when the list changes', async () => {
    const { directory } = started.gateway.services;
    const name = (index: string) => iamArn(`role/pages/Page${index}`);
    const role = (index: string) => ({ arn: name(index), trustPolicy: TRUST });
    await directory.apply({ roles: ['1', '3', '5', '7'].map(role) });
    const page = { PathPrefix: '/pages/', MaxItems: 2 };
    const first = await client.send(new iam.ListRolesCommand(page));
    expect(first).toMatchObject({ IsTruncated: true, Roles: [{ RoleName: 'Page1' }, { RoleName: 'Page3' }] });
    // The entry that the marker is about is gone, and others have come before and behind it.
    await directory.entities.deleteRole({ roleArn: name('3') });
    await directory.apply({ roles: ['0', '2', '4'].map(role) });
    const second = await client.send(new iam.ListRolesCommand({ ...page, Marker: first.Marker }));
    expect(second.Roles).toMatchObject([{ RoleName: 'Page4' }, { RoleName: 'Page5' }]);
    const third = await client.send(new iam.ListRolesCommand({ ...page, Marker: second.Marker }));
    expect(third).toMatchObject({ IsTruncated: false, Roles: [{ RoleName: 'Page7' }] });
    expect(third.Marker).toBeUndefined();
    for (const index of ['0', '1', '2', '4', '5', '7']) await directory.entities.deleteRole({ roleArn: name(index) });
  });

  test('of another list, or that is none, is refused', async () => {
    const { Marker = '' } = await client.send(new iam.ListUsersCommand({ MaxItems: 1 }));
    const refused = { name: 'ValidationError', message: 'Invalid Marker' };
    await expect(client.send(new iam.ListRolesCommand({ Marker }))).rejects.toMatchObject(refused);
    const written = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const malformed = [
      '',
      'x',
      `${Marker}x`,
      'ü'.repeat(9000),
      written({}),
      written(['ListUsers', 1, '']),
      written(['ListUsers', 'a']),
      written(['ListUsers', 'a', '', 'more']),
    ];
    for (const each of malformed) {
      await expect(client.send(new iam.ListUsersCommand({ Marker: each }))).rejects.toMatchObject(refused);
    }
  });

  test('can hold what PostgreSQL cannot', async () => {
    const Marker = Buffer.from(JSON.stringify(['ListUsers', 'z\0\ud800', ''])).toString('base64url');
    expect(await client.send(new iam.ListUsersCommand({ Marker }))).toMatchObject({ Users: [], IsTruncated: false });
  });
});

describe('parameters of lists', () => {
  const constraint = (value: string, place: string, what: string) => ({
    name: 'ValidationError',
    message: `1 validation error detected: Value '${value}' at '${place}' failed to satisfy constraint: ${what}`,
  });

  test.each([
    [0, 'Member must have value greater than or equal to 1'],
    [-1, 'Member must have value greater than or equal to 1'],
    [1001, 'Member must have value less than or equal to 1000'],
  ])('MaxItems %i', async (MaxItems, what) => {
    const command = new iam.ListRolesCommand({ MaxItems });
    await expect(client.send(command)).rejects.toMatchObject(constraint(String(MaxItems), 'maxItems', what));
  });

  test('without MaxItems a page has a hundred entries', async () => {
    const { directory } = started.gateway.services;
    const users = Array.from({ length: 101 }, (_, index) => ({ arn: iamArn(`user/many/Many${index}`) }));
    await directory.apply({ users });
    const { Users, IsTruncated } = await client.send(new iam.ListUsersCommand({ PathPrefix: '/many/' }));
    expect([Users?.length, IsTruncated]).toEqual([100, true]);
    const all = await client.send(new iam.ListUsersCommand({ PathPrefix: '/many/', MaxItems: 1000 }));
    expect([all.Users?.length, all.IsTruncated]).toEqual([101, false]);
  });

  test.each(['teams/', '', 'a b', '/ü', `/${'x'.repeat(512)}`])('PathPrefix %o', async (PathPrefix) => {
    const command = new iam.ListUsersCommand({ PathPrefix });
    await expect(client.send(command)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining("at 'pathPrefix' failed to satisfy constraint"),
    });
  });

  test('PathPrefix has no wildcards', async () => {
    for (const PathPrefix of ['/%/', '/_dd/', '/\\']) {
      expect((await client.send(new iam.ListUsersCommand({ PathPrefix }))).Users).toEqual([]);
      expect((await client.send(new iam.ListInstanceProfilesCommand({ PathPrefix }))).InstanceProfiles).toEqual([]);
    }
  });

  test.each([
    [new iam.ListPoliciesCommand({ Scope: 'x' as 'All' }), 'scope', '[All, AWS, Local]'],
    [
      new iam.ListPoliciesCommand({ PolicyUsageFilter: 'x' as 'PermissionsPolicy' }),
      'policyUsageFilter',
      '[PermissionsPolicy, PermissionsBoundary]',
    ],
    [
      new iam.ListVirtualMFADevicesCommand({ AssignmentStatus: 'x' as 'Any' }),
      'assignmentStatus',
      '[Assigned, Unassigned, Any]',
    ],
    [
      new iam.GetAccountAuthorizationDetailsCommand({ Filter: ['User', 'x' as 'User'] }),
      'filter.2.member',
      '[User, Role, Group, LocalManagedPolicy, AWSManagedPolicy]',
    ],
  ])('an enumeration has its values and no others: %#', async (command, place, values) => {
    const what = `Member must satisfy enum value set: ${values}`;
    // as: the client takes every command; a union of them is not one
    await expect(client.send(command as iam.ListPoliciesCommand)).rejects.toMatchObject(constraint('x', place, what));
  });
});
