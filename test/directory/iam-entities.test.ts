import { expect, it } from 'vitest';
import type { ChangeInputs, ChangeName } from '../../src/directory/entities/changes.ts';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import type { RolegateError } from '../../src/policy/errors.ts';
import { A, allow, aRole, aUser, B, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { describeInBothStores } from './stores.ts';

// https://docs.aws.amazon.com/IAM/latest/APIReference: the codes of each operation, and the sentences that IAM answers.

const AT = { accountId: A, partition: 'aws', path: '/' };
const READS = policy(allow('s3:GetObject'));
const TRUST = policy(trusts({ AWS: A }));
const READ_ONLY = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess';
const group = (name: string) => `arn:aws:iam::${A}:group/${name}`;
const managed = (name: string) => `arn:aws:iam::${A}:policy/${name}`;
const profile = (name: string) => `arn:aws:iam::${A}:instance-profile/${name}`;

const WORLD = {
  accounts: [
    { id: A, membership: 'NONE' as const },
    { id: B, membership: 'NONE' as const },
  ],
  policies: [{ arn: managed('Own'), defaultVersionId: 'v1', versions: [{ versionId: 'v1', document: READS }] }],
  groups: [{ arn: group('team/devs') }],
  users: [aUser('alice')],
  roles: [
    aRole('R', [trusts({ AWS: A })]),
    aRole('aws-service-role/x.amazonaws.com/X', [trusts({ Service: 'x.amazonaws.com' })]),
  ],
  instanceProfiles: [{ arn: profile('P'), role: roleArn('R') }],
};

/** The code and the sentence of the failure of a change; null: it was made. */
async function failure<Name extends ChangeName>(
  { entities }: OpenDirectory,
  name: Name,
  input: ChangeInputs[Name],
): Promise<string | null> {
  // as: the input is the one of this name
  const change = entities[name] as (input: ChangeInputs[Name]) => Promise<void>;
  try {
    await change(input);
    return null;
  } catch (error) {
    const { code, message } = error as RolegateError; // as: what changes throw
    return `${code}: ${message}`;
  }
}

const creations = (name: string) =>
  ({
    createUser: { ...AT, userName: name },
    createGroup: { ...AT, groupName: name },
    createRole: { ...AT, roleName: name, assumeRolePolicyDocument: TRUST },
    createPolicy: { ...AT, policyName: name, policyDocument: READS },
    createInstanceProfile: { ...AT, instanceProfileName: name },
  }) satisfies Partial<ChangeInputs>;

describeInBothStores('IAM’s entities', (store) => {
  it('have names that are unique in an account without regard to case and path, and unique ids of their kind', async () => {
    const directory = await store.open(WORLD);
    const { prisma } = directory;
    const taken = {
      createUser: ['ALICE', 'User with name ALICE already exists.'],
      createGroup: ['Devs', 'Group with name Devs already exists.'],
      createRole: ['r', 'Role with name r already exists.'],
      createPolicy: ['OWN', 'A policy called OWN already exists. Duplicate names are not allowed.'],
      createInstanceProfile: ['p', 'Instance Profile p already exists.'],
    } as const;
    for (const [change, [name, sentence]] of Object.entries(taken)) {
      const key = change as keyof typeof taken; // as: these are its keys
      const input = { ...creations(name)[key], path: '/other/' };
      expect(await failure(directory, key, input as never), `of ${change}`).toBe(`EntityAlreadyExists: ${sentence}`);
      expect(await failure(directory, key, creations('New')[key] as never), `of ${change}`).toBeNull();
      const elsewhere = { ...creations(name)[key], accountId: B };
      expect(await failure(directory, key, elsewhere as never), `of ${change}`).toBeNull();
    }
    const where = { arn: { contains: '/New' } };
    const rows = [
      await prisma.user.findFirst({ where }),
      await prisma.group.findFirst({ where }),
      await prisma.role.findFirst({ where }),
      await prisma.managedPolicy.findFirst({ where }),
      await prisma.instanceProfile.findFirst({ where }),
    ];
    expect(rows.map((row) => row?.id.slice(0, 4))).toEqual(['AIDA', 'AGPA', 'AROA', 'ANPA', 'AIPA']);
    expect(rows.every((row) => /^[A-Z2-7]{21}$/.test(row?.id ?? ''))).toBe(true);
    expect(await failure(directory, 'createUser', { ...AT, accountId: '999999999999', userName: 'u' })).toBe(
      'NoSuchEntity: The account with id 999999999999 cannot be found.',
    );
    expect(await failure(directory, 'createUser', { ...AT, partition: 'aws-cn', userName: 'u' })).toBe(
      `BAD_USER_INPUT: account ${A} is in the partition aws, not in aws-cn`,
    );
  });

  it('begin with what is said of them', async () => {
    const directory = await store.open(WORLD);
    const { entities, prisma } = directory;
    const tags = [{ key: 'team', value: 'a' }];
    const at = { ...AT, path: '/team/' };
    const begins = { ...at, permissionsBoundary: READ_ONLY, tags };
    await entities.createUser({ ...begins, userName: 'u' });
    await entities.createRole({
      ...begins,
      roleName: 'Made',
      assumeRolePolicyDocument: TRUST,
      description: 'Works',
      maxSessionDuration: 7200,
    });
    await entities.createPolicy({ ...at, tags, policyName: 'Made', policyDocument: READS, description: 'Reads' });
    await entities.createInstanceProfile({ ...at, tags, instanceProfileName: 'Made' });
    const bounded = { tags: { team: 'a' }, boundary: { arn: READ_ONLY }, path: '/team/' };
    const boundary = { boundary: { select: { arn: true } } } as const;
    expect(await prisma.user.findUnique({ where: { arn: userArn('team/u') }, include: boundary })).toMatchObject(
      bounded,
    );
    expect(await prisma.role.findUnique({ where: { arn: roleArn('team/Made') }, include: boundary })).toMatchObject({
      ...bounded,
      description: 'Works',
      maxSessionDuration: 7200,
    });
    const where = { arn: managed('team/Made') };
    expect(await prisma.managedPolicy.findUnique({ where, include: { versions: true } })).toMatchObject({
      tags: { team: 'a' },
      description: 'Reads',
      defaultVersionId: 'v1',
      versions: [{ versionId: 'v1' }],
    });
    expect(await prisma.instanceProfile.findUnique({ where: { arn: profile('team/Made') } })).toMatchObject({
      tags: { team: 'a' },
      roleId: null,
    });
    const none = managed('None');
    const missing = `NoSuchEntity: Policy ${none} does not exist or is not attachable.`;
    const unbounded = { ...AT, permissionsBoundary: none };
    expect(await failure(directory, 'createUser', { ...unbounded, userName: 'v' })).toBe(missing);
    const nobody = policy(trusts({ AWS: userArn('nobody') }));
    expect(await failure(directory, 'createRole', { ...AT, roleName: 'New', assumeRolePolicyDocument: nobody })).toBe(
      `MalformedPolicyDocument: Invalid principal in policy: "AWS":"${userArn('nobody')}"`,
    );
  });

  it('have tags, of which a key in another case is the same, and fifty at most', async () => {
    const directory = await store.open(WORLD);
    const { entities, prisma } = directory;
    await entities.createPolicy(creations('T').createPolicy);
    const kinds = [
      ['User', { userArn: userArn('alice') }, () => prisma.user.findUnique({ where: { arn: userArn('alice') } })],
      ['Role', { roleArn: roleArn('R') }, () => prisma.role.findUnique({ where: { arn: roleArn('R') } })],
      ['Policy', { policyArn: managed('T') }, () => prisma.managedPolicy.findUnique({ where: { arn: managed('T') } })],
      [
        'InstanceProfile',
        { instanceProfileArn: profile('P') },
        () => prisma.instanceProfile.findUnique({ where: { arn: profile('P') } }),
      ],
    ] as const;
    for (const [kind, named, read] of kinds) {
      const tag = (tags: readonly { key: string; value: string }[]) =>
        failure(directory, `tag${kind}`, { ...named, tags });
      expect(
        await tag([
          { key: 'Team', value: 'a' },
          { key: 'cost', value: '' },
        ]),
      ).toBeNull();
      expect(await tag([{ key: 'team', value: 'b' }])).toBeNull();
      expect((await read())?.tags, `of ${kind}`).toEqual({ cost: '', team: 'b' });
      const many = Array.from({ length: 49 }, (_, index) => ({ key: `k${index}`, value: '' }));
      expect(await tag(many), `of ${kind}`).toBe(`LimitExceeded: Cannot exceed quota for TagsPer${kind}: 50`);
      expect(await tag(many.slice(1)), `of ${kind}`).toBeNull();
      const before = await directory.revision();
      expect(await tag([{ key: 'team', value: 'b' }])).toBeNull();
      expect(await directory.revision(), 'nothing was changed').toBe(before);
      const untag = { ...named, tagKeys: ['TEAM', 'none', ...many.map(({ key }) => key)] };
      expect(await failure(directory, `untag${kind}`, untag as never)).toBeNull();
      expect((await read())?.tags, `of ${kind}`).toEqual({ cost: '' });
    }
    const none = { userArn: userArn('none'), tags: [] };
    expect(await failure(directory, 'tagUser', none)).toBe('NoSuchEntity: The user with name none cannot be found.');
    // Of a role that AWS keeps to itself tags and the description are changed, and nothing else.
    const linked = { roleArn: roleArn('aws-service-role/x.amazonaws.com/X') };
    const linkedRole = () =>
      directory.prisma.role.findUnique({ where: { arn: linked.roleArn }, select: { tags: true, description: true } });
    expect(await failure(directory, 'tagRole', { ...linked, tags: [{ key: 'a', value: 'b' }] })).toBeNull();
    expect(await failure(directory, 'updateRoleDescription', { ...linked, description: 'Ours' })).toBeNull();
    expect(await linkedRole()).toEqual({ tags: { a: 'b' }, description: 'Ours' });
    expect(await failure(directory, 'untagRole', { ...linked, tagKeys: ['a'] })).toBeNull();
    expect(await failure(directory, 'updateRole', { ...linked, description: 'Mine' })).toMatch(/^UnmodifiableEntity: /);
    expect(await linkedRole()).toEqual({ tags: {}, description: 'Ours' });
    const ofAws = { policyArn: READ_ONLY, tags: [{ key: 'a', value: 'b' }] };
    expect(await failure(directory, 'tagPolicy', ofAws)).toMatch(/^UnmodifiableEntity: /);
  });

  it('get other names and paths, and stay what they are', async () => {
    const directory = await store.open(WORLD);
    const { entities, prisma } = directory;
    await entities.createUser(creations('bob').createUser);
    await entities.createGroup(creations('ops').createGroup);
    await entities.addUserToGroup({ userArn: userArn('bob'), groupArn: group('team/devs') });
    const { id } = await prisma.user.findUniqueOrThrow({ where: { arn: userArn('bob') } });
    expect(await failure(directory, 'updateUser', { userArn: userArn('bob'), newUserName: 'Alice' })).toBe(
      'EntityAlreadyExists: User with name Alice already exists.',
    );
    const groupName = { groupArn: group('team/devs'), newGroupName: 'OPS' };
    expect(await failure(directory, 'updateGroup', groupName)).toBe(
      'EntityAlreadyExists: Group with name OPS already exists.',
    );
    await entities.updateUser({ userArn: userArn('bob'), newUserName: 'Bob', newPath: '/team/' });
    await entities.updateGroup({ groupArn: group('team/devs'), newPath: '/' });
    const include = { memberships: { select: { group: { select: { arn: true } } } } } as const;
    expect(await prisma.user.findUnique({ where: { id }, include })).toMatchObject({
      arn: userArn('team/Bob'),
      name: 'Bob',
      path: '/team/',
      memberships: [{ group: { arn: group('devs') } }],
    });
    const before = await directory.revision();
    await entities.updateUser({ userArn: userArn('team/Bob') });
    await entities.updateGroup({ groupArn: group('devs'), newGroupName: 'devs' });
    expect(await directory.revision(), 'nothing was changed').toBe(before);
    await entities.updateRole({ roleArn: roleArn('R'), description: 'New' });
    await entities.updateRole({ roleArn: roleArn('R'), maxSessionDuration: 7200 });
    expect(await prisma.role.findUnique({ where: { arn: roleArn('R') } })).toMatchObject({
      description: 'New',
      maxSessionDuration: 7200,
    });
    await entities.updateRoleDescription({ roleArn: roleArn('R'), description: '' });
    expect(await prisma.role.findUnique({ where: { arn: roleArn('R') } })).toMatchObject({ description: '' });
  });

  it('of a group are its policies and users, which keep it from being deleted', async () => {
    const directory = await store.open(WORLD);
    const { entities } = directory;
    const on = { groupArn: group('team/devs') };
    const conflict = (must: string) => `DeleteConflict: Cannot delete entity, must ${must}`;
    const long = policy(allow('s3:GetObject', `arn:aws:s3:::${'b'.repeat(5100)}`));
    expect(await failure(directory, 'putGroupPolicy', { ...on, policyName: 'p', policyDocument: long })).toBe(
      'LimitExceeded: Maximum policy size of 5120 bytes exceeded for group devs',
    );
    await entities.putGroupPolicy({ ...on, policyName: 'p', policyDocument: READS });
    await entities.attachGroupPolicy({ ...on, policyArn: READ_ONLY });
    await entities.addUserToGroup({ ...on, userArn: userArn('alice') });
    expect(await failure(directory, 'deleteGroup', on)).toBe(conflict('delete policies first.'));
    await entities.deleteGroupPolicy({ ...on, policyName: 'p' });
    expect(await failure(directory, 'deleteGroup', on)).toBe(conflict('detach all policies first.'));
    await entities.detachGroupPolicy({ ...on, policyArn: READ_ONLY });
    expect(await failure(directory, 'deleteGroup', on)).toBe(conflict('remove users from group first.'));
    for (let index = 0; index < 11; index += 1) await entities.createPolicy(creations(`P${index}`).createPolicy);
    for (let index = 0; index < 10; index += 1)
      await entities.attachGroupPolicy({ ...on, policyArn: managed(`P${index}`) });
    expect(await failure(directory, 'attachGroupPolicy', { ...on, policyArn: managed('P10') })).toBe(
      'LimitExceeded: Cannot exceed quota for PoliciesPerGroup: 10',
    );
    const service = 'arn:aws:iam::aws:policy/aws-service-role/AWSSupportServiceRolePolicy';
    expect(await failure(directory, 'attachGroupPolicy', { ...on, policyArn: service })).toBe(
      'PolicyNotAttachable: Cannot attach a Service Role Policy to an IAM group.',
    );
    const { touched } = await entities.make([{ name: 'deleteGroup', input: { ...on, withDependents: true } }]);
    expect(touched).toEqual(
      expect.arrayContaining([
        { entity: 'Group', entityId: on.groupArn },
        { entity: 'User', entityId: userArn('alice') },
      ]),
    );
    expect(await failure(directory, 'deleteGroup', on)).toBe('NoSuchEntity: The group with name devs cannot be found.');
  });

  it('of a policy are its versions: five, of which one is the default, and numbers are not used again', async () => {
    const directory = await store.open(WORLD);
    const { entities, prisma } = directory;
    const on = { policyArn: managed('Own') };
    const versions = async () => {
      const found = await prisma.managedPolicy.findUnique({
        where: { arn: on.policyArn },
        include: { versions: true },
      });
      return [found?.defaultVersionId, ...(found?.versions ?? []).map(({ versionId }) => versionId).sort()];
    };
    const document = (name: string) => ({ ...on, policyDocument: policy(allow(`s3:${name}`)) });
    await entities.createPolicyVersion({ ...document('PutObject'), setAsDefault: true });
    await entities.createPolicyVersion(document('ListBucket'));
    expect(await versions()).toEqual(['v2', 'v1', 'v2', 'v3']);
    await entities.deletePolicyVersion({ ...on, versionId: 'v3' });
    await entities.createPolicyVersion(document('DeleteObject'));
    expect(await versions(), 'v3 was another one').toEqual(['v2', 'v1', 'v2', 'v4']);
    for (const name of ['A', 'B']) await entities.createPolicyVersion(document(name));
    expect(await failure(directory, 'createPolicyVersion', document('C'))).toBe(
      'LimitExceeded: A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
    );
    await entities.setDefaultPolicyVersion({ ...on, versionId: 'v1' });
    expect(await failure(directory, 'deletePolicyVersion', { ...on, versionId: 'v1' })).toBe(
      'DeleteConflict: Cannot delete the default version of a policy.',
    );
    for (const change of ['deletePolicyVersion', 'setDefaultPolicyVersion'] as const) {
      expect(await failure(directory, change, { ...on, versionId: 'v3' })).toBe(
        `NoSuchEntity: Policy ${on.policyArn} version v3 does not exist or is not attachable.`,
      );
    }
    const long = policy(allow('s3:GetObject', `arn:aws:s3:::${'b'.repeat(6100)}`));
    const blanks = JSON.stringify(JSON.parse(READS), null, 2000);
    expect(await failure(directory, 'createPolicy', { ...AT, policyName: 'Long', policyDocument: long })).toBe(
      'LimitExceeded: Cannot exceed quota for PolicySize: 6144',
    );
    expect(await failure(directory, 'createPolicy', { ...AT, policyName: 'Blank', policyDocument: blanks })).toBeNull();
    expect(await failure(directory, 'createPolicyVersion', { policyArn: managed('None'), policyDocument: READS })).toBe(
      `NoSuchEntity: Policy ${managed('None')} was not found.`,
    );
    const ofAws = { policyArn: READ_ONLY, policyDocument: READS, setAsDefault: true };
    expect(await failure(directory, 'createPolicyVersion', ofAws)).toMatch(/^UnmodifiableEntity: /);
  });

  it('that are policies are not deleted while they are used', async () => {
    const directory = await store.open(WORLD);
    const { entities, prisma } = directory;
    const on = { policyArn: managed('Own') };
    const attached = 'DeleteConflict: Cannot delete a policy attached to entities.';
    await entities.attachUserPolicy({ ...on, userArn: userArn('alice') });
    expect(await failure(directory, 'deletePolicy', on)).toBe(attached);
    await entities.detachUserPolicy({ ...on, userArn: userArn('alice') });
    await entities.putRolePermissionsBoundary({ roleArn: roleArn('R'), permissionsBoundary: on.policyArn });
    for (const withDependents of [false, true])
      expect(await failure(directory, 'deletePolicy', { ...on, withDependents })).toBe(attached);
    await entities.deleteRolePermissionsBoundary({ roleArn: roleArn('R') });
    await entities.createPolicyVersion({ ...on, policyDocument: policy(allow('s3:PutObject')) });
    expect(await failure(directory, 'deletePolicy', on)).toBe(
      "DeleteConflict: This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
    );
    await entities.attachRolePolicy({ ...on, roleArn: roleArn('R') });
    await entities.attachGroupPolicy({ ...on, groupArn: group('team/devs') });
    const all = [`holder ${roleArn('R')}`, `holder ${group('team/devs')}`, 'versions'];
    for (const parts of all.map((part) => all.filter((each) => each !== part))) {
      const input = { ...on, withDependents: true, parts };
      expect(await failure(directory, 'deletePolicy', input), 'nobody has decided about one').toMatch(/^CONFLICT: /);
    }
    const { touched } = await entities.make([
      { name: 'deletePolicy', input: { ...on, withDependents: true, parts: all } },
    ]);
    expect(touched).toEqual(
      expect.arrayContaining([
        { entity: 'ManagedPolicy', entityId: on.policyArn },
        { entity: 'Role', entityId: roleArn('R') },
        { entity: 'Group', entityId: group('team/devs') },
      ]),
    );
    expect(await prisma.policyVersion.count({ where: { policy: { arn: on.policyArn } } })).toBe(0);
    expect(await failure(directory, 'deletePolicy', { policyArn: READ_ONLY })).toMatch(/^UnmodifiableEntity: /);
  });

  it('that are instance profiles have one role of their account, or none', async () => {
    const directory = await store.open({ ...WORLD, roles: [...WORLD.roles, aRole('Other', [trusts({ AWS: A })])] });
    const { entities } = directory;
    const on = { instanceProfileArn: profile('P') };
    expect(await failure(directory, 'addRoleToInstanceProfile', { ...on, roleArn: roleArn('Other') })).toBe(
      'LimitExceeded: Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1',
    );
    expect(await failure(directory, 'removeRoleFromInstanceProfile', { ...on, roleArn: roleArn('Other') })).toBe(
      'NoSuchEntity: Role Other in Instance Profile P cannot be found.',
    );
    expect(await failure(directory, 'deleteInstanceProfile', on)).toBe(
      'DeleteConflict: Cannot delete entity, must remove roles from instance profile first.',
    );
    await entities.removeRoleFromInstanceProfile({ ...on, roleArn: roleArn('R') });
    const linked = roleArn('aws-service-role/x.amazonaws.com/X');
    expect(await failure(directory, 'addRoleToInstanceProfile', { ...on, roleArn: linked })).toMatch(
      /^UnmodifiableEntity: /,
    );
    await entities.createRole({ ...creations('Foreign').createRole, accountId: B });
    expect(await failure(directory, 'addRoleToInstanceProfile', { ...on, roleArn: roleArn('Foreign', B) })).toBe(
      'NoSuchEntity: The role with name Foreign cannot be found.',
    );
    await entities.addRoleToInstanceProfile({ ...on, roleArn: roleArn('Other') });
    expect(await entities.instanceProfileRole(on.instanceProfileArn)).toBe(roleArn('Other'));
    const undecided = { ...on, withDependents: true, parts: [] };
    expect(await failure(directory, 'deleteInstanceProfile', undecided)).toMatch(/^CONFLICT: /);
    await entities.deleteInstanceProfile({ ...on, withDependents: true, parts: ['role'] });
    expect(await failure(directory, 'deleteInstanceProfile', on)).toBe(
      'NoSuchEntity: Instance Profile P cannot be found.',
    );
  });

  it('are as many in an account as AWS has at most', async () => {
    const groups = Array.from({ length: 499 }, (_, n) => ({ arn: group(`g${n}`) }));
    const directory = await store.open({ accounts: WORLD.accounts, groups });
    const { createGroup } = creations('one');
    expect(await failure(directory, 'createGroup', createGroup)).toBeNull();
    expect(await failure(directory, 'createGroup', { ...createGroup, groupName: 'more' })).toBe(
      'LimitExceeded: Cannot exceed quota for GroupsPerAccount: 500',
    );
    expect(await failure(directory, 'createGroup', { ...createGroup, accountId: B })).toBeNull();
  });

  it('are in an account that has one alias, which no other has', async () => {
    const directory = await store.open(WORLD);
    const { entities, iam } = directory;
    await entities.createAccountAlias({ accountId: A, accountAlias: 'first' });
    await entities.createAccountAlias({ accountId: A, accountAlias: 'second' });
    expect(await iam.alias(A)).toBe('second');
    expect(await failure(directory, 'createAccountAlias', { accountId: B, accountAlias: 'second' })).toBe(
      'EntityAlreadyExists: The account alias second already exists.',
    );
    expect(await failure(directory, 'deleteAccountAlias', { accountId: A, accountAlias: 'first' })).toBe(
      'NoSuchEntity: The account alias first cannot be found.',
    );
    await entities.deleteAccountAlias({ accountId: A, accountAlias: 'second' });
    expect(await iam.alias(A)).toBeNull();
  });

  it('are exported and imported with what they have', async () => {
    const from = await store.open(WORLD);
    const tags = [{ key: 'team', value: 'a' }];
    const policyInput = { ...creations('Made').createPolicy, tags, description: 'Reads' };
    await from.entities.createPolicy(policyInput);
    await from.entities.tagInstanceProfile({ instanceProfileArn: profile('P'), tags });
    const policies: object[] = [];
    const profiles: object[] = [];
    await from.exports.all(async ({ document }) => {
      policies.push(...(document.policies ?? []));
      profiles.push(...(document.instanceProfiles ?? []));
    });
    expect(policies).toContainEqual(
      expect.objectContaining({ arn: managed('Made'), description: 'Reads', tags: { team: 'a' } }),
    );
    expect(profiles).toContainEqual(expect.objectContaining({ arn: profile('P'), tags: { team: 'a' } }));
    const before = await from.revision();
    await from.apply({ policies: policies as never, instanceProfiles: profiles as never });
    expect(await from.revision(), 'nothing was changed').toBe(before);
  });
});
