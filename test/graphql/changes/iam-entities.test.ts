import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/policy/json.ts';
import type { Caller } from '../../../src/session/caller.ts';
import { A, allow, aRole, aUser, policy, roleArn, trusts, userArn } from '../../support/policies.ts';
import { OPERATOR } from '../gateway.ts';
import { type Live, openLive } from '../live.ts';
import { OPENING, type TestServices } from '../services.ts';

const CHINA = '333333333333';
const BOUNDARY = `arn:aws:iam::${A}:policy/Boundary`;
const READ_ONLY = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess';
const S3 = JSON.parse(policy(allow('s3:*')));
const SQS = JSON.parse(policy(allow('sqs:*')));
const TRUST = JSON.parse(policy(trusts({ Service: 'ec2.amazonaws.com' })));
const groupArn = (name: string) => `arn:aws:iam::${A}:group/${name}`;
const policyArn = (name: string) => `arn:aws:iam::${A}:policy/${name}`;
const profileArn = (name: string) => `arn:aws:iam::${A}:instance-profile/${name}`;
const condition = (operator: string, keys: JsonObject) => ({ Condition: { [operator]: keys } });

let services: TestServices;
let live: Live;
let admin: Caller;
let nobody: Caller;
let delegate: Caller;
let deleter: Caller;

beforeAll(async () => {
  const opened = await openLive(
    {
      admin: userArn('admin'),
      nobody: userArn('nobody'),
      delegate: userArn('delegate'),
      deleter: userArn('deleter'),
    },
    {
      accounts: [
        { id: A, membership: 'NONE' },
        { id: CHINA, membership: 'NONE', partition: 'aws-cn' },
      ],
      policies: [
        { arn: BOUNDARY, defaultVersionId: 'v1', versions: [{ versionId: 'v1', document: policy(allow('s3:*')) }] },
      ],
      groups: [{ arn: groupArn('devs') }],
      users: [
        aUser('admin', [allow('iam:*')]),
        aUser('nobody', [allow('s3:*')]),
        aUser('delegate', [
          { ...allow('iam:CreateUser'), ...condition('StringEquals', { 'iam:PermissionsBoundary': BOUNDARY }) },
          {
            ...allow(['iam:TagUser', 'iam:UntagUser', 'iam:TagRole']),
            ...condition('ForAllValues:StringEquals', { 'aws:TagKeys': ['team'] }),
          },
          { ...allow('iam:CreateRole'), ...condition('StringEquals', { 'aws:RequestTag/team': 'a' }) },
          { ...allow('iam:AttachGroupPolicy'), ...condition('ArnEquals', { 'iam:PolicyARN': READ_ONLY }) },
          allow('iam:UpdateUser', userArn('alice')),
          allow('iam:UpdateUser', userArn('team/*')),
          allow('iam:AddRoleToInstanceProfile'),
          { ...allow('iam:DeletePolicy'), ...condition('StringEquals', { 'aws:ResourceTag/team': 'a' }) },
        ]),
        aUser('alice'),
        aUser('deleter'),
      ],
      roles: [aRole('R', [trusts({ AWS: A })]), aRole('Free', [trusts({ AWS: A })])],
      instanceProfiles: [{ arn: profileArn('P') }, { arn: profileArn('Held'), role: roleArn('R') }],
    },
  );
  ({ services, live } = opened);
  ({ admin, nobody, delegate, deleter } = opened.callers);
}, OPENING);
afterAll(() => services.remove());

const at = { accountId: A };
const tags = [{ key: 'team', value: 'a' }];
const OF_USER = 'user { arn name path tags { key value } permissionsBoundary { arn } }';
const OF_GROUP = 'group { arn inlinePolicies { name document } attachedPolicies { arn } }';
const OF_ROLE = 'role { arn description maxSessionDuration trustPolicy tags { key value } }';
const OF_POLICY = 'policy { arn description defaultVersionId document tags { key value } versions { versionId } }';
const OF_PROFILE = 'instanceProfile { arn role { arn } tags { key value } }';
const revision = expect.stringMatching(/^r\d{19}$/);

