import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/policy/json.ts';
import type { Caller } from '../../src/session/caller.ts';
import { createEntityChanges, type EntityChanges } from '../../src/session/entity-changes.ts';
import { A, allow, aRole, aUser, B, deny, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { NOON } from '../support/questions.ts';
import { bearer, decide, type Gateway, openShared, signIn } from './gateway.ts';
import { keptSessions } from './kept-sessions.ts';

const OPERATOR: Caller = { kind: 'operator' };
const S3 = ['s3:GetObject', 'arn:aws:s3:::b/x'] as const;
const READ_ONLY = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess';
const OWN = `arn:aws:iam::${A}:policy/Own`;
const FOREIGN = `arn:aws:iam::${B}:policy/Foreign`;
const DEVS = `arn:aws:iam::${A}:group/devs`;
function isProtected(name: string) {
  const message = `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`;
  return { code: 'UnmodifiableEntity', message };
}

let gateway: Gateway;
let changes: EntityChanges;
let count = 0;

function managed(arn: string, ...statements: readonly JsonObject[]) {
  return { arn, defaultVersionId: 'v1', versions: [{ versionId: 'v1', document: policy(...statements) }] };
}

beforeAll(async () => {
  gateway = await openShared({
    accounts: [{ id: A, membership: 'NONE' }],
    policies: [managed(OWN, allow('s3:*')), managed(FOREIGN, allow('s3:*'))],
    groups: [{ arn: DEVS, inlinePolicies: [{ name: 'devs', document: policy(allow('s3:*')) }] }],
    users: [aUser('alice')],
    roles: [
      aRole('aws-service-role/x.amazonaws.com/X', [trusts({ Service: 'x.amazonaws.com' })]),
      aRole('aws-reserved/sso.amazonaws.com/Y', [trusts({ AWS: A })]),
    ],
  });
  changes = createEntityChanges(gateway);
});
afterAll(() => gateway.directory.close());

/** A role of its own for each test, held by alice. */
async function aHeldRole() {
  const role = roleArn(`R${++count}`);
  await gateway.directory.apply({ roles: [aRole(`R${count}`, [trusts({ AWS: userArn('alice') })])] });
  const alice = await aSignedIn('alice');
  const assumed = await gateway.sessions.assumeRole(alice, { role, roleSessionName: 's1' }, NOON);
  const caller = await gateway.sessions.authenticate(bearer(assumed), NOON);
  return { role, why: async () => (await decide(gateway, caller, S3, NOON + 1)).deniedBy };
}

async function aUserOfItsOwn() {
  const user = userArn(`u${++count}`);
  await gateway.directory.apply({ users: [{ arn: user, inlinePolicies: [] }] });
  const caller = await signIn(gateway, { userArn: user }, NOON);
  return { user, why: async () => (await decide(gateway, caller, S3, NOON + 1)).deniedBy };
}

const signedIn = new Map<string, Promise<Caller>>();
function aSignedIn(name: string): Promise<Caller> {
  const known = signedIn.get(name) ?? signIn(gateway, { userArn: userArn(name) }, NOON);
  signedIn.set(name, known);
  return known;
}

/** What the last event says. */
async function lastEvent() {
  const events = await gateway.directory.audit.list({ limit: 1000 });
  const { event, action, target, parameters, outcome, code, principal, revision } = events.at(-1) ?? {};
  return { event, action, target, parameters, outcome, code, principal, revision };
}

describe('a change of a role', () => {
  it('counts at the next request of its sessions: inline policies, attached ones, the boundary', async () => {
    const { role, why } = await aHeldRole();
    const on = { roleArn: role };
    expect(await why()).toBe('IDENTITY_POLICY');
    await changes.putRolePolicy(OPERATOR, { ...on, policyName: 'p', policyDocument: policy(allow('s3:*')) }, NOON);
    expect(await why()).toBeNull();
    await changes.deleteRolePolicy(OPERATOR, { ...on, policyName: 'p' }, NOON);
    expect(await why()).toBe('IDENTITY_POLICY');
    for (const policyArn of [READ_ONLY, OWN]) {
      await changes.attachRolePolicy(OPERATOR, { ...on, policyArn }, NOON);
      expect(await why()).toBeNull();
      await changes.detachRolePolicy(OPERATOR, { ...on, policyArn }, NOON);
      expect(await why()).toBe('IDENTITY_POLICY');
    }
    await changes.attachRolePolicy(OPERATOR, { ...on, policyArn: OWN }, NOON);
    const boundary = 'arn:aws:iam::aws:policy/AmazonSQSFullAccess';
    await changes.putRolePermissionsBoundary(OPERATOR, { ...on, permissionsBoundary: boundary }, NOON);
    expect(await why()).toBe('PERMISSIONS_BOUNDARY');
    await changes.deleteRolePermissionsBoundary(OPERATOR, on, NOON);
    expect(await why()).toBeNull();
  });

  it('is kept in the trail with who did it and what it led to, and so is one that was refused', async () => {
    const { role } = await aHeldRole();
    const alice = await aSignedIn('alice');
    await changes.attachRolePolicy(alice, { roleArn: role, policyArn: OWN }, NOON);
    const kept = {
      event: 'AttachRolePolicy',
      action: 'iam:AttachRolePolicy',
      target: role,
      principal: userArn('alice'),
    };
    const revision = await gateway.directory.revision();
    const parameters = { policyArn: OWN };
    expect(await lastEvent()).toEqual({ ...kept, parameters, outcome: 'SUCCEEDED', code: null, revision });
    await expect(changes.attachRolePolicy(alice, { roleArn: role, policyArn: FOREIGN }, NOON)).rejects.toMatchObject({
      code: 'NoSuchEntity',
      message: `Policy ${FOREIGN} does not exist or is not attachable.`,
    });
    expect(await lastEvent()).toEqual({
      ...kept,
      parameters: { policyArn: FOREIGN },
      outcome: 'FAILED',
      code: 'NoSuchEntity',
      revision: null,
    });
    expect(await gateway.directory.revision()).toBe(revision);
  });

  it('is kept with the name of its policy, and with which document it wrote', async () => {
    const { role } = await aHeldRole();
    const policyDocument = policy(allow('s3:ListBucket'));
    await changes.putRolePolicy(OPERATOR, { roleArn: role, policyName: 'list', policyDocument }, NOON);
    const { parameters } = await lastEvent();
    expect(parameters).toEqual({ policyName: 'list', policyDocument: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
    const hash = parameters?.['policyDocument']?.slice('sha256:'.length) ?? '';
    expect(await gateway.directory.prisma.policyDocument.findUnique({ where: { hash } })).toMatchObject({
      text: policyDocument,
    });
    const odd = { roleArn: role, policyName: 'a\0b', policyDocument: '{' };
    await expect(changes.putRolePolicy(OPERATOR, odd, NOON)).rejects.toMatchObject({ code: 'ValidationError' });
    expect((await lastEvent()).parameters).toMatchObject({ policyName: 'a\ufffdb' });
  });

  it('that changes nothing leaves the revision', async () => {
    const { role } = await aHeldRole();
    const on = { roleArn: role };
    const put = { ...on, policyName: 'p', policyDocument: policy(allow('s3:*')) };
    await changes.attachRolePolicy(OPERATOR, { ...on, policyArn: OWN }, NOON);
    await changes.putRolePolicy(OPERATOR, put, NOON);
    const revision = await gateway.directory.revision();
    await changes.attachRolePolicy(OPERATOR, { ...on, policyArn: OWN }, NOON);
    await changes.putRolePolicy(OPERATOR, put, NOON);
    await changes.deleteRolePermissionsBoundary(OPERATOR, on, NOON);
    await changes.updateAssumeRolePolicy(
      OPERATOR,
      { ...on, policyDocument: policy(trusts({ AWS: userArn('alice') })) },
      NOON,
    );
    expect(await gateway.directory.revision()).toBe(revision);
  });

  it('needs the role, its policy and a name', async () => {
    const { role } = await aHeldRole();
    const none = roleArn('None');
    const noRole = {
      code: 'NoSuchEntity',
      message: `The role with name ${none.slice(none.lastIndexOf('/') + 1)} cannot be found.`,
    };
    const document = { policyName: 'p', policyDocument: policy(allow('s3:*')) };
    await expect(changes.putRolePolicy(OPERATOR, { roleArn: none, ...document }, NOON)).rejects.toMatchObject(noRole);
    await expect(changes.deleteRole(OPERATOR, { roleArn: none }, NOON)).rejects.toMatchObject(noRole);
    await expect(changes.deleteRolePolicy(OPERATOR, { roleArn: role, policyName: 'q' }, NOON)).rejects.toMatchObject({
      code: 'NoSuchEntity',
      message: 'The role policy with name q cannot be found.',
    });
    await expect(changes.detachRolePolicy(OPERATOR, { roleArn: role, policyArn: OWN }, NOON)).rejects.toMatchObject({
      code: 'NoSuchEntity',
      message: `Policy ${OWN} was not found.`,
    });
    for (const policyName of ['', 'a b', 'x'.repeat(129)]) {
      const named = { ...document, roleArn: role, policyName };
      const error = { code: 'ValidationError', field: 'policyName' };
      await expect(changes.putRolePolicy(OPERATOR, named, NOON)).rejects.toMatchObject(error);
    }
  });

  it('keeps to the grammar and the sizes of IAM', async () => {
    const { role } = await aHeldRole();
    const put = (policyName: string, policyDocument: string) =>
      changes.putRolePolicy(OPERATOR, { roleArn: role, policyName, policyDocument }, NOON);
    await expect(put('p', '{')).rejects.toMatchObject({
      code: 'MalformedPolicyDocument',
      message: 'Syntax errors in policy.',
      field: 'policyDocument',
    });
    await expect(put('p', policy(trusts({ AWS: A })))).rejects.toMatchObject({
      code: 'MalformedPolicyDocument',
      message: 'Policy document should not specify a principal.',
    });
    // Two of 5,120 characters are what there is room for; blanks do not count.
    const sized = (length: number, indent = 0): string => {
      const empty = JSON.parse(policy(allow('s3:*', 'arn:aws:s3:::')));
      empty.Statement[0].Resource += 'x'.repeat(length - JSON.stringify(empty).length);
      return JSON.stringify(empty, null, indent);
    };
    await put('p', sized(5120, 4));
    await put('q', sized(5120));
    await put('p', sized(5119));
    const tooLong = `Maximum policy size of 10240 bytes exceeded for role ${role.slice(role.lastIndexOf('/') + 1)}`;
    await expect(put('r', sized(200))).rejects.toMatchObject({ code: 'LimitExceeded', message: tooLong });
    await expect(put('p', sized(5121))).rejects.toMatchObject({ code: 'LimitExceeded', message: tooLong });
  });

  it('attaches as many policies as AWS gives at most, and none that is for services', async () => {
    const { role } = await aHeldRole();
    const arns = Array.from({ length: 26 }, (_, index) => `arn:aws:iam::${A}:policy/P${index}`);
    await gateway.directory.apply({ policies: arns.map((arn) => managed(arn, allow('sqs:*'))) });
    const attach = (policyArn: string) => changes.attachRolePolicy(OPERATOR, { roleArn: role, policyArn }, NOON);
    for (const arn of arns.slice(0, 25)) await attach(arn);
    await attach(arns[0] ?? '');
    await expect(attach(arns[25] ?? '')).rejects.toMatchObject({
      code: 'LimitExceeded',
      message: 'Cannot exceed quota for PoliciesPerRole: 25',
    });
    await expect(attach('arn:aws:iam::aws:policy/aws-service-role/AWSSupportServiceRolePolicy')).rejects.toMatchObject({
      code: 'PolicyNotAttachable',
      message: 'Cannot attach a Service Role Policy to a Customer Role.',
    });
  });

  it('writes a trust policy for who is there, and says who is not', async () => {
    const { role } = await aHeldRole();
    const write = (policyDocument: string) =>
      changes.updateAssumeRolePolicy(OPERATOR, { roleArn: role, policyDocument }, NOON);
    await expect(write(policy(allow('s3:*')))).rejects.toMatchObject({ code: 'MalformedPolicyDocument' });
    await expect(write(policy(trusts({ AWS: [userArn('alice'), userArn('nobody')] })))).rejects.toMatchObject({
      code: 'MalformedPolicyDocument',
      message: `Invalid principal in policy: "AWS":"${userArn('nobody')}"`,
    });
    const tooLong = policy(...Array.from({ length: 120 }, () => trusts({ AWS: A })));
    await expect(write(tooLong)).rejects.toMatchObject({
      code: 'LimitExceeded',
      message: 'Cannot exceed quota for ACLSizePerRole: 8192',
    });
    // Nothing is known of the entities of that account.
    await write(policy(trusts({ AWS: userArn('carol', '444444444444') })));
    const alice = await aSignedIn('alice');
    const attempt = gateway.sessions.assumeRole(alice, { role, roleSessionName: 's2' }, NOON);
    await expect(attempt).rejects.toMatchObject({ answer: { decision: { deniedBy: 'TRUST_POLICY' } } });
  });

  it('gives a grant to the one who has the name now, when the trust policy is written anew', async () => {
    const { role } = await aHeldRole();
    const bob = userArn('bob');
    const trust = { roleArn: role, policyDocument: policy(trusts({ AWS: bob })) };
    const assume = async () =>
      gateway.sessions.assumeRole(await signIn(gateway, { userArn: bob }, NOON), { role, roleSessionName: 's1' }, NOON);
    await gateway.directory.apply({ users: [{ arn: bob, id: 'AIDAONE' }] });
    await changes.updateAssumeRolePolicy(OPERATOR, trust, NOON);
    await changes.deleteUser(OPERATOR, { userArn: bob }, NOON);
    await gateway.directory.apply({ users: [{ arn: bob, id: 'AIDATWO' }] });
    await expect(assume()).rejects.toMatchObject({ answer: { decision: { deniedBy: 'TRUST_POLICY' } } });
    await changes.updateAssumeRolePolicy(OPERATOR, trust, NOON);
    expect((await assume()).session.assumedBy).toBe(bob);
  });

  it('is refused where only AWS changes the role', async () => {
    for (const name of ['aws-service-role/x.amazonaws.com/X', 'aws-reserved/sso.amazonaws.com/Y']) {
      const on = { roleArn: roleArn(name) };
      const document = policy(allow('s3:*'));
      const attempts = [
        changes.putRolePolicy(OPERATOR, { ...on, policyName: 'p', policyDocument: document }, NOON),
        changes.deleteRolePolicy(OPERATOR, { ...on, policyName: 'p' }, NOON),
        changes.attachRolePolicy(OPERATOR, { ...on, policyArn: OWN }, NOON),
        changes.detachRolePolicy(OPERATOR, { ...on, policyArn: OWN }, NOON),
        changes.updateAssumeRolePolicy(OPERATOR, { ...on, policyDocument: policy(trusts({ AWS: A })) }, NOON),
        changes.putRolePermissionsBoundary(OPERATOR, { ...on, permissionsBoundary: OWN }, NOON),
        changes.deleteRolePermissionsBoundary(OPERATOR, on, NOON),
        changes.deleteRole(OPERATOR, { ...on, withDependents: true }, NOON),
      ];
      for (const outcome of await Promise.allSettled(attempts)) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: isProtected(name.slice(-1)) });
      }
    }
  });
});

