import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/session/caller.ts';
import { A, allow, aRole, aUser, policy, roleArn, trusts, userArn } from '../../support/policies.ts';
import { OPERATOR } from '../gateway.ts';
import { type Live, liveGateway } from '../live.ts';
import { OPENING, openServices, type TestServices } from '../services.ts';

const DEVS = `arn:aws:iam::${A}:group/devs`;
const READ_ONLY = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess';
const BOUNDARY = `arn:aws:iam::${A}:policy/Boundary`;
const S3 = JSON.parse(policy(allow('s3:*')));
const TRUST = JSON.parse(policy(trusts({ AWS: userArn('alice') })));
const role = { roleArn: roleArn('R') };
const user = { userArn: userArn('u') };

let services: TestServices;
let live: Live;
/** Who may change everything, who may change nothing, and who may change what is bounded. */
let admin: Caller;
let nobody: Caller;
let delegate: Caller;

beforeEach(async () => {
  const bounded = { StringEquals: { 'iam:PermissionsBoundary': BOUNDARY } };
  services = await openServices({
    accounts: [{ id: A, membership: 'NONE' }],
    policies: [
      { arn: BOUNDARY, defaultVersionId: 'v1', versions: [{ versionId: 'v1', document: policy(allow('s3:*')) }] },
    ],
    groups: [{ arn: DEVS }],
    users: [
      aUser('admin', [allow('iam:*')]),
      aUser('nobody', [allow('s3:*')]),
      aUser('delegate', [
        {
          ...allow(['iam:PutRolePolicy', 'iam:PutRolePermissionsBoundary', 'iam:AttachRolePolicy']),
          Condition: bounded,
        },
        { ...allow('iam:AttachUserPolicy'), Condition: { ArnEquals: { 'iam:PolicyARN': READ_ONLY } } },
      ]),
      aUser('alice'),
      aUser('u'),
    ],
    roles: [
      aRole('R', [trusts({ AWS: A })]),
      aRole('Bounded', [trusts({ AWS: A })], [], { permissionsBoundary: BOUNDARY }),
      aRole('aws-service-role/x.amazonaws.com/X', [trusts({ Service: 'x.amazonaws.com' })]),
    ],
    accessKeys: ['admin', 'nobody', 'delegate'].map((name) => ({ id: keyIdOf(name), user: userArn(name) })),
  });
  live = liveGateway(services);
  [admin, nobody, delegate] = await Promise.all([
    services.signIn(keyIdOf('admin')),
    services.signIn(keyIdOf('nobody')),
    services.signIn(keyIdOf('delegate')),
  ]);
}, OPENING);
afterEach(() => services.remove());

const attach = (policyArn: string) => services.directory.entities.attachRolePolicy({ ...role, policyArn });
const bound = (permissionsBoundary: string) =>
  services.directory.entities.putRolePermissionsBoundary({ ...role, permissionsBoundary });

function keyIdOf(name: string): string {
  return `AKIA${name.toUpperCase().padEnd(16, 'A')}`;
}

const OF_ROLE = `inlinePolicies { name document } attachedPolicies { arn } permissionsBoundary { arn } trustPolicy`;
const OF_USER = 'inlinePolicies { name } attachedPolicies { arn } permissionsBoundary { arn } groups { arn }';
const ROLE = `... on RoleChangeSuccess { role { ${OF_ROLE} } revision }`;
const USER = `... on UserChangeSuccess { user { ${OF_USER} } revision }`;
const revision = expect.stringMatching(/^r\d{19}$/);

