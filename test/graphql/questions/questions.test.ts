import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAccess } from '../../../src/access/access.ts';
import { type Catalog, openCatalog } from '../../../src/catalog/catalog.ts';
import { demoDirectory } from '../../../src/directory/demo/demo.ts';
import type { GatewayServices } from '../../../src/graphql/context.ts';
import { MemoryDirectory } from '../../support/memory-directory.ts';
import { ANONYMOUS, faultsOf, type Gateway, gatewayOn, OPERATOR, signedIn } from '../gateway.ts';

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const BOB = 'arn:aws:iam::222222222222:user/bob';
const NOBODY = 'arn:aws:iam::111111111111:user/nobody';
const DEPLOYER = 'arn:aws:iam::111111111111:role/Deployer';
const OWN_OBJECT = 'arn:aws:s3:::dev-alice/notes.txt';

let catalog: Catalog;
let directory: MemoryDirectory;
let gateway: Gateway;

beforeAll(async () => {
  catalog = await openCatalog();
});

beforeEach(() => {
  directory = new MemoryDirectory(demoDirectory(), catalog);
  const access = createAccess(directory, catalog);
  gateway = gatewayOn({ access, directory, catalog } as unknown as GatewayServices); // nothing here reads tables or signs in
});

const DECISION = `query ($request: AccessRequestInput!) {
  decision(request: $request) {
    effect allowed reason deniedBy missingContextKeys gaps action resource principal { __typename principalId }
    layers { layer effect }
    matchedStatements { layer policy policyName sid index effect statement }
  }
}`;

describe('a decision', () => {
  test('says why it is allowed', async () => {
    const request = { principal: ALICE, action: 'S3:getobject', resource: OWN_OBJECT };
    expect(await gateway.ask(OPERATOR, DECISION, { request })).toMatchInlineSnapshot(`
      {
        "data": {
          "decision": {
            "action": "S3:getobject",
            "allowed": true,
            "deniedBy": null,
            "effect": "ALLOWED",
            "gaps": [],
            "layers": [
              {
                "effect": "ALLOWED",
                "layer": "RESOURCE_CONTROL_POLICY",
              },
              {
                "effect": "ALLOWED",
                "layer": "SERVICE_CONTROL_POLICY",
              },
              {
                "effect": "ALLOWED",
                "layer": "IDENTITY_POLICY",
              },
              {
                "effect": "ALLOWED",
                "layer": "PERMISSIONS_BOUNDARY",
              },
            ],
            "matchedStatements": [
              {
                "effect": "ALLOW",
                "index": 0,
                "layer": "IDENTITY_POLICY",
                "policy": "arn:aws:iam::111111111111:policy/DeveloperAccess",
                "policyName": "arn:aws:iam::111111111111:policy/DeveloperAccess",
                "sid": "OwnBucket",
                "statement": {
                  "Action": "s3:*",
                  "Effect": "Allow",
                  "Resource": [
                    "arn:aws:s3:::dev-\${aws:username}",
                    "arn:aws:s3:::dev-\${aws:username}/*",
                  ],
                  "Sid": "OwnBucket",
                },
              },
            ],
            "missingContextKeys": [],
            "principal": {
              "__typename": "User",
              "principalId": "arn:aws:iam::111111111111:user/alice",
            },
            "reason": "User: arn:aws:iam::111111111111:user/alice is authorized to perform: s3:GetObject on resource: arn:aws:s3:::dev-alice/notes.txt because an identity-based policy allows the s3:GetObject action: arn:aws:iam::111111111111:policy/DeveloperAccess",
            "resource": "arn:aws:s3:::dev-alice/notes.txt",
          },
        },
      }
    `);
  });

  test('in a role, it is that of the role; what the principal has of its own does not count', async () => {
    const request = { principal: ALICE, assumedRole: DEPLOYER, action: 's3:GetObject', resource: OWN_OBJECT };
    expect(await gateway.ask(OPERATOR, DECISION, { request })).toMatchInlineSnapshot(`
      {
        "data": {
          "decision": {
            "action": "s3:GetObject",
            "allowed": false,
            "deniedBy": "IDENTITY_POLICY",
            "effect": "IMPLICIT_DENY",
            "gaps": [],
            "layers": [
              {
                "effect": "ALLOWED",
                "layer": "RESOURCE_CONTROL_POLICY",
              },
              {
                "effect": "ALLOWED",
                "layer": "SERVICE_CONTROL_POLICY",
              },
              {
                "effect": "IMPLICIT_DENY",
                "layer": "IDENTITY_POLICY",
              },
            ],
            "matchedStatements": [],
            "missingContextKeys": [],
            "principal": {
              "__typename": "User",
              "principalId": "arn:aws:iam::111111111111:user/alice",
            },
            "reason": "User: arn:aws:iam::111111111111:role/Deployer is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::dev-alice/notes.txt because no identity-based policy allows the s3:GetObject action",
            "resource": "arn:aws:s3:::dev-alice/notes.txt",
          },
        },
      }
    `);
  });

  test('in a role that may not be assumed, it is a denial that says so', async () => {
    const request = { principal: BOB, assumedRole: DEPLOYER, action: 's3:GetObject', resource: OWN_OBJECT };
    const { data } = await gateway.ask(OPERATOR, DECISION, { request });
    expect(data?.['decision']).toMatchObject({ allowed: false, reason: expect.stringContaining('sts:AssumeRole') });
  });
});