describe('a change of a user', () => {
  it('counts at its next request: inline policies, attached ones, groups, the boundary', async () => {
    const { user, why } = await aUserOfItsOwn();
    const on = { userArn: user };
    expect(await why()).toBe('IDENTITY_POLICY');
    await changes.putUserPolicy(OPERATOR, { ...on, policyName: 'p', policyDocument: policy(allow('s3:*')) }, NOON);
    expect(await why()).toBeNull();
    await changes.deleteUserPolicy(OPERATOR, { ...on, policyName: 'p' }, NOON);
    expect(await why()).toBe('IDENTITY_POLICY');
    await changes.attachUserPolicy(OPERATOR, { ...on, policyArn: READ_ONLY }, NOON);
    expect(await why()).toBeNull();
    await changes.detachUserPolicy(OPERATOR, { ...on, policyArn: READ_ONLY }, NOON);
    await changes.addUserToGroup(OPERATOR, { ...on, groupArn: DEVS }, NOON);
    expect(await why()).toBeNull();
    await changes.putUserPermissionsBoundary(
      OPERATOR,
      { ...on, permissionsBoundary: 'arn:aws:iam::aws:policy/AmazonSQSFullAccess' },
      NOON,
    );
    expect(await why()).toBe('PERMISSIONS_BOUNDARY');
    await changes.deleteUserPermissionsBoundary(OPERATOR, on, NOON);
    expect(await why()).toBeNull();
    await changes.removeUserFromGroup(OPERATOR, { ...on, groupArn: DEVS }, NOON);
    expect(await why()).toBe('IDENTITY_POLICY');
    expect(await lastEvent()).toMatchObject({ event: 'RemoveUserFromGroup', target: user, principal: 'operator' });
  });

  it('keeps to the quotas of users', async () => {
    const { user } = await aUserOfItsOwn();
    const statements = Array.from({ length: 45 }, () => deny('s3:DeleteBucket'));
    const long = { userArn: user, policyName: 'p', policyDocument: policy(...statements) };
    await expect(changes.putUserPolicy(OPERATOR, long, NOON)).rejects.toMatchObject({
      code: 'LimitExceeded',
      message: `Maximum policy size of 2048 bytes exceeded for user ${user.slice(user.lastIndexOf('/') + 1)}`,
    });
    const groups = Array.from({ length: 11 }, (_, index) => ({ arn: `arn:aws:iam::${A}:group/g${index}` }));
    await gateway.directory.apply({ groups });
    const add = (groupArn: string) => changes.addUserToGroup(OPERATOR, { userArn: user, groupArn }, NOON);
    for (const { arn } of groups.slice(0, 10)) await add(arn);
    await expect(add(groups[10]?.arn ?? '')).rejects.toMatchObject({
      code: 'LimitExceeded',
      message: 'Cannot exceed quota for GroupsPerUser: 10',
    });
    const none = `arn:aws:iam::${A}:group/none`;
    await expect(add(none)).rejects.toMatchObject({
      code: 'NoSuchEntity',
      message: `The group with name ${none.slice(none.lastIndexOf('/') + 1)} cannot be found.`,
    });
  });
});

