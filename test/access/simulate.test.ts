import { afterEach, describe, expect, it, vi } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { nextTurn } from '../../src/access/next-turn.ts';
import type { Simulation } from '../../src/access/simulate.ts';
import { Work } from '../../src/access/work.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { parseRequestContext } from '../../src/evaluation/context.ts';
import type { PublicAccessBlocks } from '../../src/evaluation/public-access.ts';
import { RolegateError } from '../../src/policy/errors.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { A, allow, B, deny, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { NOON, refOf } from '../support/questions.ts';

const catalog = await openCatalog();
const directory = new MemoryDirectory({}, catalog);
const access = createAccess(directory, catalog);

function document(...statements: readonly JsonObject[]): JsonObject {
  return JSON.parse(policy(...statements));
}

interface Given extends Partial<Omit<Simulation, 'caller' | 'requests'>> {
  readonly principal?: string;
  readonly roleArn?: string;
  readonly federatedProvider?: string;
  readonly canonicalUser?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly action?: string;
  readonly resource?: string;
  readonly resourceAccount?: string;
  readonly context?: JsonObject;
}

function simulation(given: Given): Simulation {
  const {
    principal = userArn('alice'),
    roleArn: role,
    federatedProvider = null,
    canonicalUser = null,
    tags = {},
    action,
    resource,
    resourceAccount,
    context,
    ...rest
  } = given;
  return {
    caller: { principal: refOf(principal), roleArn: role ?? null, tags, federatedProvider, canonicalUser },
    identityPolicies: [],
    permissionsBoundaries: [],
    sessionPolicies: [],
    resourcePolicy: null,
    serviceControlPolicies: null,
    resourceControlPolicies: null,
    vpcEndpointPolicy: null,
    requests: [
      {
        action: action ?? 's3:GetObject',
        resource: resource ?? 'arn:aws:s3:::b/x',
        resourceAccount: resourceAccount ?? null,
        context: parseRequestContext(context, 'context'),
      },
    ],
    path: 'input',
    ...rest,
  };
}

function decide(given: Given): { allowed: boolean; deniedBy: string | null } {
  const [answer] = access.simulate(simulation(given), NOON);
  if (answer === undefined) throw new Error('no answer');
  return { allowed: answer.decision.allowed, deniedBy: answer.decision.deniedBy };
}

const ALLOWED = { allowed: true, deniedBy: null };
const s3 = document(allow('s3:*'));
const everything = document(allow('*'));
const session = `arn:aws:sts::${A}:assumed-role/App/s1`;
const bob: Given = {
  principal: `arn:aws:sts::${A}:federated-user/bob`,
  identityPolicies: [document(allow('s3:GetObject'))],
  sessionPolicies: [everything],
};
const publicRead = { ...allow('s3:GetObject'), Principal: '*' };
const RESTRICTED: PublicAccessBlocks = {
  account: { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true },
};
const fromAbroad: Given = { principal: 'anonymous', resourcePolicy: document(publicRead) };
const GRANT = { granteePrincipal: `arn:aws:iam::${A}:user/alice`, operations: ['Decrypt'] };
const decrypts: Given = { action: 'kms:Decrypt', resource: `arn:aws:kms:us-east-1:${A}:key/k` };

/** A user of the partition aws-cn, at a bucket of another account that names `principal`. */
function inChina(principal: string): Given {
  return {
    principal: `arn:aws-cn:iam::${A}:user/alice`,
    resource: 'arn:aws-cn:s3:::b/x',
    resourceAccount: B,
    identityPolicies: [s3],
    resourcePolicy: document({ ...allow('s3:*'), Principal: { AWS: principal } }),
  };
}