interface Step {
  readonly name: string;
  readonly input: object;
  /** The type of the success, and what it selects beside the revision. */
  readonly success: readonly [type: string, selected: string];
  readonly answer: object;
  /** What the trail names. */
  readonly target: string;
  /** What AWS's sentence names; left out: the target. */
  readonly resource?: string;
}

const step = (
  name: string,
  input: object,
  success: Step['success'],
  answer: object,
  target: string,
  resource?: string,
): Step => ({ name, input, success, answer, target, ...(resource === undefined ? {} : { resource }) });

const user = { userArn: userArn('team/made') };
const group = { groupArn: groupArn('made') };
const role = { roleArn: roleArn('team/Made') };
const managed = { policyArn: policyArn('Made') };
const profile = { instanceProfileArn: profileArn('Made') };

/** In this order: each begins where the one before it ended. */
const STEPS: readonly Step[] = [
  step(
    'createUser',
    { ...at, userName: 'made', path: '/team/', permissionsBoundary: BOUNDARY, tags },
    ['CreateUserSuccess', OF_USER],
    { user: { arn: user.userArn, name: 'made', path: '/team/', tags, permissionsBoundary: { arn: BOUNDARY } } },
    user.userArn,
  ),
  step(
    'tagUser',
    { ...user, tags: [{ key: 'TEAM', value: 'b' }] },
    ['UserChangeSuccess', OF_USER],
    { user: { tags: [{ key: 'TEAM', value: 'b' }] } },
    user.userArn,
  ),
  step(
    'untagUser',
    { ...user, tagKeys: ['team'] },
    ['UserChangeSuccess', OF_USER],
    { user: { tags: [] } },
    user.userArn,
  ),
  step(
    'updateUser',
    { ...user, newUserName: 'remade' },
    ['UserChangeSuccess', OF_USER],
    { user: { arn: userArn('team/remade'), name: 'remade' } },
    user.userArn,
  ),
  step(
    'createGroup',
    { ...at, groupName: 'made' },
    ['CreateGroupSuccess', OF_GROUP],
    { group: { arn: group.groupArn, inlinePolicies: [], attachedPolicies: [] } },
    group.groupArn,
  ),
  step(
    'putGroupPolicy',
    { ...group, policyName: 'p', policyDocument: S3 },
    ['GroupChangeSuccess', OF_GROUP],
    { group: { inlinePolicies: [{ name: 'p', document: S3 }] } },
    group.groupArn,
  ),
  step(
    'deleteGroupPolicy',
    { ...group, policyName: 'p' },
    ['GroupChangeSuccess', OF_GROUP],
    { group: { inlinePolicies: [] } },
    group.groupArn,
  ),
  step(
    'attachGroupPolicy',
    { ...group, policyArn: READ_ONLY },
    ['GroupChangeSuccess', OF_GROUP],
    { group: { attachedPolicies: [{ arn: READ_ONLY }] } },
    group.groupArn,
  ),
  step(
    'detachGroupPolicy',
    { ...group, policyArn: READ_ONLY },
    ['GroupChangeSuccess', OF_GROUP],
    { group: { attachedPolicies: [] } },
    group.groupArn,
  ),
  step(
    'updateGroup',
    { ...group, newPath: '/team/' },
    ['GroupChangeSuccess', OF_GROUP],
    { group: { arn: groupArn('team/made') } },
    group.groupArn,
  ),
  step(
    'deleteGroup',
    { groupArn: groupArn('team/made') },
    ['DeleteGroupSuccess', 'deletedGroupArn'],
    { deletedGroupArn: groupArn('team/made') },
    groupArn('team/made'),
  ),
  step(
    'createPolicy',
    { ...at, policyName: 'Made', policyDocument: S3, description: 'Reads', tags },
    ['CreatePolicySuccess', OF_POLICY],
    {
      policy: {
        arn: managed.policyArn,
        description: 'Reads',
        defaultVersionId: 'v1',
        document: S3,
        tags,
        versions: [{ versionId: 'v1' }],
      },
    },
    managed.policyArn,
  ),
  step(
    'createPolicyVersion',
    { ...managed, policyDocument: SQS, setAsDefault: true },
    ['PolicyChangeSuccess', OF_POLICY],
    { policy: { defaultVersionId: 'v2', document: SQS } },
    managed.policyArn,
  ),
  step(
    'setDefaultPolicyVersion',
    { ...managed, versionId: 'v1' },
    ['PolicyChangeSuccess', OF_POLICY],
    { policy: { defaultVersionId: 'v1', document: S3 } },
    managed.policyArn,
  ),
  step(
    'deletePolicyVersion',
    { ...managed, versionId: 'v2' },
    ['PolicyChangeSuccess', OF_POLICY],
    { policy: { versions: [{ versionId: 'v1' }] } },
    managed.policyArn,
  ),
  step(
    'tagPolicy',
    { ...managed, tags: [{ key: 'cost', value: '' }] },
    ['PolicyChangeSuccess', OF_POLICY],
    { policy: { tags: [{ key: 'cost', value: '' }, ...tags] } },
    managed.policyArn,
  ),
  step(
    'untagPolicy',
    { ...managed, tagKeys: ['cost', 'team'] },
    ['PolicyChangeSuccess', OF_POLICY],
    { policy: { tags: [] } },
    managed.policyArn,
  ),
  step(
    'deletePolicy',
    managed,
    ['DeletePolicySuccess', 'deletedPolicyArn'],
    { deletedPolicyArn: managed.policyArn },
    managed.policyArn,
  ),
  step(
    'createRole',
    {
      ...at,
      roleName: 'Made',
      path: '/team/',
      assumeRolePolicyDocument: TRUST,
      description: 'Works',
      maxSessionDuration: 7200,
      tags,
    },
    ['CreateRoleSuccess', OF_ROLE],
    { role: { arn: role.roleArn, description: 'Works', maxSessionDuration: 7200, trustPolicy: TRUST, tags } },
    role.roleArn,
  ),
  step(
    'updateRole',
    { ...role, description: 'Rests' },
    ['RoleChangeSuccess', OF_ROLE],
    { role: { description: 'Rests', maxSessionDuration: 7200 } },
    role.roleArn,
  ),
  step(
    'tagRole',
    { ...role, tags: [{ key: 'cost', value: 'c' }] },
    ['RoleChangeSuccess', OF_ROLE],
    { role: { tags: [{ key: 'cost', value: 'c' }, ...tags] } },
    role.roleArn,
  ),
  step('untagRole', { ...role, tagKeys: ['cost'] }, ['RoleChangeSuccess', OF_ROLE], { role: { tags } }, role.roleArn),
  step(
    'createInstanceProfile',
    { ...at, instanceProfileName: 'Made', tags },
    ['CreateInstanceProfileSuccess', OF_PROFILE],
    { instanceProfile: { arn: profile.instanceProfileArn, role: null, tags } },
    profile.instanceProfileArn,
  ),
  step(
    'addRoleToInstanceProfile',
    { ...profile, ...role },
    ['InstanceProfileChangeSuccess', OF_PROFILE],
    { instanceProfile: { role: { arn: role.roleArn } } },
    profile.instanceProfileArn,
  ),
  step(
    'removeRoleFromInstanceProfile',
    { ...profile, ...role },
    ['InstanceProfileChangeSuccess', OF_PROFILE],
    { instanceProfile: { role: null } },
    profile.instanceProfileArn,
  ),
  step(
    'tagInstanceProfile',
    { ...profile, tags: [{ key: 'team', value: 'b' }] },
    ['InstanceProfileChangeSuccess', OF_PROFILE],
    { instanceProfile: { tags: [{ key: 'team', value: 'b' }] } },
    profile.instanceProfileArn,
  ),
  step(
    'untagInstanceProfile',
    { ...profile, tagKeys: ['team'] },
    ['InstanceProfileChangeSuccess', OF_PROFILE],
    { instanceProfile: { tags: [] } },
    profile.instanceProfileArn,
  ),
  step(
    'deleteInstanceProfile',
    profile,
    ['DeleteInstanceProfileSuccess', 'deletedInstanceProfileArn'],
    { deletedInstanceProfileArn: profile.instanceProfileArn },
    profile.instanceProfileArn,
  ),
  step(
    'createAccountAlias',
    { ...at, accountAlias: 'made-here' },
    ['AccountAliasChangeSuccess', 'account { accountId alias }'],
    // Its name needs a right of its own.
    { account: { accountId: A, alias: 'made-here' } },
    A,
    '*',
  ),
  step(
    'deleteAccountAlias',
    { ...at, accountAlias: 'made-here' },
    ['AccountAliasChangeSuccess', 'account { accountId alias }'],
    { account: { accountId: A, alias: null } },
    A,
    '*',
  ),
];