/** Every mutation with what it takes and what of the entity it leaves; what takes away follows what puts there. */
const CHANGES: readonly (readonly [string, object, object])[] = [
  [
    'putRolePolicy',
    { ...role, policyName: 'p', policyDocument: S3 },
    { inlinePolicies: [{ name: 'p', document: S3 }] },
  ],
  ['deleteRolePolicy', { ...role, policyName: 'p' }, { inlinePolicies: [] }],
  ['attachRolePolicy', { ...role, policyArn: READ_ONLY }, { attachedPolicies: [{ arn: READ_ONLY }] }],
  ['detachRolePolicy', { ...role, policyArn: READ_ONLY }, { attachedPolicies: [] }],
  [
    'putRolePermissionsBoundary',
    { ...role, permissionsBoundary: BOUNDARY },
    { permissionsBoundary: { arn: BOUNDARY } },
  ],
  ['deleteRolePermissionsBoundary', role, { permissionsBoundary: null }],
  ['updateAssumeRolePolicy', { ...role, policyDocument: TRUST }, { trustPolicy: TRUST }],
  ['putUserPolicy', { ...user, policyName: 'p', policyDocument: S3 }, { inlinePolicies: [{ name: 'p' }] }],
  ['deleteUserPolicy', { ...user, policyName: 'p' }, { inlinePolicies: [] }],
  ['attachUserPolicy', { ...user, policyArn: READ_ONLY }, { attachedPolicies: [{ arn: READ_ONLY }] }],
  ['detachUserPolicy', { ...user, policyArn: READ_ONLY }, { attachedPolicies: [] }],
  [
    'putUserPermissionsBoundary',
    { ...user, permissionsBoundary: BOUNDARY },
    { permissionsBoundary: { arn: BOUNDARY } },
  ],
  ['deleteUserPermissionsBoundary', user, { permissionsBoundary: null }],
  ['addUserToGroup', { ...user, groupArn: DEVS }, { groups: [{ arn: DEVS }] }],
  ['removeUserFromGroup', { ...user, groupArn: DEVS }, { groups: [] }],
];

describe.each(CHANGES)('%s', (name, input, left) => {
  const operation = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
  const ofRole = 'roleArn' in input;

  test('is refused to who may not, with AWS’s sentence, and kept', async () => {
    const target = ofRole ? role.roleArn : user.userArn;
    const resource = 'groupArn' in input ? DEVS : target;
    const before = await services.directory.revision();
    expect(await live.mutate(nobody, name, input)).toEqual({
      __typename: 'AccessDenied',
      code: 'AccessDenied',
      message: `User: ${userArn('nobody')} is not authorized to perform: iam:${operation} on resource: ${resource} because no identity-based policy allows the iam:${operation} action`,
      decision: { effect: 'IMPLICIT_DENY', deniedBy: 'IDENTITY_POLICY' },
    });
    const kept = { event: operation, action: `iam:${operation}`, target, outcome: 'REFUSED', code: 'AccessDenied' };
    expect((await live.trail()).at(-1)).toMatchObject({ ...kept, principal: userArn('nobody') });
    expect(await services.directory.revision()).toBe(before);
  });

  test('is done for who may, and kept', async () => {
    const putting = CHANGES[CHANGES.findIndex(([each]) => each === name) - 1];
    if (/^(delete|detach|remove)/.test(name) && putting !== undefined) {
      await live.mutate(OPERATOR, putting[0], putting[1]);
    }
    const answer = await live.mutate(admin, name, input, ofRole ? ROLE : USER);
    expect(answer).toMatchObject(ofRole ? { role: left, revision } : { user: left, revision });
    expect((await live.trail()).at(-1)).toMatchObject({
      event: operation,
      outcome: 'SUCCEEDED',
      principal: userArn('admin'),
    });
  });

  test('of what is not there is told to who may, and to nobody else', async () => {
    const missing = { ...input, ...(ofRole ? { roleArn: roleArn('None') } : { userArn: userArn('none') }) };
    expect(await live.mutate(admin, name, missing)).toMatchObject({ __typename: 'NoSuchEntity' });
    expect(await live.mutate(nobody, name, missing)).toMatchObject({
      __typename: 'AccessDenied',
      decision: { effect: 'IMPLICIT_DENY', deniedBy: 'IDENTITY_POLICY' },
    });
  });
});