describe('a simulation', () => {
  it.each<[string, Given, true | string]>([
    ['no policy', {}, 'IDENTITY_POLICY'],
    ['an identity policy', { identityPolicies: [s3] }, true],
    ['an identity policy as a text', { identityPolicies: [JSON.stringify(s3)] }, true],
    [
      'a boundary that does not allow',
      { identityPolicies: [s3], permissionsBoundaries: [document(allow('ec2:*'))] },
      'PERMISSIONS_BOUNDARY',
    ],
    [
      'a session policy that does not allow',
      { principal: session, identityPolicies: [s3], sessionPolicies: [document(allow('ec2:*'))] },
      'SESSION_POLICY',
    ],
    ['a session without session policies', { principal: session, identityPolicies: [s3] }, true],
    ['a resource policy alone, same account', { resourcePolicy: document(publicRead) }, true],
    [
      'a resource policy alone, another account',
      { resourcePolicy: document(publicRead), resourceAccount: B },
      'IDENTITY_POLICY',
    ],
    [
      'a level without FullAWSAccess',
      { identityPolicies: [s3], serviceControlPolicies: [[everything], [], [everything]] },
      'SERVICE_CONTROL_POLICY',
    ],
    ['levels that all allow', { identityPolicies: [s3], serviceControlPolicies: [[everything], [everything]] }, true],
    [
      'RCPs have RCPFullAWSAccess added at every level',
      { identityPolicies: [s3], resourceControlPolicies: [[], []] },
      true,
    ],
    [
      'an RCP that denies',
      { identityPolicies: [s3], resourceControlPolicies: [[document({ ...deny('s3:*'), Principal: '*' })]] },
      'RESOURCE_CONTROL_POLICY',
    ],
    ['a VPC endpoint that allows', { identityPolicies: [s3], vpcEndpointPolicy: document(publicRead) }, true],
    ['a VPC endpoint grants nothing', { vpcEndpointPolicy: document(publicRead) }, 'IDENTITY_POLICY'],
    [
      'a VPC endpoint that does not allow',
      { identityPolicies: [s3], vpcEndpointPolicy: document(publicRead), action: 's3:PutObject' },
      'VPC_ENDPOINT_POLICY',
    ],
    [
      'a VPC endpoint, a resource policy alone',
      { resourcePolicy: document(publicRead), vpcEndpointPolicy: document({ ...publicRead, Principal: { AWS: B } }) },
      'VPC_ENDPOINT_POLICY',
    ],
    [
      'a VPC endpoint, the root user',
      { principal: A, vpcEndpointPolicy: document({ ...deny('s3:*'), Principal: '*' }) },
      'VPC_ENDPOINT_POLICY',
    ],
    [
      'a VPC endpoint, an anonymous caller',
      { principal: 'anonymous', resourcePolicy: document(publicRead), vpcEndpointPolicy: document(allow('s3:*')) },
      'VPC_ENDPOINT_POLICY',
    ],
    ['Block Public Access, a public policy', { ...fromAbroad, publicAccess: RESTRICTED }, 'BLOCK_PUBLIC_ACCESS'],
    ['Block Public Access that is off', { ...fromAbroad, publicAccess: { bucket: null } }, true],
    ['Block Public Access, the own account', { identityPolicies: [s3], publicAccess: RESTRICTED }, true],
    ['a grant of the key', { ...decrypts, kmsGrants: [{ id: 'g', ...GRANT }] }, true],
    ['no grant of the key', decrypts, 'RESOURCE_POLICY'],
    [
      'a grant of the key for other operations',
      { ...decrypts, kmsGrants: [{ id: 'g', ...GRANT, operations: ['Encrypt'] }] },
      'RESOURCE_POLICY',
    ],
    ['the root user', { principal: A }, true],
    // It has no identity policies: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html
    ['the root user, an identity policy that denies', { principal: A, identityPolicies: [document(deny('*'))] }, true],
    // As much as its user: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
    ['a federated user, both allow', { ...bob, identityPolicies: [s3] }, true],
    ['a federated user, its user is not allowed', { ...bob, action: 's3:PutObject' }, 'IDENTITY_POLICY'],
    ['a federated user without identity policies', { ...bob, identityPolicies: [] }, 'IDENTITY_POLICY'],
    ['a federated user without session policies', { ...bob, sessionPolicies: [] }, 'SESSION_POLICY'],
    [
      'a federated user, the boundary of its user',
      { ...bob, permissionsBoundaries: [document(allow('ec2:*'))] },
      'PERMISSIONS_BOUNDARY',
    ],
    ['the digits of an account, in any partition', inChina(A), true],
    ['the root of an account, in its partition', inChina(`arn:aws-cn:iam::${A}:root`), true],
    ['the root of an account, in another partition', inChina(`arn:aws:iam::${A}:root`), 'RESOURCE_POLICY'],
    [
      'a service, which needs the resource policy',
      { principal: 'ec2.amazonaws.com', identityPolicies: [s3] },
      'RESOURCE_POLICY',
    ],
  ])('%s', (_, given, expected) => {
    expect(decide(given)).toEqual(expected === true ? ALLOWED : { allowed: false, deniedBy: expected });
  });

  it('reads a trust policy as such', () => {
    const given = {
      action: 'sts:AssumeRole',
      resource: roleArn('R'),
      resourcePolicy: document(trusts({ AWS: userArn('alice') })),
    };
    expect(decide(given)).toEqual(ALLOWED);
    expect(decide({ ...given, principal: A })).toEqual({ allowed: false, deniedBy: null });
  });

  it('knows the role of a session by its path', () => {
    const statement = { ...allow('s3:*'), Condition: { ArnEquals: { 'aws:PrincipalArn': roleArn('team/App') } } };
    const given = { principal: session, identityPolicies: [document(statement)] };
    expect(decide({ ...given, roleArn: roleArn('team/App') })).toEqual(ALLOWED);
    expect(decide(given)).toEqual({ allowed: false, deniedBy: 'IDENTITY_POLICY' });
    expect(() => decide({ ...given, roleArn: roleArn('team/Other') })).toThrow(/is not the role of the session/);
    expect(() => decide({ roleArn: roleArn('App') })).toThrow(/only a role session has a role/);
  });

  it('lets the context count before what follows from the caller', () => {
    const statement = { ...allow('s3:*'), Condition: { StringEquals: { 'aws:PrincipalTag/team': 'red' } } };
    const given = { identityPolicies: [document(statement)], tags: { team: 'blue' } };
    expect(decide(given)).toEqual({ allowed: false, deniedBy: 'IDENTITY_POLICY' });
    expect(decide({ ...given, context: { 'aws:PrincipalTag/Team': 'red' } })).toEqual(ALLOWED);
    expect(decide({ ...given, tags: { Team: 'red' } })).toEqual(ALLOWED);
  });

  it('has no unique id to guess', () => {
    const statement = { ...deny('s3:*'), Condition: { StringLike: { 'aws:userid': 'AIDA*' } } };
    expect(decide({ identityPolicies: [s3, document(statement)] })).toEqual(ALLOWED);
    const given = { identityPolicies: [s3, document(statement)], context: { 'aws:userid': 'AIDA1' } };
    expect(decide(given)).toEqual({ allowed: false, deniedBy: 'IDENTITY_POLICY' });
  });

  it('reads nothing of the directory, and its revision is the one before all', () => {
    const [answer] = access.simulate(simulation({ identityPolicies: [s3] }), NOON);
    expect(answer).toMatchObject({ revision: 0n, gaps: [], question: { path: 'input.requests[0]' } });
    expect(answer?.decision.matchedStatements[0]).toMatchObject({ policy: 'identityPolicies[0]', index: 0 });
    expect(directory.gathers).toBe(0);
  });

  it.each<[string, Given, string, string]>([
    ['a policy that is none', { identityPolicies: [s3, 'x'] }, 'MalformedPolicyDocument', 'input.identityPolicies[1]'],
    [
      'a control policy that is none',
      { serviceControlPolicies: [[s3], [s3, {}]] },
      'MalformedPolicyDocument',
      'input.serviceControlPolicies[1][1]',
    ],
    [
      'a grantee that is none',
      { kmsGrants: [{ id: 'g', ...GRANT, granteePrincipal: '*' }] },
      'BAD_USER_INPUT',
      'input.kmsGrants[0].granteePrincipal',
    ],
    [
      'an operation that no grant can allow',
      { kmsGrants: [{ id: 'g', ...GRANT, operations: ['Decrypt', 'decrypt'] }] },
      'BAD_USER_INPUT',
      'input.kmsGrants[0].operations[1]',
    ],
    [
      'a constraint of too many pairs',
      {
        kmsGrants: [
          { id: 'g', ...GRANT, encryptionContextEquals: Object.fromEntries('abcdefghi'.split('').map((k) => [k, ''])) },
        ],
      },
      'BAD_USER_INPUT',
      'input.kmsGrants[0].encryptionContextEquals',
    ],
    [
      'too many grants',
      { kmsGrants: Array.from({ length: 101 }, () => ({ id: 'g', ...GRANT })) },
      'BAD_USER_INPUT',
      'input.kmsGrants',
    ],
    ['a resource policy that is none', { resourcePolicy: 'x' }, 'MalformedPolicyDocument', 'input.resourcePolicy'],
    [
      'an endpoint policy that is none',
      { vpcEndpointPolicy: '{' },
      'MalformedPolicyDocument',
      'input.vpcEndpointPolicy',
    ],
    ['two boundaries', { permissionsBoundaries: [s3, s3] }, 'BAD_USER_INPUT', 'input.permissionsBoundaries'],
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    [
      'a boundary of the root user',
      { principal: A, permissionsBoundaries: [s3] },
      'BAD_USER_INPUT',
      'input.permissionsBoundaries',
    ],
    [
      'a boundary of a service',
      { principal: 'ec2.amazonaws.com', permissionsBoundaries: [s3] },
      'BAD_USER_INPUT',
      'input.permissionsBoundaries',
    ],
    [
      'a boundary of a service-linked role',
      { principal: roleArn('aws-service-role/x.amazonaws.com/App'), permissionsBoundaries: [s3] },
      'BAD_USER_INPUT',
      'input.permissionsBoundaries',
    ],
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
    ['session policies of a user', { sessionPolicies: [s3] }, 'BAD_USER_INPUT', 'input.sessionPolicies'],
    [
      'session policies of the root user',
      { principal: A, sessionPolicies: [s3] },
      'BAD_USER_INPUT',
      'input.sessionPolicies',
    ],
    [
      'session policies of an anonymous caller',
      { principal: 'anonymous', sessionPolicies: [s3] },
      'BAD_USER_INPUT',
      'input.sessionPolicies',
    ],
    [
      'eight levels',
      { serviceControlPolicies: Array.from({ length: 8 }, () => [everything]) },
      'BAD_USER_INPUT',
      'input.serviceControlPolicies',
    ],
    ['an unknown action', { action: 's3:Nothing' }, 'BAD_USER_INPUT', 'input.requests[0].action'],
    ['a resource that is no ARN', { resource: 'b' }, 'BAD_USER_INPUT', 'input.requests[0].resource'],
  ])('refuses %s', (_, given, code, field) => {
    let fault: unknown = null;
    try {
      decide(given);
    } catch (error) {
      fault = error;
    }
    expect(fault).toMatchObject({ code, field });
  });
});

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
describe('the caller of a simulation', () => {
  const role = roleArn('App');
  const okta = `arn:aws:iam::${A}:saml-provider/Okta`;
  const saml = (provider: string): Given => ({
    principal: 'anonymous',
    federatedProvider: provider,
    action: 'sts:AssumeRoleWithSAML',
    resource: role,
    resourcePolicy: document({
      Effect: 'Allow',
      Principal: { Federated: okta },
      Action: 'sts:AssumeRoleWithSAML',
      Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
    }),
    context: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' },
  });
  const web = (provider: string): Given => ({
    principal: 'anonymous',
    federatedProvider: provider,
    action: 'sts:AssumeRoleWithWebIdentity',
    resource: role,
    resourcePolicy: document({
      Effect: 'Allow',
      Principal: { Federated: ['accounts.google.com', `arn:aws:iam::${A}:oidc-provider/token.example.com/`] },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { 'aws:FederatedProvider': provider } },
    }),
  });

  it.each<[string, Given, true | string]>([
    ['a SAML provider that is trusted', saml(okta), true],
    ['a SAML provider that is not', saml(`arn:aws:iam::${A}:saml-provider/Other`), 'TRUST_POLICY'],
    ['a SAML assertion for somebody else', { ...saml(okta), context: {} }, 'TRUST_POLICY'],
    ['an OIDC provider that is trusted', web(`arn:aws:iam::${A}:oidc-provider/token.example.com/`), true],
    ['an OIDC provider with another URL', web(`arn:aws:iam::${A}:oidc-provider/token.example.com`), 'TRUST_POLICY'],
    ['an issuer that needs no provider', web('accounts.google.com'), true],
    ['nobody', { ...web('accounts.google.com'), federatedProvider: undefined as never }, 'TRUST_POLICY'],
  ])('can be called with an identity of %s', (_, given, expected) => {
    expect(decide(given)).toEqual(expected === true ? ALLOWED : { allowed: false, deniedBy: expected });
  });

  const CANONICAL = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be';
  const bucket = document({ ...allow('s3:GetObject'), Principal: { CanonicalUser: CANONICAL } });

  it.each<[string, Given, true | string]>([
    ['its account, from another one', { resourceAccount: B, identityPolicies: [s3], canonicalUser: CANONICAL }, true],
    ['its account, which grants nothing within it', { canonicalUser: CANONICAL }, 'IDENTITY_POLICY'],
    [
      'another account',
      { resourceAccount: B, identityPolicies: [s3], canonicalUser: `0${CANONICAL.slice(1)}` },
      'RESOURCE_POLICY',
    ],
    ['nothing that is known', { resourceAccount: B, identityPolicies: [s3] }, 'RESOURCE_POLICY'],
    ['an origin access identity', { principal: 'anonymous', canonicalUser: CANONICAL.toUpperCase() }, true],
    ['not just anybody', { principal: 'anonymous' }, 'RESOURCE_POLICY'],
  ])('is named by the canonical user id of %s', (_, given, expected) => {
    const found = decide({ ...given, resourcePolicy: bucket });
    expect(found).toEqual(expected === true ? ALLOWED : { allowed: false, deniedBy: expected });
  });

  it('is a session without a name for the ARN of a role', () => {
    const given: Given = {
      principal: role,
      resourceAccount: B,
      identityPolicies: [s3],
      resourcePolicy: document({ ...allow('s3:GetObject'), Principal: { AWS: session } }),
    };
    const [answer] = access.simulate(simulation(given), NOON);
    expect(answer?.decision).toMatchObject({
      allowed: false,
      deniedBy: 'RESOURCE_POLICY',
      requires: ['roleSessionName'],
    });
    expect(decide({ ...given, principal: session })).toEqual(ALLOWED);
  });

  it.each<[string, Given, string, RegExp]>([
    ['a provider for a signed call', { federatedProvider: okta }, 'input.caller.federatedProvider', /give `anonymous`/],
    ['no provider', { ...saml(okta), federatedProvider: 'Okta' }, 'input.caller.federatedProvider', /neither the ARN/],
    [
      'a SAML provider in another call',
      { ...web(okta) },
      'input.requests[0].action',
      /only accepted by sts:AssumeRoleWithSAML/,
    ],
    ['a canonical user id that is none', { canonicalUser: 'abc' }, 'input.caller.canonicalUser', /64 hexadecimal/],
    [
      'a canonical user id of a service',
      { principal: 'ec2.amazonaws.com', canonicalUser: CANONICAL },
      'input.caller.canonicalUser',
      /a service has none/,
    ],
  ])('cannot be %s', (_, given, field, message) => {
    expect(() => decide(given)).toThrow(expect.objectContaining({ field, message: expect.stringMatching(message) }));
  });
});

