import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../src/session/caller.ts';
import { createEntityChanges, type EntityChanges } from '../../src/session/entity-changes.ts';
import { A, allow, aRole, aUser, deny, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { NOON } from '../support/questions.ts';
import { bearer, decide, type Gateway, openShared, signIn } from './gateway.ts';

const OPERATOR: Caller = { kind: 'operator' };
const AT = { accountId: A, partition: 'aws', path: '/' };
const BUCKET = 'arn:aws:s3:::b';
const GET = ['s3:GetObject', `${BUCKET}/x`] as const;
const S3 = policy(allow('s3:*'));
const SQS = policy(allow('sqs:*'));
const KEY = `arn:aws:kms:eu-west-1:${A}:key/1`;
const group = (name: string) => `arn:aws:iam::${A}:group/${name}`;
const managed = (name: string) => `arn:aws:iam::${A}:policy/${name}`;

let gateway: Gateway;
let changes: EntityChanges;
let count = 0;

beforeAll(async () => {
  gateway = await openShared({ accounts: [{ id: A, membership: 'NONE' }], users: [aUser('alice')] });
  changes = createEntityChanges(gateway);
});
afterAll(() => gateway.directory.close());

const why = async (caller: Caller, asked: readonly [string, string] = GET) =>
  (await decide(gateway, caller, asked, NOON + 1)).deniedBy;

/** A user of its own for each test, made by the changes themselves. */
async function aMadeUser(input: object = {}) {
  const name = `u${++count}`;
  await changes.createUser(OPERATOR, { ...AT, userName: name, ...input }, NOON);
  const user = { userArn: userArn(name) };
  return { name, user, caller: await signIn(gateway, user, NOON) };
}

async function lastEvent() {
  const events = await gateway.directory.audit.list({ limit: 1000 });
  const { event, action, target, parameters, outcome, code } = events.at(-1) ?? {};
  return { event, action, target, parameters, outcome, code };
}

describe('what is made and changed counts at the next request', () => {
  it('of a user: its boundary and its tags, from the beginning', async () => {
    const boundary = 'arn:aws:iam::aws:policy/AmazonSQSFullAccess';
    const { user, caller } = await aMadeUser({ permissionsBoundary: boundary, tags: [{ key: 'team', value: 'a' }] });
    await changes.putUserPolicy(OPERATOR, { ...user, policyName: 'p', policyDocument: S3 }, NOON);
    expect(await why(caller)).toBe('PERMISSIONS_BOUNDARY');
    await changes.deleteUserPermissionsBoundary(OPERATOR, user, NOON);
    expect(await why(caller)).toBeNull();
    const tagged = { ...deny('s3:*'), Condition: { StringEquals: { 'aws:PrincipalTag/team': 'b' } } };
    await changes.putUserPolicy(
      OPERATOR,
      { ...user, policyName: 'q', policyDocument: policy(tagged, allow('s3:*')) },
      NOON,
    );
    expect(await why(caller)).toBeNull();
    await changes.tagUser(OPERATOR, { ...user, tags: [{ key: 'TEAM', value: 'b' }] }, NOON);
    expect(await why(caller)).toBe('IDENTITY_POLICY');
    await changes.untagUser(OPERATOR, { ...user, tagKeys: ['Team'] }, NOON);
    expect(await why(caller)).toBeNull();
  });

  it('of a group: its policies, another name, its end', async () => {
    const { user, caller } = await aMadeUser();
    await changes.createGroup(OPERATOR, { ...AT, groupName: 'devs' }, NOON);
    const devs = { groupArn: group('devs') };
    await changes.addUserToGroup(OPERATOR, { ...user, ...devs }, NOON);
    expect(await why(caller)).toBe('IDENTITY_POLICY');
    await changes.putGroupPolicy(OPERATOR, { ...devs, policyName: 'p', policyDocument: S3 }, NOON);
    expect(await why(caller)).toBeNull();
    await changes.updateGroup(OPERATOR, { ...devs, newGroupName: 'ops', newPath: '/team/' }, NOON);
    expect(await why(caller)).toBeNull();
    const ops = { groupArn: group('team/ops') };
    await changes.deleteGroupPolicy(OPERATOR, { ...ops, policyName: 'p' }, NOON);
    expect(await why(caller)).toBe('IDENTITY_POLICY');
    await changes.attachGroupPolicy(
      OPERATOR,
      { ...ops, policyArn: 'arn:aws:iam::aws:policy/AmazonS3FullAccess' },
      NOON,
    );
    expect(await why(caller)).toBeNull();
    await changes.deleteGroup(OPERATOR, { ...ops, withDependents: true }, NOON);
    expect(await why(caller)).toBe('IDENTITY_POLICY');
  });

  it('of a managed policy: its default version, and its end', async () => {
    const { user, caller } = await aMadeUser();
    const own = { policyArn: managed('Own') };
    await changes.createPolicy(OPERATOR, { ...AT, policyName: 'Own', policyDocument: SQS }, NOON);
    await changes.attachUserPolicy(OPERATOR, { ...user, ...own }, NOON);
    expect(await why(caller)).toBe('IDENTITY_POLICY');
    await changes.createPolicyVersion(OPERATOR, { ...own, policyDocument: S3 }, NOON);
    expect(await why(caller)).toBe('IDENTITY_POLICY');
    await changes.setDefaultPolicyVersion(OPERATOR, { ...own, versionId: 'v2' }, NOON);
    expect(await why(caller)).toBeNull();
    await changes.createPolicyVersion(OPERATOR, { ...own, policyDocument: SQS, setAsDefault: true }, NOON);
    expect(await why(caller)).toBe('IDENTITY_POLICY');
    await changes.setDefaultPolicyVersion(OPERATOR, { ...own, versionId: 'v2' }, NOON);
    expect(await why(caller)).toBeNull();
    await changes.deletePolicy(OPERATOR, { ...own, withDependents: true }, NOON);
    expect(await why(caller)).toBe('IDENTITY_POLICY');
  });

  it('of a role: whom it trusts, how long, and its tags', async () => {
    const { user, caller } = await aMadeUser();
    const name = `R${++count}`;
    const assumeRolePolicyDocument = policy(trusts({ AWS: user.userArn }));
    const assume = (durationSeconds: number) =>
      gateway.sessions.assumeRole(caller, { role: roleArn(name), roleSessionName: 's1', durationSeconds }, NOON);
    await expect(assume(900)).rejects.toMatchObject({ code: 'AccessDenied' });
    await changes.createRole(OPERATOR, { ...AT, roleName: name, assumeRolePolicyDocument }, NOON);
    const session = await gateway.sessions.authenticate(bearer(await assume(900)), NOON);
    await expect(assume(7200)).rejects.toMatchObject({ code: 'ValidationError' });
    await changes.updateRole(OPERATOR, { roleArn: roleArn(name), maxSessionDuration: 7200 }, NOON);
    expect(await assume(7200)).toHaveProperty('credentials');
    const mine = { ...allow('s3:*'), Condition: { StringEquals: { 'aws:PrincipalTag/team': 'a' } } };
    const on = { roleArn: roleArn(name) };
    await changes.putRolePolicy(OPERATOR, { ...on, policyName: 'p', policyDocument: policy(mine) }, NOON);
    expect(await why(session)).toBe('IDENTITY_POLICY');
    await changes.tagRole(OPERATOR, { ...on, tags: [{ key: 'team', value: 'a' }] }, NOON);
    expect(await why(session)).toBeNull();
    await changes.untagRole(OPERATOR, { ...on, tagKeys: ['team'] }, NOON);
    expect(await why(session)).toBe('IDENTITY_POLICY');
  });

  it('of policies and instance profiles as resources: their tags', async () => {
    const { user, caller } = await aMadeUser();
    const ours = { ...allow('iam:*'), Condition: { StringEquals: { 'aws:ResourceTag/team': 'a' } } };
    await changes.putUserPolicy(OPERATOR, { ...user, policyName: 'p', policyDocument: policy(ours) }, NOON);
    const tags = [{ key: 'team', value: 'a' }];
    await changes.createPolicy(OPERATOR, { ...AT, policyName: 'Tagged', policyDocument: S3, tags }, NOON);
    await changes.createInstanceProfile(OPERATOR, { ...AT, instanceProfileName: 'Tagged', tags }, NOON);
    const profile = { instanceProfileArn: `arn:aws:iam::${A}:instance-profile/Tagged` };
    const asked = [
      ['iam:DeletePolicy', managed('Tagged')],
      ['iam:DeleteInstanceProfile', profile.instanceProfileArn],
    ] as const;
    for (const one of asked) expect(await why(caller, one)).toBeNull();
    await changes.untagPolicy(OPERATOR, { policyArn: managed('Tagged'), tagKeys: ['team'] }, NOON);
    await changes.untagInstanceProfile(OPERATOR, { ...profile, tagKeys: ['team'] }, NOON);
    for (const one of asked) expect(await why(caller, one)).toBe('IDENTITY_POLICY');
  });
});

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids */
describe('a user that is renamed', () => {
  const grants = (arn: string) => ({ ...allow('s3:GetObject', `${BUCKET}/*`), Principal: { AWS: arn } });

  it('is the same user to the policies that name it, and whoever gets its name is not', async () => {
    const { name, user, caller } = await aMadeUser();
    const role = aRole(`R${++count}`, [trusts({ AWS: user.userArn })]);
    const grant = {
      grantId: 'g1',
      name: null,
      granteePrincipal: user.userArn,
      operations: ['Decrypt'],
      constraints: null,
    };
    const trusting = policy({ ...allow('kms:DescribeKey'), Principal: { AWS: `arn:aws:iam::${A}:root` } });
    await gateway.directory.apply({
      roles: [role],
      resources: [
        { arn: BUCKET, accountId: A, policy: policy(grants(user.userArn)) },
        { arn: KEY, accountId: A, policy: trusting, grants: [grant] as never },
      ],
    });
    const decrypt = ['kms:Decrypt', KEY] as const;
    const temporary = await gateway.sessions.getSessionToken(caller, {}, NOON);
    for (const asked of [GET, decrypt]) expect(await why(caller, asked)).toBeNull();

    // JSON escapes the path.
    const renamed = userArn(`te"am/${name}-new`);
    await changes.updateUser(OPERATOR, { ...user, newUserName: `${name}-new`, newPath: '/te"am/' }, NOON);
    const now = await gateway.sessions.authenticate(bearer({ credentials: temporary }), NOON);
    expect(now).toMatchObject({ ref: { arn: renamed } });
    for (const asked of [GET, decrypt]) expect(await why(now, asked)).toBeNull();
    expect(await gateway.sessions.assumeRole(now, { role: role.arn, roleSessionName: 's1' }, NOON)).toHaveProperty(
      'credentials',
    );
    const [found] = await gateway.directory.iam.roles(
      (await gateway.directory.prisma.role.findMany({ where: { arn: role.arn } })).map(({ id }) => id),
    );
    expect(JSON.parse(found?.trustPolicy ?? ''), 'as AWS prints it').toMatchObject({
      Statement: [{ Principal: { AWS: renamed } }],
    });

    await changes.createUser(OPERATOR, { ...AT, userName: name }, NOON);
    const other = await signIn(gateway, user, NOON);
    expect(await why(other)).toBe('IDENTITY_POLICY');
    await expect(
      gateway.sessions.assumeRole(other, { role: role.arn, roleSessionName: 's1' }, NOON),
    ).rejects.toMatchObject({ answer: { decision: { deniedBy: 'TRUST_POLICY' } } });

    await changes.deleteUser(OPERATOR, { userArn: renamed, withDependents: true }, NOON);
    await changes.createUser(OPERATOR, { ...AT, path: '/te"am/', userName: `${name}-new` }, NOON);
    const again = await signIn(gateway, { userArn: renamed }, NOON);
    for (const asked of [GET, decrypt]) expect(await why(again, asked)).not.toBeNull();
  });

  it('is what a Deny means, and what NotPrincipal excludes', async () => {
    const { name, user, caller } = await aMadeUser();
    await changes.putUserPolicy(OPERATOR, { ...user, policyName: 'p', policyDocument: S3 }, NOON);
    const root = `arn:aws:iam::${A}:root`;
    const but = { ...deny('s3:GetObject', `${BUCKET}/*`), NotPrincipal: { AWS: [root, user.userArn] } };
    await gateway.directory.apply({ resources: [{ arn: BUCKET, accountId: A, policy: policy(but) }] });
    expect(await why(caller)).toBeNull();
    await changes.updateUser(OPERATOR, { ...user, newUserName: `${name}-new` }, NOON);
    const renamed = await signIn(gateway, { userArn: userArn(`${name}-new`) }, NOON);
    expect(await why(renamed)).toBeNull();
    const denied = { ...deny('s3:GetObject', `${BUCKET}/*`), Principal: { AWS: userArn(`${name}-new`) } };
    await gateway.directory.apply({ resources: [{ arn: BUCKET, accountId: A, policy: policy(denied) }] });
    expect(await why(renamed)).toBe('RESOURCE_POLICY');
    await changes.updateUser(OPERATOR, { userArn: userArn(`${name}-new`), newUserName: name }, NOON);
    expect(await why(caller)).toBe('RESOURCE_POLICY');
  });
});

describe('the trail', () => {
  it('has what was made with its ARN, its parameters, and documents by their hashes', async () => {
    const tags = [{ key: 'team', value: 'a' }];
    const given = { ...AT, path: '/team/', roleName: 'Traced', assumeRolePolicyDocument: policy(trusts({ AWS: A })) };
    await changes.createRole(OPERATOR, { ...given, tags, maxSessionDuration: 7200 }, NOON);
    expect(await lastEvent()).toEqual({
      event: 'CreateRole',
      action: 'iam:CreateRole',
      target: roleArn('team/Traced'),
      parameters: {
        path: '/team/',
        roleName: 'Traced',
        assumeRolePolicyDocument: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        tags: '[{"key":"team","value":"a"}]',
        maxSessionDuration: '7200',
      },
      outcome: 'SUCCEEDED',
      code: null,
    });
  });
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html and the others there */
describe('a parameter out of its limits', () => {
  const name = (text: string) => () => changes.createUser(OPERATOR, { ...AT, userName: text }, NOON);
  const path = (text: string) => () => changes.createUser(OPERATOR, { ...AT, path: text, userName: 'x' }, NOON);
  const tags = (...pairs: readonly (readonly [string, string])[]) => {
    const given = pairs.map(([key, value]) => ({ key, value }));
    return () => changes.tagUser(OPERATOR, { userArn: userArn('alice'), tags: given }, NOON);
  };
  const role = (input: object) => () =>
    changes.createRole(
      OPERATOR,
      { ...AT, roleName: 'X', assumeRolePolicyDocument: policy(trusts({ AWS: A })), ...input },
      NOON,
    );
  const alias = (accountAlias: string) => () =>
    changes.createAccountAlias(OPERATOR, { accountId: A, accountAlias }, NOON);
  const tooLong = policy(trusts({ AWS: A }, { condition: { StringEquals: { 'sts:ExternalId': 'x'.repeat(8200) } } }));
  const INVALID = 'ValidationError';

  it.each([
    ['no name', name(''), INVALID],
    ['a name of 65 characters', name('u'.repeat(65)), INVALID],
    ['a name with a slash', name('a/b'), INVALID],
    ['a name with a blank', name('a b'), INVALID],
    ['a path without its last slash', path('/team'), INVALID],
    ['a path with a blank', path('/a b/'), INVALID],
    ['a path of 513 characters', path(`/${'p'.repeat(511)}/`), INVALID],
    ['a path of AWS', role({ path: '/aws-service-role/x.amazonaws.com/' }), 'InvalidInput'],
    ['no tag key', tags(['', 'a']), INVALID],
    ['a tag key of AWS', tags(['AWS:x', 'a']), INVALID],
    ['a tag key of 129 characters', tags(['k'.repeat(129), 'a']), INVALID],
    ['a tag value of 257 characters', tags(['k', 'v'.repeat(257)]), INVALID],
    ['a tag value with a bracket', tags(['k', '<']), INVALID],
    ['two tag keys that differ in case', tags(['k', 'a'], ['K', 'b']), 'InvalidInput'],
    ['a duration of 3,599 seconds', role({ maxSessionDuration: 3599 }), INVALID],
    ['a duration of 43,201 seconds', role({ maxSessionDuration: 43_201 }), INVALID],
    ['a description of 1,001 characters', role({ description: 'd'.repeat(1001) }), INVALID],
    ['a description with a snowman', role({ description: '\u2603' }), INVALID],
    ['a trust policy that grants S3', role({ assumeRolePolicyDocument: S3 }), 'MalformedPolicyDocument'],
    ['a trust policy of 8,193 characters', role({ assumeRolePolicyDocument: tooLong }), 'LimitExceeded'],
    ['an alias of two characters', alias('ab'), INVALID],
    ['an alias with two hyphens', alias('a--b'), INVALID],
    ['an alias in capitals', alias('Alias'), INVALID],
  ])('is refused, and the trail says so: %s', async (_what, change, code) => {
    await expect(change()).rejects.toMatchObject({ code });
    // One that repeats another is counted at the first.
    const events = await gateway.directory.audit.list({ limit: 1000 });
    expect(events).toContainEqual(expect.objectContaining({ outcome: 'FAILED', code }));
  });

  it('is told with the findings of a document and their places', async () => {
    const policyDocument = policy({ ...allow('s3:GetObject'), Effect: 'Perhaps' });
    await expect(
      changes.createPolicy(OPERATOR, { ...AT, policyName: 'Bad', policyDocument }, NOON),
    ).rejects.toMatchObject({
      code: 'MalformedPolicyDocument',
      findings: expect.arrayContaining([expect.objectContaining({ path: expect.stringContaining('Effect') })]),
    });
  });
});