describe('batches', () => {
  test('`decisionsFor` and `allowedResources` agree with `decisions`', async () => {
    const resources = [OWN_OBJECT, 'arn:aws:s3:::dev-bob/notes.txt', 'arn:aws:s3:::shared-datasets/one.csv'];
    const query = `query ($principal: PrincipalId!, $resources: [Arn!]!, $checks: [CheckInput!]!, $requests: [AccessRequestInput!]!) {
      decisions(requests: $requests) { allowed resource }
      decisionsFor(principal: $principal, checks: $checks) { allowed resource }
      allowedResources(principal: $principal, action: "s3:GetObject", resources: $resources)
    }`;
    const checks = resources.map((resource) => ({ action: 's3:GetObject', resource }));
    const requests = checks.map((check) => ({ principal: ALICE, ...check }));
    const { data, errors } = await gateway.ask(OPERATOR, query, { principal: ALICE, resources, checks, requests });
    expect(errors).toBeUndefined();
    expect(data?.['decisionsFor']).toEqual(data?.['decisions']);
    expect(data?.['decisions']).toEqual(resources.map((resource, index) => ({ allowed: index !== 1, resource })));
    expect(data?.['allowedResources']).toEqual([resources[0], resources[2]]);
    expect(directory.gathers).toBe(1);
  });

  test('all operations of one HTTP request are decided together', async () => {
    const operation = (resource: string) => ({
      query: DECISION,
      variables: { request: { principal: ALICE, action: 's3:GetObject', resource } },
    });
    const results = await gateway.askTogether(OPERATOR, [operation(OWN_OBJECT), operation(`${OWN_OBJECT}2`)]);
    expect(results.map(({ errors }) => errors)).toEqual([undefined, undefined]);
    expect(directory.gathers).toBe(1);
  });

  test('a question asked twice names its own request in each answer', async () => {
    const requests = ['s3:GetObject', 'S3:GETOBJECT'].map((action) => ({
      principal: ALICE,
      action,
      resource: OWN_OBJECT,
    }));
    const query = 'query ($requests: [AccessRequestInput!]!) { decisions(requests: $requests) { action allowed } }';
    const { data } = await gateway.ask(OPERATOR, query, { requests });
    expect(data?.['decisions']).toEqual([
      { action: 's3:GetObject', allowed: true },
      { action: 'S3:GETOBJECT', allowed: true },
    ]);
  });

  test('one request that cannot be answered fails alone, with its place', async () => {
    const requests = [
      { principal: ALICE, action: 's3:GetObject', resource: OWN_OBJECT },
      { principal: ALICE, action: 's3:GetObjcet', resource: OWN_OBJECT },
    ];
    const query = 'query ($requests: [AccessRequestInput!]!) { decisions(requests: $requests) { allowed } }';
    const result = await gateway.ask(OPERATOR, query, { requests });
    expect(result.data).toEqual({ decisions: [{ allowed: true }, null] });
    expect(result.errors?.map(({ path }) => path)).toEqual([['decisions', 1]]);
    expect(faultsOf(result)).toMatchInlineSnapshot(`
      [
        {
          "code": "BAD_USER_INPUT",
          "field": "requests[1].action",
          "message": "the catalogue of 2026-09-26 knows no action \`s3:GetObjcet\`; did you mean \`s3:GetObject\`?",
        },
      ]
    `);
  });
});