test('each change is refused to who may not, and done for who may; the trail has both', async () => {
  for (const { name, input, success, answer, target, resource = target } of STEPS) {
    const operation = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
    const before = await services.directory.revision();
    const on = resource === '*' ? '' : ` on resource: ${resource}`;
    expect(await live.mutate(nobody, name, input), `of ${name}`).toEqual({
      __typename: 'AccessDenied',
      code: 'AccessDenied',
      message: `User: ${userArn('nobody')} is not authorized to perform: iam:${operation}${on} because no identity-based policy allows the iam:${operation} action`,
      decision: { effect: 'IMPLICIT_DENY', deniedBy: 'IDENTITY_POLICY' },
    });
    const event = { event: operation, action: `iam:${operation}`, target };
    expect((await live.trail()).at(-1)).toMatchObject({ ...event, outcome: 'REFUSED', principal: userArn('nobody') });
    expect(await services.directory.revision()).toBe(before);
    const [type, selected] = success;
    const made = await live.mutate(admin, name, input, `... on ${type} { ${selected} revision dryRun }`);
    expect(made, `of ${name}`).toMatchObject({ __typename: type, ...answer, revision, dryRun: false });
    const kept = { ...event, outcome: 'SUCCEEDED', principal: userArn('admin') };
    expect((await live.trail()).at(-1)).toMatchObject(kept);
  }
});