/** As in decisions: it counts as the caller's own, but whose it is, is not made up. */
describe('a resource that nobody is said to own', () => {
  const ofOthers = (key: string): JsonObject => ({
    ...deny('*'),
    Condition: { StringNotEquals: { [key]: A } },
  });
  const own = { ...allow('s3:*'), Condition: { StringEquals: { 'aws:ResourceAccount': A } } };
  const ask = (given: Given) => {
    const [answer] = access.simulate(simulation(given), NOON);
    return { effect: answer?.decision.effect, missing: answer?.decision.missingContextKeys };
  };

  it.each<[string, Given, string, readonly string[]]>([
    ['counts as the own one', { identityPolicies: [s3] }, 'ALLOWED', []],
    [
      'is kept out as one of others',
      { identityPolicies: [document(allow('s3:*'), ofOthers('aws:ResourceAccount'))] },
      'EXPLICIT_DENY',
      ['aws:ResourceAccount'],
    ],
    [
      'is kept out by the key of S3',
      { identityPolicies: [document(allow('s3:*'), ofOthers('s3:ResourceAccount'))] },
      'EXPLICIT_DENY',
      ['s3:ResourceAccount'],
    ],
    ['is not let in as an own one', { identityPolicies: [document(own)] }, 'IMPLICIT_DENY', ['aws:ResourceAccount']],
    ['has the owner that is named', { identityPolicies: [document(own)], resourceAccount: A }, 'ALLOWED', []],
    [
      'has the owner of its ARN',
      {
        identityPolicies: [document(allow('*'), ofOthers('aws:ResourceAccount'))],
        ...decrypts,
        kmsGrants: [{ id: 'g', ...GRANT }],
      },
      'ALLOWED',
      [],
    ],
    [
      'has the owner that the context gives',
      { identityPolicies: [document(own)], context: { 'aws:ResourceAccount': A } },
      'ALLOWED',
      [],
    ],
  ])('%s', (_, given, effect, missing) => {
    expect(ask(given)).toEqual({ effect, missing });
  });
});

