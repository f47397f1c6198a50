import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyGuard } from '../../src/guard/key-guard.ts';
import { throttledSessions } from '../../src/guard/throttled-sessions.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import type { Caller } from '../../src/session/caller.ts';
import { type Gateway, gatewayOn, NOW, OPERATOR, signedIn } from '../graphql/gateway.ts';
import { OPENING, openServices, type TestServices } from '../graphql/services.ts';
import { A, allow, aRole, aUser, B, deny, policy, roleArn, trusts, userArn } from '../support/policies.ts';

// What a question supposes is tried on policies of others. Who may not read them must not find out what they say.

const PARTNER = roleArn('Partner', B);
const TAGGED = roleArn('Tagged');
const BUCKET = 'arn:aws:s3:::theirs';
const OBJECT = `${BUCKET}/x`;
const MINE = 'arn:aws:s3:::anybodys/x';
const ADDRESS = '203.0.113.7';
const SECRET = 'guess-me';

const user = (name: string, ...more: readonly JsonObject[]) =>
  aUser(name, [
    allow(['sts:AssumeRole', 'sts:TagSession', 's3:GetObject']),
    { ...allow('s3:PutObject'), Condition: { StringEquals: { 's3:x-amz-acl': 'private' } } },
    ...more,
  ]);

let services: TestServices;
let gateway: Gateway;

beforeAll(async () => {
  services = await openServices({
    accounts: [
      { id: A, membership: 'NONE' },
      { id: B, membership: 'NONE' },
    ],
    users: [
      user('plain'),
      user('simulator', allow('iam:SimulatePrincipalPolicy', userArn('simulator'))),
      user('reader', allow(['iam:GetRole', 'iam:GetRolePolicy', 's3:GetBucketPolicy'])),
    ],
    roles: [
      aRole(
        'Tagged',
        [trusts({ AWS: `arn:aws:iam::${A}:root` }, { action: ['sts:AssumeRole', 'sts:TagSession'] })],
        [{ ...allow('sqs:*'), Condition: { StringEquals: { 'aws:PrincipalTag/team': SECRET } } }],
      ),
      {
        ...aRole('Partner', [
          trusts({ AWS: `arn:aws:iam::${A}:root` }, { condition: { StringEquals: { 'sts:ExternalId': SECRET } } }),
        ]),
        arn: PARTNER,
      },
    ],
    resources: [
      {
        arn: BUCKET,
        accountId: A,
        policy: policy(
          {
            ...deny('s3:*', [BUCKET, `${BUCKET}/*`]),
            Principal: '*',
            Condition: { StringNotEquals: { 's3:ExistingObjectTag/k': SECRET } },
          },
          {
            ...deny('s3:*', [BUCKET, `${BUCKET}/*`]),
            Principal: '*',
            Condition: { NotIpAddress: { 'aws:SourceIp': `${ADDRESS}/32` } },
          },
        ),
      },
      { arn: 'arn:aws:s3:::anybodys', accountId: A },
    ],
  });
  gateway = gatewayOn(services);
}, OPENING);
afterAll(() => services.remove());

const as = (name: string): Caller => signedIn(userArn(name));

const DECIDE = `query ($request: AccessRequestInput!) { decision(request: $request) {
  allowed effect deniedBy missingContextKeys withheld matchedStatements { index } } }`;

interface Asked {
  readonly action: string;
  readonly resource: string;
  readonly [name: string]: unknown;
}

async function decided(caller: Caller, principal: string, request: Asked, sourceIp: string | null = null) {
  const result = await gateway.askFrom({ sourceIp }, caller, DECIDE, {
    request: { principal: userArn(principal), ...request },
  });
  return (result.data as { decision: Record<string, unknown> } | null)?.decision ?? result.errors;
}

const enter = (externalId: string): Asked => ({
  action: 'sts:AssumeRole',
  resource: PARTNER,
  context: { 'sts:ExternalId': externalId },
});
const inPartner = (externalId: string): Asked => ({
  action: 's3:GetObject',
  resource: MINE,
  assumedRole: PARTNER,
  session: { externalId },
});
const inTagged = (value: string): Asked => ({
  action: 'sqs:SendMessage',
  resource: `arn:aws:sqs:eu-west-1:${A}:q`,
  assumedRole: TAGGED,
  session: { tags: [{ key: 'team', value }] },
});
const reading = (value: string): Asked => ({
  action: 's3:GetObject',
  resource: OBJECT,
  context: { 's3:ExistingObjectTag/k': value, 'aws:SourceIp': ADDRESS },
});

