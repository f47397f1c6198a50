import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../src/session/caller.ts';
import { A, allow, aRole, aUser, deny, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { NOON } from '../support/questions.ts';
import { basic, bearer, decide, type Gateway, openShared, signIn } from './gateway.ts';
import { keptSessions } from './kept-sessions.ts';

const alice = userArn('alice');
const OPERATOR: Caller = { kind: 'operator' };
const HOUR = 3_600_000;
const S3 = ['s3:GetObject', 'arn:aws:s3:::b/x'] as const;
const INVALID = { code: 'InvalidClientTokenId' };

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html */
describe('a live session', () => {
  let gateway: Gateway;
  let caller: Caller;
  let count = 0;

  beforeAll(async () => {
    gateway = await openShared({
      organizations: [
        {
          id: 'o-exampleorg1',
          rootId: 'r-ab12',
          managementAccountId: '999999999999',
          controlPolicies: [
            {
              id: 'p-full',
              type: 'SERVICE_CONTROL_POLICY',
              name: 'full',
              document: policy(allow('*')),
              targets: ['r-ab12', A],
            },
          ],
        },
      ],
      accounts: [{ id: A, membership: { organizationId: 'o-exampleorg1', unitId: null } }],
      users: [aUser('alice', [allow('sqs:*')])],
    });
    caller = await signIn(gateway, { userArn: alice }, NOON);
  });
  afterAll(() => gateway.directory.close());

  /** A role of its own for each test, with a session. */
  async function aSession() {
    const name = `R${++count}`;
    await gateway.directory.apply({ roles: [aRole(name, [trusts({ AWS: alice })], [allow('s3:*')])] });
    const role = roleArn(name);
    const assumed = await gateway.sessions.assumeRole(caller, { role, roleSessionName: 's1' }, NOON);
    const inRole = () => gateway.sessions.authenticate(bearer(assumed), NOON + 1000);
    return { name, role, assumed, inRole, may: async () => (await decide(gateway, await inRole(), S3, NOON)).allowed };
  }

  it('has the permissions that its role has now', async () => {
    const { name, may } = await aSession();
    expect(await may()).toBe(true);
    await gateway.directory.apply({ roles: [aRole(name, [trusts({ AWS: alice })], [allow('sqs:*')])] });
    expect(await may()).toBe(false);
  });

  it('has the boundary that its role has now', async () => {
    const { name, may } = await aSession();
    const arn = `arn:aws:iam::${A}:policy/boundary${count}`;
    await gateway.directory.apply({
      policies: [{ arn, defaultVersionId: 'v1', versions: [{ versionId: 'v1', document: policy(allow('ec2:*')) }] }],
      roles: [aRole(name, [trusts({ AWS: alice })], [allow('s3:*')], { permissionsBoundary: arn })],
    });
    expect(await may()).toBe(false);
  });

  it('goes on when the trust policy does not name its holder any more, who gets no other', async () => {
    const { name, role, may } = await aSession();
    await gateway.directory.apply({
      roles: [aRole(name, [trusts({ Service: 'ec2.amazonaws.com' })], [allow('s3:*')])],
    });
    expect(await may()).toBe(true);
    const again = gateway.sessions.assumeRole(caller, { role, roleSessionName: 's1' }, NOON);
    await expect(again).rejects.toMatchObject({ code: 'AccessDenied' });
  });

  it('ends with its role, and stays ended when a role of that name is made again', async () => {
    const { name, role, assumed, inRole } = await aSession();
    await gateway.directory.entities.deleteRole({ roleArn: role, withDependents: true });
    await expect(inRole()).rejects.toMatchObject(INVALID);
    await gateway.directory.apply({ roles: [aRole(name, [trusts({ AWS: alice })], [allow('s3:*')])] });
    await expect(inRole()).rejects.toMatchObject(INVALID);
    const { id, roleId } = assumed.session;
    const [kept, ...others] = await keptSessions(gateway, role);
    expect(kept).toMatchObject({ id, roleId: null, formerRoleId: roleId, assumedBy: alice });
    expect(kept?.endedAt).not.toBeNull();
    expect(others).toEqual([]);
  });

  it('ends with a role that an import replaces by another one of its name', async () => {
    const { name, inRole } = await aSession();
    const trust = [trusts({ AWS: alice })];
    await gateway.directory.apply({ roles: [aRole(name, trust, [], { id: 'AROAFIRST0000000000A' })] });
    expect(await inRole()).toHaveProperty('session');
    await gateway.directory.apply({ roles: [aRole(name, trust, [], { id: 'AROASECOND000000000A' })] });
    await expect(inRole()).rejects.toMatchObject(INVALID);
  });

  it('ends at its time', async () => {
    const { assumed } = await aSession();
    expect(await gateway.sessions.authenticate(bearer(assumed), NOON + HOUR - 1)).toHaveProperty('session');
    await expect(gateway.sessions.authenticate(bearer(assumed), NOON + HOUR)).rejects.toMatchObject({
      code: 'ExpiredToken',
    });
  });

  it('goes on when the key of who made it is switched off and deleted, and when that user is deleted', async () => {
    const carol = userArn('carol');
    await gateway.directory.apply({
      users: [aUser('carol')],
      roles: [aRole('Carols', [trusts({ AWS: carol })], [allow('s3:*')])],
    });
    const key = await gateway.sessions.createAccessKey({ userArn: carol });
    const who = await gateway.sessions.authenticate(basic(key), NOON);
    const assumed = await gateway.sessions.assumeRole(who, { role: roleArn('Carols'), roleSessionName: 's1' }, NOON);
    const holder = () => gateway.sessions.authenticate(bearer(assumed), NOON);
    await gateway.sessions.setAccessKeyActive(OPERATOR, { ...key, active: false }, NOON);
    await expect(gateway.sessions.authenticate(basic(key), NOON)).rejects.toMatchObject(INVALID);
    expect((await decide(gateway, await holder(), S3, NOON)).allowed).toBe(true);
    await gateway.sessions.deleteAccessKey(OPERATOR, { accessKeyId: key.accessKeyId }, NOON);
    expect((await decide(gateway, await holder(), S3, NOON)).allowed).toBe(true);
    await gateway.directory.entities.deleteUser({ userArn: carol, withDependents: true });
    expect((await decide(gateway, await holder(), S3, NOON)).allowed).toBe(true);

    // Another carol is not the one that the role trusts.
    await gateway.directory.apply({ users: [aUser('carol', [], { id: 'AIDANEWCAROL00000000' })] });
    const another = await signIn(gateway, { userArn: carol }, NOON);
    const attempt = gateway.sessions.assumeRole(another, { role: roleArn('Carols'), roleSessionName: 's1' }, NOON);
    await expect(attempt).rejects.toMatchObject({ answer: { decision: { deniedBy: 'TRUST_POLICY' } } });
  });

  it('is revoked with all older ones of its role, and newer ones work', async () => {
    const { role, may } = await aSession();
    const revoked = await gateway.sessions.revokeRoleSessions(OPERATOR, role, NOON + 500);
    expect(JSON.parse(revoked.document)).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Action: ['*'],
          Resource: ['*'],
          Condition: { DateLessThan: { 'aws:TokenIssueTime': '2026-11-23T12:00:00.500Z' } },
        },
      ],
    });
    expect(await may()).toBe(false);
    const stored = await gateway.directory.prisma.inlinePolicy.findFirst({
      where: { name: 'AWSRevokeOlderSessions', role: { arn: role } },
      select: { document: { select: { text: true } } },
    });
    expect(stored?.document.text).toBe(revoked.document);
    const newer = await gateway.sessions.assumeRole(caller, { role, roleSessionName: 's1' }, NOON + 500);
    const held = await gateway.sessions.authenticate(bearer(newer), NOON + 1000);
    expect((await decide(gateway, held, S3, NOON + 1000)).allowed).toBe(true);
    // The next revocation takes the place of the last.
    await gateway.sessions.revokeRoleSessions(OPERATOR, role, NOON + 2000);
    expect((await decide(gateway, held, S3, NOON + 2000)).allowed).toBe(false);
    const linked = `arn:aws:iam::${A}:role/aws-service-role/x.amazonaws.com/X`;
    await gateway.directory.apply({
      roles: [{ arn: linked, trustPolicy: policy(trusts({ Service: 'x.amazonaws.com' })) }],
    });
    await expect(gateway.sessions.revokeRoleSessions(OPERATOR, linked, NOON)).rejects.toMatchObject({
      code: 'UnmodifiableEntity',
    });
    await expect(gateway.sessions.revokeRoleSessions(OPERATOR, roleArn('None'), NOON)).rejects.toMatchObject({
      code: 'NoSuchEntity',
    });
  });

  it('is bound by a control policy at its next request', async () => {
    const { may } = await aSession();
    expect(await may()).toBe(true);
    const organization = { id: 'o-exampleorg1', rootId: 'r-ab12', managementAccountId: '999999999999' };
    const type = 'SERVICE_CONTROL_POLICY' as const;
    const full = { id: 'p-full', type, name: 'full', document: policy(allow('*')), targets: ['r-ab12', A] };
    const no = { id: 'p-no', type, name: 'no', document: policy(deny('s3:*')), targets: [A] };
    await gateway.directory.apply({ organizations: [{ ...organization, controlPolicies: [full, no] }] });
    expect(await may()).toBe(false);
    await gateway.directory.apply({ organizations: [{ ...organization, controlPolicies: [full] }] });
    expect(await may()).toBe(true);
  });

  it('is kept with where it came from, who made it, and why it ended', async () => {
    const { name, role, assumed, inRole } = await aSession();
    await gateway.directory.apply({
      roles: [aRole('Chained', [trusts({ AWS: role })]), aRole(name, [trusts({ AWS: alice })], [allow('sts:*')])],
    });
    const origin = { sourceIp: '203.0.113.9', userAgent: 'aws-cli' };
    const input = { role: roleArn('Chained'), roleSessionName: 's2' };
    const chained = await gateway.sessions.assumeRole(await inRole(), input, NOON, origin);
    const [kept] = await keptSessions(gateway, chained.session.roleArn);
    expect(kept).toMatchObject({
      id: chained.session.id,
      parentId: assumed.session.id,
      assumedBy: assumed.session.arn,
      sourceIp: '203.0.113.9',
      userAgent: 'aws-cli',
    });
    await gateway.sessions.exitRole(await inRole(), NOON + 2000);
    const [ended] = await keptSessions(gateway, role);
    expect(ended).toMatchObject({
      endReason: 'EXITED',
      endedAt: new Date(NOON + 2000),
      expiresAt: new Date(NOON + HOUR),
    });
  });
});