const REFUSED = { __typename: 'AccessDenied', decision: { effect: 'IMPLICIT_DENY', deniedBy: 'IDENTITY_POLICY' } };

describe('the condition keys of IAM', () => {
  test('a user is made with its boundary, and tagged with keys that are allowed', async () => {
    const input = { ...at, userName: 'bounded' };
    expect(await live.mutate(delegate, 'createUser', input)).toMatchObject(REFUSED);
    const bounded = { ...input, permissionsBoundary: BOUNDARY };
    const other = [{ key: 'cost', value: 'c' }];
    expect(await live.mutate(delegate, 'createUser', { ...bounded, tags: other })).toMatchObject({
      ...REFUSED,
      message: expect.stringContaining(`iam:TagUser on resource: ${userArn('bounded')}`),
    });
    expect(await live.mutate(delegate, 'createUser', { ...bounded, tags })).toEqual({
      __typename: 'CreateUserSuccess',
    });
    const made = { userArn: userArn('bounded') };
    expect(await live.mutate(delegate, 'tagUser', { ...made, tags: other })).toMatchObject(REFUSED);
    expect(await live.mutate(delegate, 'untagUser', { ...made, tagKeys: ['team', 'cost'] })).toMatchObject(REFUSED);
    expect(await live.mutate(delegate, 'untagUser', { ...made, tagKeys: ['team'] })).toEqual({
      __typename: 'UserChangeSuccess',
    });
  });

  test('a role is made with the tag that is asked for', async () => {
    const input = { ...at, roleName: 'Tagged', assumeRolePolicyDocument: TRUST };
    for (const given of [null, [{ key: 'team', value: 'b' }]]) {
      expect(await live.mutate(delegate, 'createRole', { ...input, tags: given })).toMatchObject({
        ...REFUSED,
        message: expect.stringContaining('iam:CreateRole on resource: '),
      });
    }
    const selected = '... on CreateRoleSuccess { role { arn } }';
    expect(await live.mutate(delegate, 'createRole', { ...input, tags }, selected), 'who may not read it').toEqual({
      __typename: 'CreateRoleSuccess',
      role: null,
    });
  });

  test('a group gets the policy that is allowed', async () => {
    const on = { groupArn: groupArn('devs') };
    expect(await live.mutate(delegate, 'attachGroupPolicy', { ...on, policyArn: BOUNDARY })).toMatchObject(REFUSED);
    expect(await live.mutate(delegate, 'attachGroupPolicy', { ...on, policyArn: READ_ONLY })).toEqual({
      __typename: 'GroupChangeSuccess',
    });
  });

  test('a user gets a name on which it is allowed, too', async () => {
    const alice = { userArn: userArn('alice') };
    expect(await live.mutate(delegate, 'updateUser', { ...alice, newUserName: 'bob' })).toMatchObject({
      ...REFUSED,
      message: expect.stringContaining(`iam:UpdateUser on resource: ${userArn('bob')}`),
    });
    expect(await live.mutate(delegate, 'updateUser', { ...alice, newPath: '/team/' })).toEqual({
      __typename: 'UserChangeSuccess',
    });
  });

  test('who gives a role to instances passes it to EC2', async () => {
    const input = { instanceProfileArn: profileArn('P'), roleArn: roleArn('Free') };
    expect(await live.mutate(delegate, 'addRoleToInstanceProfile', input)).toMatchObject({
      ...REFUSED,
      message: expect.stringContaining(`iam:PassRole on resource: ${roleArn('Free')}`),
    });
    const pass = {
      ...allow('iam:PassRole', roleArn('Free')),
      ...condition('StringEquals', { 'iam:PassedToService': 'ec2.amazonaws.com' }),
    };
    const inline = { userArn: userArn('delegate'), policyName: 'pass', policyDocument: JSON.parse(policy(pass)) };
    await live.mutate(OPERATOR, 'putUserPolicy', inline);
    expect(await live.mutate(delegate, 'addRoleToInstanceProfile', input)).toEqual({
      __typename: 'InstanceProfileChangeSuccess',
    });
  });

  test('a policy with a tag is deleted by whoever may delete those', async () => {
    await live.mutate(OPERATOR, 'createPolicy', { ...at, policyName: 'Mine', policyDocument: S3 });
    const mine = { policyArn: policyArn('Mine') };
    expect(await live.mutate(delegate, 'deletePolicy', mine)).toMatchObject(REFUSED);
    await live.mutate(OPERATOR, 'tagPolicy', { ...mine, tags });
    expect(await live.mutate(delegate, 'deletePolicy', mine)).toEqual({ __typename: 'DeletePolicySuccess' });
  });
});

