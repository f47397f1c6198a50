import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../src/session/caller.ts';
import { createEntityChanges, type EntityChanges } from '../../src/session/entity-changes.ts';
import { A, allow, aRole, aUser, deny, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { NOON } from '../support/questions.ts';
import { bearer, decide, type Gateway, openShared, signIn } from './gateway.ts';

const OPERATOR: Caller = { kind: 'operator' };
const BUCKET = 'arn:aws:s3:::b';
const GET = ['s3:GetObject', `${BUCKET}/x`] as const;
const INVALID = { code: 'InvalidClientTokenId' };
const grants = (principal: string, condition?: Record<string, Record<string, string>>) => ({
  Effect: 'Allow',
  Principal: condition === undefined ? { AWS: principal } : '*',
  Action: 's3:GetObject',
  Resource: `${BUCKET}/*`,
  ...(condition && { Condition: condition }),
});

let gateway: Gateway;
let changes: EntityChanges;
let alice: Caller;
let count = 0;

beforeAll(async () => {
  gateway = await openShared({ accounts: [{ id: A, membership: 'NONE' }], users: [aUser('alice')] });
  changes = createEntityChanges(gateway);
  alice = await signIn(gateway, { userArn: userArn('alice') }, NOON);
});
afterAll(() => gateway.directory.close());

const assume = async (role: string, caller = alice, at = NOON, roleSessionName = 's1') => {
  const assumed = await gateway.sessions.assumeRole(caller, { role, roleSessionName }, at);
  return { assumed, caller: await gateway.sessions.authenticate(bearer(assumed), at) };
};
const why = async (caller: Caller, at = NOON) => (await decide(gateway, caller, GET, at)).deniedBy;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
describe('who is made again under its name, by a document that gives no id', () => {
  it('is another role: old sessions stay dead, and grants that named the old one are not its own', async () => {
    const name = `R${++count}`;
    const role = roleArn(name);
    const next = aRole(`${name}Next`, [trusts({ AWS: role })]);
    const roles = [aRole(name, [trusts({ AWS: userArn('alice') })])];
    await gateway.directory.apply({ roles });
    await gateway.directory.apply({
      roles: [next],
      resources: [{ arn: BUCKET, accountId: A, policy: policy(grants(role)) }],
    });
    const before = await assume(role);
    expect(await why(before.caller)).toBeNull();
    expect(await assume(next.arn, before.caller)).toHaveProperty('assumed');

    await changes.deleteRole(OPERATOR, { roleArn: role }, NOON);
    await gateway.directory.apply({ roles });
    await expect(gateway.sessions.authenticate(bearer(before.assumed), NOON)).rejects.toMatchObject(INVALID);
    const after = await assume(role);
    expect(after.assumed.session.roleId).not.toBe(before.assumed.session.roleId);
    expect(await why(after.caller)).toBe('IDENTITY_POLICY');
    await expect(assume(next.arn, after.caller)).rejects.toMatchObject({
      answer: { decision: { deniedBy: 'TRUST_POLICY' } },
    });
  });

  it('is another user: it gets no role that the old one was trusted with, but what a condition says of its name', async () => {
    const name = `bob${++count}`;
    const bob = userArn(name);
    const role = aRole(`${name}s`, [trusts({ AWS: bob })]);
    await gateway.directory.apply({ users: [aUser(name)] });
    const condition = { ArnEquals: { 'aws:PrincipalArn': bob } };
    await gateway.directory.apply({
      roles: [role],
      resources: [{ arn: BUCKET, accountId: A, policy: policy(grants(bob, condition)) }],
    });
    const first = await signIn(gateway, { userArn: bob }, NOON);
    const credentials = await gateway.sessions.getSessionToken(first, {}, NOON);
    expect(await assume(role.arn, first)).toHaveProperty('assumed');
    await changes.deleteUser(OPERATOR, { userArn: bob, withDependents: true }, NOON);
    await gateway.directory.apply({ users: [aUser(name)] });
    await expect(gateway.sessions.authenticate(bearer({ credentials }), NOON)).rejects.toMatchObject(INVALID);
    const second = await signIn(gateway, { userArn: bob }, NOON);
    await expect(assume(role.arn, second)).rejects.toMatchObject({
      answer: { decision: { effect: 'IMPLICIT_DENY', deniedBy: 'TRUST_POLICY' } },
    });
    expect(await why(second)).toBeNull();
  });
});

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html */
describe('while a session lives', () => {
  const aHeldRole = async () => {
    const role = roleArn(`R${++count}`);
    await gateway.directory.apply({
      roles: [
        aRole(
          `R${count}`,
          [trusts({ AWS: userArn('alice') }, { action: ['sts:AssumeRole', 'sts:SetSourceIdentity'] })],
          [allow('s3:*')],
        ),
      ],
    });
    return role;
  };
  const denyWhen = (operator: string, key: string, value: string) =>
    policy({ ...deny('*'), Condition: { [operator]: { [key]: value } } });

  it('its session policies are those that it was issued with', async () => {
    const role = await aHeldRole();
    const limit = { role, roleSessionName: 's1', sessionPolicies: [policy(allow('sqs:*'))] };
    const assumed = await gateway.sessions.assumeRole(alice, limit, NOON);
    const caller = await gateway.sessions.authenticate(bearer(assumed), NOON);
    await changes.putRolePolicy(
      OPERATOR,
      { roleArn: role, policyName: 'all', policyDocument: policy(allow('*')) },
      NOON,
    );
    expect(await why(caller)).toBe('SESSION_POLICY');
  });

  it('the groups of its user count as they are now', async () => {
    const carol = userArn(`carol${++count}`);
    const group = `arn:aws:iam::${A}:group/g${count}`;
    await gateway.directory.apply({
      groups: [{ arn: group, inlinePolicies: [{ name: 'p', document: policy(allow('s3:*')) }] }],
      users: [aUser(`carol${count}`)],
    });
    const credentials = await gateway.sessions.getSessionToken(
      await signIn(gateway, { userArn: carol }, NOON),
      {},
      NOON,
    );
    const caller = await gateway.sessions.authenticate(bearer({ credentials }), NOON);
    expect(await why(caller)).toBe('IDENTITY_POLICY');
    await changes.addUserToGroup(OPERATOR, { userArn: carol, groupArn: group }, NOON);
    expect(await why(caller)).toBeNull();
    await changes.removeUserFromGroup(OPERATOR, { userArn: carol, groupArn: group }, NOON);
    expect(await why(caller)).toBe('IDENTITY_POLICY');
  });

  it('one alone can be denied, by its aws:userid or its source identity', async () => {
    const role = await aHeldRole();
    const one = await assume(role, alice, NOON, 'one');
    const two = await assume(role, alice, NOON, 'two');
    const named = { role, roleSessionName: 'three', sourceIdentity: 'alice' };
    const three = await gateway.sessions.authenticate(
      bearer(await gateway.sessions.assumeRole(alice, named, NOON)),
      NOON,
    );
    const userId = `${one.assumed.session.roleId}:one`;
    const put = (policyDocument: string) =>
      changes.putRolePolicy(OPERATOR, { roleArn: role, policyName: 'deny', policyDocument }, NOON);
    await put(denyWhen('StringEquals', 'aws:userid', userId));
    expect([await why(one.caller), await why(two.caller), await why(three)]).toEqual(['IDENTITY_POLICY', null, null]);
    await put(denyWhen('StringEquals', 'aws:SourceIdentity', 'alice'));
    expect([await why(one.caller), await why(two.caller), await why(three)]).toEqual([null, null, 'IDENTITY_POLICY']);
  });

  it('a chained one lives in its own role: there it is revoked, and it outlives the role it came from', async () => {
    const role = await aHeldRole();
    const next = aRole(`${role.slice(role.lastIndexOf('/') + 1)}Next`, [trusts({ AWS: role })], [allow('s3:*')]);
    await gateway.directory.apply({ roles: [next] });
    const parent = await assume(role);
    const child = await assume(next.arn, parent.caller);
    await gateway.sessions.revokeRoleSessions(OPERATOR, role, NOON + 1000);
    expect([await why(parent.caller), await why(child.caller)]).toEqual(['IDENTITY_POLICY', null]);
    await changes.deleteRole(OPERATOR, { roleArn: role, withDependents: true }, NOON + 1000);
    await expect(gateway.sessions.authenticate(bearer(parent.assumed), NOON)).rejects.toMatchObject(INVALID);
    expect(await gateway.sessions.authenticate(bearer(child.assumed), NOON)).toHaveProperty('session');
    expect(await why(child.caller)).toBeNull();
    await gateway.sessions.revokeRoleSessions(OPERATOR, next.arn, NOON + 1000);
    expect(await why(child.caller)).toBe('IDENTITY_POLICY');
  });

  it('long-term keys have no aws:TokenIssueTime, and are not revoked by it; older temporary credentials are', async () => {
    const dora = userArn(`dora${++count}`);
    await gateway.directory.apply({ users: [aUser(`dora${count}`, [allow('s3:*'), allow('sts:*')])] });
    const key = await signIn(gateway, { userArn: dora }, NOON);
    const temporary = async (at: number) => {
      const credentials = await gateway.sessions.getSessionToken(key, {}, at);
      return gateway.sessions.authenticate(bearer({ credentials }), at);
    };
    const [older, newer] = [await temporary(NOON), await temporary(NOON + 2000)];
    const document = denyWhen('DateLessThan', 'aws:TokenIssueTime', '2026-11-23T12:00:01Z');
    await changes.putUserPolicy(OPERATOR, { userArn: dora, policyName: 'revoke', policyDocument: document }, NOON);
    expect([await why(key), await why(older), await why(newer)]).toEqual([null, 'IDENTITY_POLICY', null]);
  });
});