describe('the condition keys of IAM', () => {
  test('let somebody change what is bounded and nothing else', async () => {
    const put = { policyName: 'p', policyDocument: S3 };
    const bounded = { roleArn: roleArn('Bounded') };
    const refused = { __typename: 'AccessDenied', decision: { deniedBy: 'IDENTITY_POLICY' } };
    expect(await live.mutate(delegate, 'putRolePolicy', { ...role, ...put })).toMatchObject(refused);
    expect(await live.mutate(delegate, 'putRolePolicy', { ...bounded, ...put })).toEqual({
      __typename: 'RoleChangeSuccess',
    });
    // The bound that is asked for counts, and not the one that is there.
    const other = { ...bounded, permissionsBoundary: READ_ONLY };
    expect(await live.mutate(delegate, 'putRolePermissionsBoundary', other)).toMatchObject(refused);
    const same = { ...role, permissionsBoundary: BOUNDARY };
    expect(await live.mutate(delegate, 'putRolePermissionsBoundary', same)).toEqual({
      __typename: 'RoleChangeSuccess',
    });
    await live.mutate(OPERATOR, 'deleteRolePermissionsBoundary', role);
  });

  test('let somebody attach one policy and no other', async () => {
    const attach = (policyArn: string) => live.mutate(delegate, 'attachUserPolicy', { ...user, policyArn });
    expect(await attach(BOUNDARY)).toMatchObject({ __typename: 'AccessDenied' });
    expect(await attach(READ_ONLY)).toEqual({ __typename: 'UserChangeSuccess' });
    await live.mutate(OPERATOR, 'detachUserPolicy', { ...user, policyArn: READ_ONLY });
  });

  test('who may change a role that it may not read is not shown it', async () => {
    const bounded = { roleArn: roleArn('Bounded'), policyName: 'q', policyDocument: S3 };
    const answer = await live.mutate(
      delegate,
      'putRolePolicy',
      bounded,
      '... on RoleChangeSuccess { role { trustPolicy } }',
    );
    expect(answer).toEqual({ __typename: 'RoleChangeSuccess', role: null });
  });
});

describe('limits', () => {
  const long = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: `arn:aws:s3:::${'b'.repeat(10_241)}` }],
  };
  test.each([
    ['putRolePolicy', { ...role, policyName: 'p', policyDocument: '{' }, 'MalformedPolicyDocument'],
    ['putRolePolicy', { ...role, policyName: 'with space', policyDocument: S3 }, 'ValidationError'],
    ['putRolePolicy', { ...role, policyName: 'p', policyDocument: long }, 'LimitExceeded'],
    ['putUserPolicy', { ...user, policyName: 'p', policyDocument: long }, 'LimitExceeded'],
    ['updateAssumeRolePolicy', { ...role, policyDocument: S3 }, 'MalformedPolicyDocument'],
    ['attachRolePolicy', { ...role, policyArn: `arn:aws:iam::${A}:policy/None` }, 'NoSuchEntity'],
    ['attachRolePolicy', { ...role, policyArn: 'arn:aws:iam::aws:policy/aws-service-role/X' }, 'PolicyNotAttachable'],
    [
      'putRolePolicy',
      { roleArn: roleArn('aws-service-role/x.amazonaws.com/X'), policyName: 'p', policyDocument: S3 },
      'UnmodifiableEntity',
    ],
    ['deleteRole', { roleArn: roleArn('aws-service-role/x.amazonaws.com/X') }, 'UnmodifiableEntity'],
  ])('%s %j', async (name, input, failure) => {
    expect(await live.mutate(admin, name, input)).toMatchObject({ __typename: failure, code: failure });
    expect((await live.trail()).at(-1)).toMatchObject({ outcome: 'FAILED', code: failure });
  });
});