describe('deleting with dependents', () => {
  test('needs the right to remove each of them', async () => {
    const mutate = (...given: Parameters<Live['mutate']>) => live.mutate(...given);
    await mutate(OPERATOR, 'createGroup', { ...at, groupName: 'full' });
    const full = { groupArn: groupArn('full') };
    await mutate(OPERATOR, 'createPolicy', { ...at, policyName: 'Used', policyDocument: S3 });
    const used = { policyArn: policyArn('Used') };
    await mutate(OPERATOR, 'attachGroupPolicy', { ...full, ...used });
    await mutate(OPERATOR, 'addUserToGroup', { ...full, userArn: userArn('nobody') });
    await mutate(OPERATOR, 'createPolicyVersion', { ...used, policyDocument: SQS });
    const may = async (...actions: readonly string[]) => {
      const policyDocument = JSON.parse(policy(allow(actions.map((action) => `iam:${action}`))));
      await mutate(OPERATOR, 'putUserPolicy', { userArn: userArn('deleter'), policyName: 'may', policyDocument });
    };
    const refusedFor = async (name: string, input: object) =>
      (await mutate(deleter, name, { ...input, withDependents: true })).message?.match(/iam:\w+ on resource: \S+/)?.[0];
    await may('DeletePolicy');
    expect(await refusedFor('deletePolicy', used)).toBe(`iam:DeletePolicyVersion on resource: ${used.policyArn}`);
    await may('DeletePolicy', 'DeletePolicyVersion');
    expect(await refusedFor('deletePolicy', used)).toBe(`iam:DetachGroupPolicy on resource: ${full.groupArn}`);
    await may('DeleteGroup');
    expect(await refusedFor('deleteGroup', full)).toBe(`iam:DetachGroupPolicy on resource: ${full.groupArn}`);
    await may('DeleteGroup', 'DetachGroupPolicy');
    expect(await refusedFor('deleteGroup', full)).toBe(`iam:RemoveUserFromGroup on resource: ${full.groupArn}`);
    await may('DeleteInstanceProfile');
    const held = { instanceProfileArn: profileArn('Held') };
    expect(await refusedFor('deleteInstanceProfile', held)).toBe(
      `iam:RemoveRoleFromInstanceProfile on resource: ${held.instanceProfileArn}`,
    );
    for (const [name, input] of [
      ['deletePolicy', used],
      ['deleteGroup', full],
      ['deleteInstanceProfile', held],
    ] as const) {
      expect(await mutate(admin, name, { ...input, withDependents: true })).toMatchObject({
        __typename: expect.stringMatching(/Success$/),
      });
    }
  });
});