/**
 * AWS's simulator answers for each entry of ResourceArns, "*" ("all resources") if there is none, and knows no parts of an entry.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html
 */
describe('a pattern in a simulation', () => {
  const ask = (given: Given, resourceIsPattern = true) => {
    const { requests, ...rest } = simulation(given);
    const marked = requests.flatMap((one) => (one instanceof RolegateError ? [] : [{ ...one, resourceIsPattern }]));
    const [answer] = access.simulate({ ...rest, requests: marked }, NOON);
    return { coverage: answer?.coverage, effect: answer?.decision.effect, gaps: answer?.gaps };
  };
  const reader = document(allow('s3:GetObject', 'arn:aws:s3:::b/a*'), deny('s3:*', 'arn:aws:s3:::b/a/x'));

  it.each<[string, Given, string, string]>([
    ['all allowed', { resource: 'arn:aws:s3:::b/ab*', identityPolicies: [reader] }, 'ALL', 'ALLOWED'],
    ['partly denied', { resource: 'arn:aws:s3:::b/a*', identityPolicies: [reader] }, 'SOME', 'EXPLICIT_DENY'],
    ['partly allowed', { resource: 'arn:aws:s3:::*/ab', identityPolicies: [reader] }, 'SOME', 'IMPLICIT_DENY'],
    ['nowhere allowed', { resource: 'arn:aws:s3:::c/*', identityPolicies: [reader] }, 'NONE', 'IMPLICIT_DENY'],
    [
      'allowed by the resource policy',
      { resource: 'arn:aws:s3:::c/*', resourcePolicy: document({ ...publicRead, Resource: 'arn:aws:s3:::c/*' }) },
      'ALL',
      'ALLOWED',
    ],
    [
      'partly shut by a control policy',
      {
        resource: 'arn:aws:s3:::b/a*',
        identityPolicies: [s3],
        serviceControlPolicies: [[everything, document(deny('s3:*', 'arn:aws:s3:::*/a?'))]],
      },
      'SOME',
      'EXPLICIT_DENY',
    ],
  ])('is %s', (_, given, coverage, effect) => {
    expect(ask(given)).toEqual({ coverage, effect, gaps: [] });
  });

  it('has no coverage without `resourceIsPattern`', () => {
    const given = { resource: 'arn:aws:s3:::b/a*', identityPolicies: [reader] };
    expect(ask(given, false)).toEqual({ coverage: undefined, effect: 'ALLOWED', gaps: [] });
  });

  it('takes tags that the context gives', () => {
    const tagged = document({ ...allow('ec2:*'), Condition: { StringEquals: { 'aws:ResourceTag/team': 'x' } } });
    const given: Given = {
      action: 'ec2:StopInstances',
      resource: `arn:aws:ec2:eu-west-1:${A}:instance/*`,
      identityPolicies: [tagged],
    };
    expect(ask(given)).toMatchObject({ coverage: null, gaps: [expect.stringContaining('could not be decided')] });
    expect(ask({ ...given, context: { 'aws:ResourceTag/team': 'x' } })).toMatchObject({ coverage: 'ALL', gaps: [] });
    expect(ask({ ...given, context: { 'aws:ResourceTag/team': 'y' } })).toMatchObject({ coverage: 'NONE', gaps: [] });
  });
});