describe('deleting', () => {
  test('a role asks for what hangs on it to be removed, or for the right to remove that, too', async () => {
    await live.mutate(OPERATOR, 'putRolePolicy', { ...role, policyName: 'p', policyDocument: S3 });
    expect(await live.mutate(admin, 'deleteRole', role)).toMatchObject({ __typename: 'DeleteConflict' });
    await services.directory.apply({ users: [aUser('deleter', [allow('iam:DeleteRole')])] });
    await services.directory.apply({ accessKeys: [{ id: keyIdOf('deleter'), user: userArn('deleter') }] });
    const deleter = await services.signIn(keyIdOf('deleter'));
    const all = { ...role, withDependents: true };
    expect(await live.mutate(deleter, 'deleteRole', all)).toMatchObject({
      __typename: 'AccessDenied',
      message: expect.stringContaining('iam:DeleteRolePolicy'),
    });
    expect((await live.trail()).at(-1)).toMatchObject({
      action: 'iam:DeleteRolePolicy',
      target: role.roleArn,
      outcome: 'REFUSED',
    });
    expect(await live.mutate(admin, 'deleteRole', all, '... on DeleteRoleSuccess { deletedRoleArn revision }')).toEqual(
      {
        __typename: 'DeleteRoleSuccess',
        deletedRoleArn: role.roleArn,
        revision,
      },
    );
    expect(await live.mutate(admin, 'deleteRole', role)).toMatchObject({ __typename: 'NoSuchEntity' });
  });

  test.each([
    ['a policy that was attached meanwhile', () => attach(READ_ONLY)],
    ['a boundary that was set meanwhile', () => bound(BOUNDARY)],
  ])('a role with %s is refused: nobody has decided about that', async (_what, meanwhile) => {
    const { deleteRole } = services.sessions;
    const slow = liveGateway({
      ...services,
      sessions: {
        ...services.sessions,
        // What the guard decided was read before, and the change is made after it.
        deleteRole: async (...args) => {
          await meanwhile();
          return deleteRole(...args);
        },
      },
    });
    await live.mutate(OPERATOR, 'putRolePolicy', { ...role, policyName: 'p', policyDocument: S3 });
    const input = { ...role, withDependents: true };
    expect(await slow.mutate(admin, 'deleteRole', input)).toMatchObject({
      __typename: 'Conflict',
      message: expect.stringContaining('has changed since it was decided'),
    });
    const trail = await live.trail();
    expect(trail.at(-1)).toMatchObject({ event: 'DeleteRole', outcome: 'FAILED', code: 'CONFLICT' });
    expect(trail.at(-1).parameters).toEqual({ withDependents: 'true' });
    // With what is there now it is decided anew.
    expect(await live.mutate(admin, 'deleteRole', input)).toMatchObject({ __typename: 'DeleteRoleSuccess' });
  });

  test('what was taken away meanwhile does not hold a deletion up', async () => {
    const { deleteUser } = services.sessions;
    await services.directory.entities.attachUserPolicy({ ...user, policyArn: READ_ONLY });
    await services.directory.entities.addUserToGroup({ ...user, groupArn: DEVS });
    const slow = liveGateway({
      ...services,
      sessions: {
        ...services.sessions,
        deleteUser: async (...args) => {
          await services.directory.entities.detachUserPolicy({ ...user, policyArn: READ_ONLY });
          return deleteUser(...args);
        },
      },
    });
    expect(await slow.mutate(admin, 'deleteUser', { ...user, withDependents: true })).toMatchObject({
      __typename: 'DeleteUserSuccess',
    });
  });

  test('a user takes its keys with it', async () => {
    const made = await live.mutate(
      OPERATOR,
      'createAccessKey',
      { principal: user.userArn },
      '... on CreateAccessKeySuccess { accessKeyId }',
    );
    expect(await live.mutate(nobody, 'deleteUser', user)).toMatchObject({ __typename: 'AccessDenied' });
    expect(await live.mutate(admin, 'deleteUser', user)).toMatchObject({ __typename: 'DeleteConflict' });
    expect(await live.mutate(admin, 'deleteUser', { ...user, withDependents: true })).toEqual({
      __typename: 'DeleteUserSuccess',
    });
    await expect(services.signIn(made.accessKeyId)).rejects.toMatchObject({ code: 'InvalidClientTokenId' });
  });
});