describe('deleting', () => {
  const conflict = (must: string) => ({ code: 'DeleteConflict', message: `Cannot delete entity, must ${must} first.` });

  it('a role asks for what hangs on it to be removed before, one after the other', async () => {
    const { role, why } = await aHeldRole();
    const on = { roleArn: role };
    const remove = () => changes.deleteRole(OPERATOR, on, NOON);
    const profile = `arn:aws:iam::${A}:instance-profile/P${count}`;
    await gateway.directory.apply({ instanceProfiles: [{ arn: profile, role }] });
    await changes.putRolePolicy(OPERATOR, { ...on, policyName: 'p', policyDocument: policy(allow('s3:*')) }, NOON);
    await changes.attachRolePolicy(OPERATOR, { ...on, policyArn: OWN }, NOON);
    await changes.putRolePermissionsBoundary(OPERATOR, { ...on, permissionsBoundary: OWN }, NOON);
    await expect(remove()).rejects.toMatchObject(conflict('delete policies'));
    await changes.deleteRolePolicy(OPERATOR, { ...on, policyName: 'p' }, NOON);
    await expect(remove()).rejects.toMatchObject(conflict('detach all policies'));
    await changes.detachRolePolicy(OPERATOR, { ...on, policyArn: OWN }, NOON);
    await expect(remove()).rejects.toMatchObject(conflict('remove roles from instance profile'));
    expect(await why()).toBe('IDENTITY_POLICY');
    await gateway.directory.apply({ instanceProfiles: [{ arn: profile, role: null }] });
    // A boundary is no reason to refuse.
    await remove();
    await expect(why()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('a user asks for its keys, device, policies and groups to be removed before', async () => {
    const { user } = await aUserOfItsOwn();
    const on = { userArn: user };
    const remove = () => changes.deleteUser(OPERATOR, on, NOON);
    await expect(remove()).rejects.toMatchObject(conflict('delete access keys'));

    const other = userArn(`u${++count}`);
    const serialNumber = `arn:aws:iam::${A}:mfa/m${count}`;
    const { mfaDevices } = gateway.directory;
    await gateway.directory.apply({
      users: [
        {
          arn: other,
          groups: [DEVS],
          attachedPolicies: [OWN],
          inlinePolicies: [{ name: 'p', document: policy(allow('s3:*')) }],
        },
      ],
    });
    await mfaDevices.create({ serialNumber, accountId: A, name: `m${count}`, seedId: `m${count}`, createdAt: NOON });
    await mfaDevices.enable({ serialNumber, userArn: other, timeStep: 1, at: NOON });
    const without = { userArn: other };
    const removeOther = () => changes.deleteUser(OPERATOR, without, NOON);
    await expect(removeOther()).rejects.toMatchObject(conflict('delete MFA device'));
    await mfaDevices.disable({ serialNumber, userArn: other });
    await expect(removeOther()).rejects.toMatchObject(conflict('delete policies'));
    await changes.deleteUserPolicy(OPERATOR, { ...without, policyName: 'p' }, NOON);
    await expect(removeOther()).rejects.toMatchObject(conflict('detach all policies'));
    await changes.detachUserPolicy(OPERATOR, { ...without, policyArn: OWN }, NOON);
    await expect(removeOther()).rejects.toMatchObject(conflict('remove users from group'));
    await changes.removeUserFromGroup(OPERATOR, { ...without, groupArn: DEVS }, NOON);
    await removeOther();
    expect(await gateway.directory.prisma.user.count({ where: { arn: other } })).toBe(0);
  });

  it('takes all that hangs on it along when asked to, as the console does', async () => {
    const { role } = await aHeldRole();
    const { user, why } = await aUserOfItsOwn();
    await gateway.directory.apply({
      users: [{ arn: user, groups: [DEVS], attachedPolicies: [OWN] }],
      roles: [aRole(role.slice(role.lastIndexOf('/') + 1), [trusts({ AWS: user })], [allow('s3:*')])],
      instanceProfiles: [{ arn: `arn:aws:iam::${A}:instance-profile/P${count}`, role }],
    });
    const holder = await signIn(gateway, { userArn: user }, NOON);
    await gateway.sessions.assumeRole(holder, { role, roleSessionName: 's1' }, NOON);
    await changes.deleteRole(OPERATOR, { roleArn: role, withDependents: true }, NOON);
    await changes.deleteUser(OPERATOR, { userArn: user, withDependents: true }, NOON);
    await expect(why()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const { prisma } = gateway.directory;
    expect(await prisma.role.count({ where: { arn: role } })).toBe(0);
    expect(await prisma.instanceProfile.findFirst({ where: { name: `P${count}` } })).toMatchObject({ roleId: null });
    const history = await keptSessions(gateway, role);
    expect(history.map(({ endReason, endedAt }) => [endReason, endedAt?.getTime()])).toEqual([
      ['ROLE_DELETED', NOON],
      ['ROLE_DELETED', NOON],
    ]);
  });
});
