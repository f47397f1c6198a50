import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { A, allow, aRole, aUser, B, roleArn, trusts, userArn } from '../support/policies.ts';
import { aQuestion, aSubject, NOON } from '../support/questions.ts';
import { bearer, type Gateway, openShared, signIn } from './gateway.ts';

const SNS = 'sns.amazonaws.com';
const EC2 = 'ec2.amazonaws.com';
const TOPIC = `arn:aws:sns:eu-west-1:${A}:T1`;
const ORGANIZATION = 'o-exampleorg1';
const UNIT = 'ou-ab12-workload';
const MANAGEMENT = '999999999999';
const MEMBER = '555555555555';
const PROFILE = `arn:aws:iam::${A}:instance-profile/web`;

describe('a service', () => {
  let gateway: Gateway;

  beforeAll(async () => {
    gateway = await openShared({
      organizations: [
        {
          id: ORGANIZATION,
          rootId: 'r-ab12',
          managementAccountId: MANAGEMENT,
          units: [{ id: UNIT, name: 'Workloads', parentId: null }],
        },
      ],
      accounts: [
        { id: A, membership: 'NONE' },
        { id: B },
        { id: MANAGEMENT, membership: { organizationId: ORGANIZATION, unitId: null } },
        { id: MEMBER, membership: { organizationId: ORGANIZATION, unitId: UNIT } },
      ],
      users: [aUser('alice', [allow('*')])],
      roles: [
        aRole('Topic', [
          trusts(
            { Service: SNS },
            { condition: { ArnEquals: { 'aws:SourceArn': TOPIC }, StringEquals: { 'aws:SourceAccount': A } } },
          ),
        ]),
        aRole('OfOrganization', [
          trusts({ Service: SNS }, { condition: { StringEquals: { 'aws:SourceOrgID': ORGANIZATION } } }),
        ]),
        aRole('OfUnit', [
          trusts(
            { Service: SNS },
            {
              condition: {
                'ForAnyValue:StringLike': { 'aws:SourceOrgPaths': `${ORGANIZATION}/r-ab12/${UNIT}/*` },
              },
            },
          ),
        ]),
        aRole('Instance', [trusts({ Service: EC2 })], [allow('*')]),
        aRole('FromHome', [
          trusts(
            { AWS: A },
            {
              condition: {
                IpAddress: { 'aws:SourceIp': '203.0.113.0/24' },
                Bool: { 'aws:SecureTransport': 'true' },
                StringLike: { 'aws:UserAgent': 'aws-cli/*' },
              },
            },
          ),
        ]),
        aRole('Next', [trusts({ AWS: roleArn('Instance') })], [], { maxSessionDuration: 43_200 }),
      ],
      instanceProfiles: [
        { arn: PROFILE, role: roleArn('Instance') },
        { arn: `${PROFILE}-empty`, role: null },
      ],
    });
  });
  afterAll(() => gateway.directory.close());

  const deliver = async (source: { sourceArn?: string; sourceAccount?: string }) => {
    const caller = await signIn(gateway, { service: SNS }, NOON);
    const input = { role: roleArn('Topic'), roleSessionName: 'delivery', ...source };
    return gateway.sessions.assumeRole(caller, input, NOON);
  };

  it('assumes a role for the resource that the role is for', async () => {
    expect(await deliver({ sourceArn: TOPIC, sourceAccount: A })).toMatchObject({ session: { assumedBy: SNS } });
  });

  it.each([
    { sourceArn: `${TOPIC}2`, sourceAccount: A },
    { sourceArn: TOPIC, sourceAccount: B },
    { sourceArn: TOPIC },
    {},
  ])('does not for %j', async (source) => {
    await expect(deliver(source)).rejects.toMatchObject({ answer: { decision: { deniedBy: 'TRUST_POLICY' } } });
  });

  it('assumes a role for resources of an organization, or of a unit of it, that the directory knows', async () => {
    const caller = await signIn(gateway, { service: SNS }, NOON);
    const assume = (role: string, sourceAccount?: string) => {
      const input = { role: roleArn(role), roleSessionName: 's1', ...(sourceAccount && { sourceAccount }) };
      return gateway.sessions.assumeRole(caller, input, NOON);
    };
    const refused = { answer: { decision: { deniedBy: 'TRUST_POLICY' } } };
    expect(await assume('OfOrganization', MEMBER)).toHaveProperty('session');
    expect(await assume('OfUnit', MEMBER)).toHaveProperty('session');
    expect(await assume('OfOrganization', MANAGEMENT)).toHaveProperty('session');
    await expect(assume('OfUnit', MANAGEMENT)).rejects.toMatchObject(refused);
    for (const account of [A, B, '444444444444', undefined]) {
      await expect(assume('OfOrganization', account)).rejects.toMatchObject(refused);
    }
  });

  it('is answered about in the same way', async () => {
    const ask = async (account: string, given: Record<string, unknown> = {}) => {
      const context = { 'aws:SourceAccount': account, ...given };
      const asked = aQuestion(SNS, 'sts:AssumeRole', roleArn('OfUnit'), { context });
      const [answer] = await gateway.access.decide([asked], NOON);
      const { allowed, deniedBy, missingContextKeys } = answer?.decision ?? {};
      return { allowed, deniedBy, missingContextKeys };
    };
    expect(await ask(MEMBER)).toEqual({ allowed: true, deniedBy: null, missingContextKeys: [] });
    expect(await ask(MANAGEMENT)).toEqual({ allowed: false, deniedBy: 'TRUST_POLICY', missingContextKeys: [] });
    // What is given with the question stands.
    expect(await ask(MEMBER, { 'aws:SourceOrgPaths': ['o-other/r-ab12/'] })).toMatchObject({ allowed: false });
    const context = { 'aws:SourceAccount': MEMBER };
    const { context: keys } = aQuestion(SNS, 'sts:AssumeRole', '*', { context });
    const roles = await gateway.access.assumableRoles(aSubject(SNS), { context: keys }, NOON);
    const certain = roles.filter(({ requires }) => requires.length === 0).map((role) => role.roleArn);
    expect(certain).toEqual([roleArn('OfOrganization'), roleArn('OfUnit')]);
    const asked = aQuestion(aSubject(SNS, roleArn('OfUnit')), 's3:GetObject', '*', { context });
    const [inRole] = await gateway.access.decide([asked], NOON);
    expect(inRole?.decision.deniedBy).toBe('IDENTITY_POLICY');
  });

  it('alone says for what it calls', async () => {
    const caller = await signIn(gateway, { userArn: userArn('alice') }, NOON);
    const input = { role: roleArn('Topic'), roleSessionName: 's1', sourceArn: TOPIC };
    await expect(gateway.sessions.assumeRole(caller, input, NOON)).rejects.toMatchObject({
      code: 'ValidationError',
      field: 'sourceArn',
    });
  });

  it('takes the role of an instance profile, in a session named after the instance; with it, roles are chained', async () => {
    const caller = await signIn(gateway, { service: EC2 }, NOON);
    const instance = { instanceProfile: PROFILE, instanceId: 'i-0123456789abcdef0' };
    const assumed = await gateway.sessions.assumeInstanceProfile(caller, instance, NOON);
    expect(assumed.session).toMatchObject({ roleArn: roleArn('Instance'), roleSessionName: instance.instanceId });
    const inRole = await gateway.sessions.authenticate(bearer(assumed), NOON);
    expect((await gateway.sessions.getCallerIdentity(inRole)).userId).toBe(
      `${assumed.session.roleId}:i-0123456789abcdef0`,
    );
    const next = { role: roleArn('Next'), roleSessionName: 's1', durationSeconds: 3601 };
    await expect(gateway.sessions.assumeRole(inRole, next, NOON)).rejects.toThrow(/1 hour session limit/);
    for (const instanceProfile of [`${PROFILE}-empty`, `${PROFILE}-none`]) {
      const attempt = gateway.sessions.assumeInstanceProfile(caller, { ...instance, instanceProfile }, NOON);
      await expect(attempt).rejects.toMatchObject({ code: 'AccessDenied' });
    }
    const alice = await signIn(gateway, { userArn: userArn('alice') }, NOON);
    await expect(gateway.sessions.assumeInstanceProfile(alice, instance, NOON)).rejects.toMatchObject({
      code: 'AccessDenied',
    });
  });

  it('takes it for the instance in a browser too, which stays what it is', async () => {
    const { accessKeyId, secretAccessKey } = await gateway.sessions.createAccessKey({ service: EC2 });
    const { token } = await gateway.sessions.signIn({ accessKeyId, secretAccessKey }, NOON);
    const caller = await gateway.sessions.authenticateSignIn(token, NOON);
    const instance = { instanceProfile: PROFILE, instanceId: 'i-0fedcba9876543210', durationSeconds: 900 };
    const { session } = await gateway.sessions.assumeInstanceProfile(caller, instance, NOON);
    expect(session).toMatchObject({ roleSessionName: instance.instanceId, expiresAt: NOON + 900_000 });
    expect(await gateway.sessions.authenticateSignIn(token, NOON)).toMatchObject({ session: null });
  });

  it('and everybody else brings where the call comes from', async () => {
    await gateway.directory.apply({ users: [aUser('dora', [allow('*')])] });
    const caller = await signIn(gateway, { userArn: userArn('dora') }, NOON);
    const input = { role: roleArn('FromHome'), roleSessionName: 's1' };
    const home = { sourceIp: '203.0.113.7', userAgent: 'aws-cli/2', secureTransport: true };
    expect(await gateway.sessions.assumeRole(caller, input, NOON, home)).toHaveProperty('session');
    for (const origin of [
      {},
      { ...home, sourceIp: '198.51.100.7' },
      { ...home, secureTransport: false },
      { ...home, userAgent: 'curl' },
    ]) {
      const attempt = gateway.sessions.assumeRole(caller, input, NOON, origin);
      await expect(attempt).rejects.toMatchObject({ answer: { decision: { deniedBy: 'TRUST_POLICY' } } });
    }
  });
});