describe('failures', () => {
  test.each([
    ['createUser', { ...at, userName: 'ADMIN' }, 'EntityAlreadyExists'],
    ['createUser', { ...at, userName: 'a/b' }, 'ValidationError'],
    ['createUser', { ...at, userName: 'x', path: 'team' }, 'ValidationError'],
    ['createUser', { ...at, userName: 'x', permissionsBoundary: policyArn('None') }, 'NoSuchEntity'],
    ['createUser', { accountId: '999999999999', userName: 'x' }, 'NoSuchEntity'],
    ['createPolicy', { ...at, policyName: 'X', policyDocument: TRUST }, 'MalformedPolicyDocument'],
    ['createRole', { ...at, roleName: 'X', assumeRolePolicyDocument: S3 }, 'MalformedPolicyDocument'],
    ['createPolicyVersion', { policyArn: READ_ONLY, policyDocument: S3 }, 'UnmodifiableEntity'],
    ['deletePolicy', { policyArn: BOUNDARY, withDependents: true }, 'DeleteConflict'],
  ])('%s %j: %s', async (name, input, failure) => {
    expect(await live.mutate(OPERATOR, name, input)).toMatchObject({ __typename: failure, code: failure });
  });

  test('two tag keys that differ in case have a code of their own', async () => {
    const twice = { userArn: userArn('admin'), tags: [...tags, { key: 'TEAM', value: 'b' }] };
    expect(await live.mutate(OPERATOR, 'tagUser', twice)).toMatchObject({
      __typename: 'ValidationError',
      code: 'InvalidInput',
      field: 'tags[1].key',
    });
  });

  test('a dry run makes nothing, and has nothing to show', async () => {
    const query = `mutation { it: createUser(input: { accountId: "${A}", userName: "dry" }, dryRun: true) {
      ... on CreateUserSuccess { user { arn } dryRun touched { kind target } } } }`;
    expect(await live.ask(admin, query)).toEqual({
      it: { user: null, dryRun: true, touched: [{ kind: 'USER', target: userArn('dry') }] },
    });
    expect(await services.directory.prisma.user.findUnique({ where: { arn: userArn('dry') } })).toBeNull();
  });

  test('an entity is of the partition of its account', async () => {
    const selected = '... on CreateGroupSuccess { group { arn } }';
    expect(await live.mutate(OPERATOR, 'createGroup', { accountId: CHINA, groupName: 'devs' }, selected)).toMatchObject(
      {
        group: { arn: `arn:aws-cn:iam::${CHINA}:group/devs` },
      },
    );
  });
});