describe('bad input is refused by name:', () => {
  const cases: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['an unknown principal', { principal: NOBODY }],
    ['a principal that is none', { principal: 'alice' }],
    ['an unknown role', { assumedRole: 'arn:aws:iam::111111111111:role/Nothing' }],
    ['an ARN that is none', { resource: 's3://bucket/key' }],
    ['an ARN that is too long', { resource: `arn:aws:s3:::${'b'.repeat(3000)}` }],
    ['an account that is none', { resourceAccount: '1234' }],
    ['an action with a wildcard', { action: 's3:Get*' }],
    ['an action that is too long', { action: `s3:${'G'.repeat(100_000)}` }],
    ['a context that is a list', { context: ['aws:SourceIp'] }],
    ['a context of objects', { context: { 'aws:SourceIp': { ip: '203.0.113.7' } } }],
    [
      'a tag given twice',
      {
        assumedRole: DEPLOYER,
        session: {
          tags: [
            { key: 'team', value: 'a' },
            { key: 'Team', value: 'b' },
          ],
        },
      },
    ],
  ];
  test.each(cases)('%s', async (_name, fault) => {
    const request = { principal: ALICE, action: 's3:GetObject', resource: OWN_OBJECT, ...fault };
    const result = await gateway.ask(OPERATOR, DECISION, { request });
    expect(result.data?.['decision'] ?? null).toBeNull();
    // What is no text or no object, or too long, fails the request before any field is asked.
    const isUnreadable = result.data === undefined;
    expect(result.errors?.map(({ path }) => path)).toEqual([isUnreadable ? undefined : ['decision']]);
    const [{ message, ...rest } = { code: null, message: '' }] = faultsOf(result);
    expect({ ...rest, message: message.slice(0, 400) }).toMatchSnapshot();
  });
});

describe('without credentials', () => {
  test('`viewer` is null', async () => {
    expect(await gateway.ask(ANONYMOUS, '{ viewer { principal { principalId } } }')).toEqual({
      data: { viewer: null },
    });
  });

  test('everything else is refused', async () => {
    const request = { principal: 'anonymous', action: 's3:GetObject', resource: OWN_OBJECT };
    const result = await gateway.ask(ANONYMOUS, DECISION, { request });
    expect(faultsOf(result)).toMatchInlineSnapshot(`
      [
        {
          "code": "UNAUTHENTICATED",
          "message": "\`decision\` needs credentials: an access key (HTTP Basic), or a session token, a checker’s token or the operator token (Bearer)",
        },
      ]
    `);
    expect(directory.gathers).toBe(0);
  });
});