describe('whoever asks about itself', () => {
  it.each([
    ['an external id, in the context', enter],
    ['an external id, in the session', inPartner],
    ['a tag of a session, which a role’s policy asks for', inTagged],
    ['a tag of an object, which a bucket’s policy asks for', reading],
  ])('finds nothing by guessing %s', async (_what, asked) => {
    const [right, wrong] = [
      await decided(as('plain'), 'plain', asked(SECRET)),
      await decided(as('plain'), 'plain', asked('no')),
    ];
    expect(right).toEqual(wrong);
    expect(right).toMatchObject({ allowed: false, missingContextKeys: [], matchedStatements: [] });
    // It is the guess that makes the difference, for who may know.
    expect(await decided(OPERATOR, 'plain', asked('no'))).toMatchObject({ allowed: false });
  });

  it('is answered with what the request itself has', async () => {
    const asked = { action: 's3:ListBucket', resource: BUCKET, context: { 'aws:SourceIp': ADDRESS } };
    const given = { ...asked, context: { 'aws:SourceIp': ADDRESS, 's3:ExistingObjectTag/k': SECRET } };
    expect(await decided(OPERATOR, 'plain', given)).toMatchObject({ effect: 'IMPLICIT_DENY' });
    expect(await decided(as('plain'), 'plain', asked, '198.51.100.1')).toMatchObject({ effect: 'EXPLICIT_DENY' });
    expect(await decided(as('plain'), 'plain', given, ADDRESS)).toMatchObject({ effect: 'EXPLICIT_DENY' });
  });

  it('is answered with everything where its own policies ask', async () => {
    const put = (acl: string) => ({ action: 's3:PutObject', resource: MINE, context: { 's3:x-amz-acl': acl } });
    expect(await decided(as('plain'), 'plain', put('private'))).toMatchObject({ allowed: true });
    expect(await decided(as('plain'), 'plain', put('public-read'))).toMatchObject({ allowed: false });
    const without = { action: 's3:PutObject', resource: MINE };
    expect(await decided(as('plain'), 'plain', without)).toMatchObject({ missingContextKeys: ['s3:x-amz-acl'] });
  });

  it('is answered with everything where it may read the policy', async () => {
    for (const asked of [enter, inTagged]) {
      const request = asked(SECRET);
      // A trust policy of another account is not its own to read.
      const mayRead = request.resource !== PARTNER;
      expect(await decided(as('reader'), 'reader', request)).toMatchObject({ allowed: mayRead });
    }
    expect(await decided(as('reader'), 'reader', inTagged('no'))).toMatchObject({ allowed: false });
  });
});

describe('whoever may simulate', () => {
  it.each([
    ['an external id, in the context', enter],
    ['an external id, in the session', inPartner],
    ['a tag of a session', inTagged],
  ])('is answered with all that it supposes: %s', async (_what, asked) => {
    expect(await decided(as('simulator'), 'simulator', asked(SECRET))).toMatchObject({ allowed: asked !== inPartner });
    expect(await decided(as('simulator'), 'simulator', asked('no'))).toMatchObject({ allowed: false });
    expect(await decided(OPERATOR, 'simulator', asked(SECRET))).toMatchObject({ allowed: asked !== inPartner });
  });

  it('is not told the keys of policies that it may not read', async () => {
    const asked = { action: 'sts:AssumeRole', resource: PARTNER };
    expect(await decided(as('simulator'), 'simulator', asked)).toMatchObject({ missingContextKeys: [] });
    expect(await decided(OPERATOR, 'simulator', asked)).toMatchObject({ missingContextKeys: ['sts:ExternalId'] });
  });
});

