import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAccess } from '../../../src/access/access.ts';
import { type Catalog, openCatalog } from '../../../src/catalog/catalog.ts';
import type { GatewayServices } from '../../../src/graphql/context.ts';
import { MemoryDirectory } from '../../support/memory-directory.ts';
import { A, allow, aUser, deny, policy, roleArn, userArn } from '../../support/policies.ts';
import { type Gateway, gatewayOn, OPERATOR } from '../gateway.ts';

let catalog: Catalog;
let gateway: Gateway;

beforeAll(async () => {
  catalog = await openCatalog();
});

beforeEach(() => {
  const users = [aUser('u', [allow('s3:GetObject', 'arn:aws:s3:::b/*'), deny('s3:*', 'arn:aws:s3:::b/secret*')])];
  const directory = new MemoryDirectory({ users }, catalog);
  const access = createAccess(directory, catalog);
  gateway = gatewayOn({ access, directory, catalog } as unknown as GatewayServices); // nothing here reads tables or signs in
});

const PARTLY = {
  effect: 'EXPLICIT_DENY',
  allowed: false,
  coverage: 'SOME',
  deniedBy: 'IDENTITY_POLICY',
  resource: 'arn:aws:s3:::b/*',
};
const FIELDS = 'effect allowed coverage deniedBy resource';

describe('coverage', () => {
  test('is that of a decision on a pattern, and null on a name', async () => {
    const request = { principal: userArn('u'), action: 's3:GetObject', resource: 'arn:aws:s3:::b/*' };
    const query = `query ($pattern: AccessRequestInput!, $name: AccessRequestInput!) {
      pattern: decision(request: $pattern) { ${FIELDS} }
      name: decision(request: $name) { ${FIELDS} }
    }`;
    const variables = { pattern: { ...request, resourceIsPattern: true }, name: request };
    // The same action and resource at once: they are two questions.
    expect(await gateway.ask(OPERATOR, query, variables)).toEqual({
      data: { pattern: PARTLY, name: { ...PARTLY, effect: 'ALLOWED', allowed: true, coverage: null, deniedBy: null } },
    });
  });

  test('stands in lists beside other answers and errors', async () => {
    const query = `query ($principal: PrincipalId!, $checks: [CheckInput!]!, $requests: [AccessRequestInput!]!) {
      decisionsFor(principal: $principal, checks: $checks) { coverage }
      decisions(requests: $requests) { coverage }
    }`;
    const checks = [
      { action: 's3:GetObject', resource: 'arn:aws:s3:::b/a*', resourceIsPattern: true },
      { action: 's3:GetObject', resource: 'arn:aws:s3:::b/a' },
      { action: 's3:GetObject', resource: `arn:aws:ec2:*:${A}:instance/*`, resourceIsPattern: true },
      { action: 's3:GetObject', resource: 'arn:aws:s3:::c/*', resourceIsPattern: true },
    ];
    const principal = userArn('u');
    const requests = checks.map((check) => ({ ...check, principal }));
    const answer = await gateway.ask(OPERATOR, query, { principal, checks, requests });
    const coverages = [{ coverage: 'ALL' }, { coverage: null }, null, { coverage: 'NONE' }];
    expect(answer).toMatchObject({
      data: { decisionsFor: coverages, decisions: coverages },
      errors: [
        { path: ['decisionsFor', 2], extensions: { code: 'BAD_USER_INPUT', field: 'checks[2].resource' } },
        { path: ['decisions', 2], extensions: { code: 'BAD_USER_INPUT', field: 'requests[2].resource' } },
      ],
    });
  });
});

const SIMULATION = `query ($input: SimulateCustomPoliciesInput!) {
  simulateCustomPolicies(input: $input) { effect coverage requires principal { principalId } }
}`;

describe('a simulation', () => {
  test('has coverage, too', async () => {
    const input = {
      caller: { principal: userArn('x') },
      identityPolicies: [JSON.parse(policy(allow('s3:*', 'arn:aws:s3:::b/*')))],
      requests: [
        { action: 's3:GetObject', resource: 'arn:aws:s3:::b/*', resourceIsPattern: true },
        { action: 's3:GetObject', resource: 'arn:aws:s3:::*', resourceIsPattern: true },
      ],
    };
    expect(await gateway.ask(OPERATOR, SIMULATION, { input })).toMatchObject({
      data: { simulateCustomPolicies: [{ effect: 'ALLOWED', coverage: 'ALL' }, { coverage: 'SOME' }] },
    });
  });

  test('has federated callers, canonical users and sessions without a name', async () => {
    const okta = `arn:aws:iam::${A}:saml-provider/Okta`;
    const id = '7'.repeat(64);
    const simulate = (caller: object, action: string, resource: string, Principal: object) => {
      const resourcePolicy = { Version: '2012-10-17', Statement: { Effect: 'Allow', Principal, Action: action } };
      const input = { caller, resourcePolicy, requests: [{ action, resource }] };
      return gateway.ask(OPERATOR, SIMULATION, { input });
    };
    const federated = { principal: 'anonymous', federatedProvider: okta };
    expect(await simulate(federated, 'sts:AssumeRoleWithSAML', roleArn('App'), { Federated: okta })).toMatchObject({
      data: { simulateCustomPolicies: [{ effect: 'ALLOWED', principal: { principalId: 'anonymous' } }] },
    });
    const identity = { principal: 'anonymous', canonicalUser: id };
    expect(await simulate(identity, 's3:GetObject', 'arn:aws:s3:::b/x', { CanonicalUser: id })).toMatchObject({
      data: { simulateCustomPolicies: [{ effect: 'ALLOWED' }] },
    });
    const named = { AWS: `arn:aws:sts::${A}:assumed-role/App/s1` };
    expect(await simulate({ principal: roleArn('App') }, 's3:GetObject', 'arn:aws:s3:::b/x', named)).toMatchObject({
      data: { simulateCustomPolicies: [{ effect: 'IMPLICIT_DENY', requires: ['roleSessionName'] }] },
    });
  });
});

describe('the bare `*`', () => {
  test.each([
    ['s3:GetObject', 'SOME', 'EXPLICIT_DENY'],
    ['s3:PutObject', 'ALL', 'ALLOWED'],
    ['s3:DeleteObject', 'NONE', 'IMPLICIT_DENY'],
    // No resource types: `*` is the only resource that there is.
    ['s3:ListAllMyBuckets', 'ALL', 'ALLOWED'],
    ['ec2:DescribeInstances', 'NONE', 'IMPLICIT_DENY'],
  ])('asks about everything that %s can be asked on: %s', async (action, coverage, effect) => {
    const statements = [
      allow(['s3:GetObject', 's3:PutObject', 's3:ListAllMyBuckets'], '*'),
      { Effect: 'Deny', Action: 's3:GetObject', Resource: 'arn:aws:s3:::secret/*' },
    ];
    const input = {
      caller: { principal: userArn('x') },
      identityPolicies: [{ Version: '2012-10-17', Statement: statements }],
      requests: [{ action, resource: '*', resourceAccount: A }],
    };
    expect(await gateway.ask(OPERATOR, SIMULATION, { input })).toMatchObject({
      data: { simulateCustomPolicies: [{ effect, coverage }] },
    });
  });
});