describe('a principal', () => {
  test('asks about itself', async () => {
    const request = { principal: ALICE, action: 's3:GetObject', resource: OWN_OBJECT };
    const { data } = await gateway.ask(signedIn(ALICE), DECISION, { request });
    expect(data?.['decision']).toMatchObject({ allowed: true });
  });

  test('asks about nobody else without iam:SimulatePrincipalPolicy, and learns not whether they are there', async () => {
    for (const principal of [BOB, NOBODY, 'arn:aws:iam::222222222222:user/nobody']) {
      const request = { principal, action: 's3:GetObject', resource: OWN_OBJECT };
      expect(faultsOf(await gateway.ask(signedIn(ALICE), DECISION, { request }))).toEqual([
        {
          code: 'FORBIDDEN',
          field: 'request.principal',
          message: `asking about \`${principal}\` needs iam:SimulatePrincipalPolicy on it, which you are not allowed`,
        },
      ]);
    }
  });

  test('permission to ask is decided in the same batch as what is asked', async () => {
    const request = { principal: BOB, action: 's3:GetObject', resource: OWN_OBJECT };
    await gateway.ask(signedIn(ALICE), DECISION, { request });
    expect(directory.gathers).toBe(1);
  });

  test('may not simulate or import', async () => {
    const questions = [
      `{ simulateCustomPolicies(input: { caller: { principal: "${ALICE}" }, requests: [] }) { allowed } }`,
      'mutation { importAccountAuthorizationDetails(input: { document: "{}" }) { __typename } }',
    ];
    const faults = [];
    for (const question of questions) faults.push(...faultsOf(await gateway.ask(signedIn(ALICE), question)));
    expect(faults).toMatchInlineSnapshot(`
      [
        {
          "code": "FORBIDDEN",
          "message": "\`simulateCustomPolicies\` needs iam:SimulateCustomPolicy, which you are not allowed",
        },
        {
          "code": "INTERNAL_SERVER_ERROR",
          "message": "Unexpected error.",
        },
      ]
    `);
  });
});

describe('a simulation', () => {
  const SIMULATE = `query ($input: SimulateCustomPoliciesInput!) {
    simulateCustomPolicies(input: $input) { allowed reason principal { __typename principalId } matchedStatements { policy index } }
  }`;
  const policy = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:Get*', Resource: '*' } };
  const request = { action: 's3:GetObject', resource: OWN_OBJECT };

  test('takes documents as objects, JSON strings and URL-encoded strings', async () => {
    const text = JSON.stringify(policy);
    for (const document of [policy, text, encodeURIComponent(text)]) {
      const input = { caller: { principal: NOBODY }, identityPolicies: [document], requests: [request] };
      const { data, errors } = await gateway.ask(OPERATOR, SIMULATE, { input });
      expect(errors).toBeUndefined();
      expect(data?.['simulateCustomPolicies']).toMatchObject([
        { allowed: true, principal: { __typename: 'User', principalId: NOBODY }, matchedStatements: [{ index: 0 }] },
      ]);
    }
    expect(directory.gathers).toBe(0);
  });

  test('goes through a VPC endpoint whose policy is given', async () => {
    const through = { Version: '2012-10-17', Statement: { ...policy.Statement, Principal: '*', Effect: 'Deny' } };
    const input = { caller: { principal: NOBODY }, identityPolicies: [policy], requests: [request] };
    const ask = async (vpcEndpointPolicy: unknown): Promise<unknown> => {
      const { data } = await gateway.ask(OPERATOR, SIMULATE, { input: { ...input, vpcEndpointPolicy } });
      return data?.['simulateCustomPolicies'];
    };
    const reason = `User: ${NOBODY} is not authorized to perform: s3:GetObject on resource: ${OWN_OBJECT} with an explicit deny in a VPC endpoint policy`;
    for (const document of [through, JSON.stringify(through)]) {
      expect(await ask(document)).toMatchObject([
        { allowed: false, reason, matchedStatements: [{ policy: 'vpcEndpointPolicy', index: 0 }] },
      ]);
    }
    expect(await ask(null)).toMatchObject([{ allowed: true, matchedStatements: [{ policy: 'identityPolicies[0]' }] }]);
    const { Principal: _, ...nobody } = { ...through.Statement, Effect: 'Allow' };
    expect(await ask({ ...through, Statement: nobody })).toMatchObject([
      {
        allowed: false,
        reason: expect.stringContaining('because no VPC endpoint policy allows'),
        matchedStatements: [],
      },
    ]);
    expect(
      faultsOf(await gateway.ask(OPERATOR, SIMULATE, { input: { ...input, vpcEndpointPolicy: '{' } }))[0],
    ).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.vpcEndpointPolicy' });
  });

  test('names the document that is none', async () => {
    const input = { caller: { principal: NOBODY }, identityPolicies: [policy, '{'], requests: [request] };
    expect(faultsOf(await gateway.ask(OPERATOR, SIMULATE, { input }))[0]).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'input.identityPolicies[1]',
    });
  });
});