describe('every door of questions', () => {
  const allowedByEach = async (caller: Caller, name: string): Promise<Record<string, unknown>> => {
    const principal = userArn(name);
    const query = `query ($principal: PrincipalId!, $context: RequestContext!, $request: AccessRequestInput!, $role: Arn!, $session: HypotheticalSessionInput!) {
      decisions(requests: [$request]) { allowed }
      decisionsFor(principal: $principal, context: $context, checks: [{ action: "sts:AssumeRole", resource: $role }]) { allowed }
      allowedResources(principal: $principal, context: $context, action: "sts:AssumeRole", resources: [$role])
      principal(principalId: $principal) { can(action: "sts:AssumeRole", resource: $role, context: $context) { allowed }
        effectivePermissions(context: $context) { permissions(filter: { actions: ["sts:AssumeRole"], resource: $role }) { nodes { allow { conditions } } } } }
      inRole: effectivePermissions(principal: $principal, assumedRole: $role, session: $session) { permissions(first: 1) { totalCount } }
      open: effectivePermissions(principal: $principal) { permissions(filter: { actions: ["sts:AssumeRole"], resource: $role }) { nodes { allow { conditions } } } policyDocument }
      compareAccess(principal: $principal, assumedRole: $role, session: $session) { keptCount }
      assumableRoles(principal: $principal) { nodes { role { arn } requires } }
      accessRoutes(principal: $principal, needs: [{ action: "sts:AssumeRole", resource: $role, context: $context }]) { meetsAll }
      whoCan(action: "sts:AssumeRole", resource: $role, context: $context) { nodes { principal { principalId } } }
      conditional: whoCan(action: "sts:AssumeRole", resource: $role, conditional: true) { nodes { principal { principalId } conditions } }
    }`;
    const context = { 'sts:ExternalId': SECRET };
    const request = { principal, ...enter(SECRET) };
    const variables = { principal, context, request, role: PARTNER, session: { externalId: SECRET } };
    const { data, errors } = await gateway.ask(caller, query, variables);
    expect(errors).toBeUndefined();
    return data as Record<string, unknown>;
  };

  it('hides the external id from who asks about itself', async () => {
    const told = await allowedByEach(as('plain'), 'plain');
    expect(told).toMatchObject({
      decisions: [{ allowed: false }],
      decisionsFor: [{ allowed: false }],
      allowedResources: [],
      principal: { can: { allowed: false }, effectivePermissions: { permissions: { nodes: [] } } },
      inRole: { permissions: { totalCount: 0 } },
      open: { permissions: { nodes: [] } },
      assumableRoles: { nodes: [{ role: { arn: TAGGED }, requires: [] }] },
      accessRoutes: [{ meetsAll: false }, { meetsAll: false }],
      whoCan: { nodes: [] },
      conditional: { nodes: [] },
    });
    expect(JSON.stringify(told)).not.toContain(SECRET);
    expect(JSON.stringify(told)).not.toContain('ExternalId');
  });

  it('answers who may simulate with the context, and hides what it did not give', async () => {
    const told = await allowedByEach(as('simulator'), 'simulator');
    expect(told).toMatchObject({
      decisions: [{ allowed: true }],
      decisionsFor: [{ allowed: true }],
      allowedResources: [PARTNER],
      principal: {
        can: { allowed: true },
        effectivePermissions: { permissions: { nodes: [{ allow: [{ conditions: [] }] }] } },
      },
      open: { permissions: { nodes: [] } },
      assumableRoles: { nodes: [{ role: { arn: TAGGED }, requires: [] }] },
      accessRoutes: [{ meetsAll: true }, { meetsAll: false }],
      whoCan: { nodes: [{ principal: { principalId: userArn('simulator') } }] },
      conditional: { nodes: [] },
    });
    expect(JSON.stringify(told)).not.toContain(SECRET);
  });

  it('tells the operator everything', async () => {
    const told = await allowedByEach(OPERATOR, 'plain');
    expect(told).toMatchObject({
      open: { permissions: { nodes: [{ allow: [{ conditions: [{ StringEquals: { 'sts:ExternalId': SECRET } }] }] }] } },
      assumableRoles: {
        nodes: [
          { role: { arn: TAGGED }, requires: [] },
          { role: { arn: PARTNER }, requires: ['sts:ExternalId'] },
        ],
      },
    });
  });
});

describe('to assume a role with an external id', () => {
  it('is exact, kept in the trail, and slowed down when it is wrong', async () => {
    const key = await services.sessions.createAccessKey({ userArn: userArn('plain') });
    const sessions = throttledSessions(services.sessions, new KeyGuard());
    const caller = await services.signIn(key.accessKeyId);
    const assume = (externalId: string, now = NOW) =>
      sessions.assumeRole(caller, { role: PARTNER, roleSessionName: 's1', externalId }, now);
    expect(await assume(SECRET)).toMatchObject({ session: { roleArn: PARTNER } });
    for (let tries = 0; tries < 5; tries += 1)
      await expect(assume(`no-${tries}`)).rejects.toMatchObject({ code: 'AccessDenied' });
    const refused = (await services.directory.audit.list({ limit: 1000 })).filter(
      ({ event, outcome }) => event === 'AssumeRole' && outcome === 'REFUSED',
    );
    // Repeated failures are one event, with their count.
    expect(refused.map(({ count }) => count)).toEqual([5]);
    // Meanwhile not even the right one is tried; another role, and another caller, are.
    await expect(assume(SECRET)).rejects.toMatchObject({ code: 'Throttling' });
    const other = await services.sessions.createAccessKey({ userArn: userArn('reader') });
    const input = { role: PARTNER, roleSessionName: 's1', externalId: SECRET };
    await expect(sessions.assumeRole(await services.signIn(other.accessKeyId), input, NOW)).resolves.toBeDefined();
    await expect(sessions.assumeRole(caller, { ...input, role: TAGGED }, NOW)).resolves.toBeDefined();
    expect(await assume(SECRET, NOW + 3_600_000)).toMatchObject({ session: { roleArn: PARTNER } });
  });
});