describe('a long simulation', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    // The turn that is known began by the clock that jumped.
    return nextTurn();
  });

  /** The clock jumps at each look, so that every step ends a turn. */
  function jumpingClock(): void {
    let now = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 10));
  }
  const reader = document(allow('s3:GetObject', 'arn:aws:s3:::b/*'));
  const limits = { time: 1_000_000_000, cpu: 1_000_000_000 };
  const long = (requests: number, documents = 1): Simulation => {
    const {
      requests: [one],
      ...rest
    } = simulation({ identityPolicies: Array.from({ length: documents }, () => reader) });
    if (one === undefined) throw new Error('a simulation without a request');
    return { ...rest, requests: Array.from({ length: requests }, () => one) };
  };

  it.each([
    ['of many requests', 500, 1],
    ['of many documents', 1, 500],
  ])('%s takes a turn after each', async (_what, requests, documents) => {
    jumpingClock();
    const work = new Work(limits);
    const answers = await access.during(work).simulateEach(long(requests, documents), NOON);
    expect(answers).toHaveLength(requests);
    expect(answers.every((one) => !(one instanceof RolegateError) && one.decision.allowed)).toBe(true);
    expect(work.turns).toBeGreaterThan(400);
  });

  it('ends with its request', async () => {
    jumpingClock();
    const work = new Work(limits);
    setTimeout(() => work.stop(), 0);
    await expect(access.during(work).simulateEach(long(10_000), NOON)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(work.units).toBeLessThan(9_000);
  });
});
