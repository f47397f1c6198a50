import { describe, expect, test } from 'vitest';
import { demoDirectory } from '../../../src/directory/demo/demo.ts';
import { faultsOf, OPERATOR } from '../gateway.ts';
import { openedGateway } from '../services.ts';

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const ALICE_KEY = 'AKIADEMOALICEAAAAAAA';
const DATA_WRITER = 'arn:aws:iam::222222222222:role/DataWriter';
const OWN_OBJECT = 'arn:aws:s3:::dev-alice/notes.txt';
const DATASET = 'arn:aws:s3:::shared-datasets/one.csv';

const gateway = openedGateway(demoDirectory);

const VIEWER = `viewer {
  principal { __typename principalId can(action: "s3:GetObject", resource: "${OWN_OBJECT}") { allowed } }
  roleSession { roleSessionName role { name } assumedBy { principalId } endedAt }
  restoresTo { __typename principalId }
}`;

const ASSUME = `mutation ($input: AssumeRoleInput!) {
  assumeRole(input: $input) {
    __typename
    ... on AssumeRoleSuccess {
      roleSession { arn principalId role { arn } assumedBy { __typename principalId } issuedAt expiresAt endedAt tags { key value } }
      credentials { accessKeyId sessionToken expiration }
      packedPolicySize
    }
    ... on UserError { code message }
    ... on ValidationError { field }
    ... on AccessDenied { decision { effect deniedBy } }
  }
}`;

describe('alice', () => {
  test('is herself when she signs in', async () => {
    const alice = await gateway.services.signIn(ALICE_KEY);
    expect(await gateway.ask(alice, `{ ${VIEWER} }`)).toEqual({
      data: {
        viewer: {
          principal: { __typename: 'User', principalId: ALICE, can: { allowed: true } },
          roleSession: null,
          restoresTo: null,
        },
      },
    });
  });

  test('assumes a role of another account, gives up her own permissions, and has them back when she leaves', async () => {
    const alice = await gateway.services.signIn(ALICE_KEY);
    const assumed = await gateway.ask(alice, ASSUME, { input: { role: DATA_WRITER, roleSessionName: 'alice' } });
    expect(assumed.errors).toBeUndefined();
    const success = assumed.data?.['assumeRole'] as { credentials: { sessionToken: string; accessKeyId: string } };
    expect(success).toMatchObject({
      __typename: 'AssumeRoleSuccess',
      roleSession: {
        arn: 'arn:aws:sts::222222222222:assumed-role/DataWriter/alice',
        principalId: 'arn:aws:sts::222222222222:assumed-role/DataWriter/alice',
        role: { arn: DATA_WRITER },
        assumedBy: { __typename: 'User', principalId: ALICE },
        issuedAt: '2026-06-15T12:00:00.000Z',
        expiresAt: '2026-06-15T13:00:00.000Z',
        endedAt: null,
        tags: [],
      },
      credentials: { expiration: '2026-06-15T13:00:00.000Z' },
      packedPolicySize: null,
    });
    expect(success.credentials.accessKeyId).toMatch(/^ASIA/);

    const session = await gateway.services.signInWith(success.credentials.sessionToken);
    expect(await gateway.ask(session, `{ ${VIEWER} }`)).toEqual({
      data: {
        viewer: {
          principal: {
            __typename: 'RoleSession',
            principalId: 'arn:aws:sts::222222222222:assumed-role/DataWriter/alice',
            can: { allowed: false },
          },
          roleSession: {
            roleSessionName: 'alice',
            role: { name: 'DataWriter' },
            assumedBy: { principalId: ALICE },
            endedAt: null,
          },
          restoresTo: { __typename: 'User', principalId: ALICE },
        },
      },
    });
    const query = `{ decision(request: { principal: "arn:aws:sts::222222222222:assumed-role/DataWriter/alice", action: "s3:PutObject", resource: "${DATASET}" }) { allowed principal { __typename } } }`;
    expect(await gateway.ask(session, query)).toEqual({
      data: { decision: { allowed: true, principal: { __typename: 'RoleSession' } } },
    });

    const EXIT = `mutation { exitRole { __typename
      ... on ExitRoleSuccess { endedSession { endedAt } viewer { principal { principalId } roleSession { id } restoresTo { principalId } } }
      ... on UserError { code message } } }`;
    expect(await gateway.ask(session, EXIT)).toEqual({
      data: {
        exitRole: {
          __typename: 'ExitRoleSuccess',
          endedSession: { endedAt: '2026-06-15T12:00:00.000Z' },
          viewer: { principal: { principalId: ALICE }, roleSession: null, restoresTo: null },
        },
      },
    });
    await expect(gateway.services.signInWith(success.credentials.sessionToken)).rejects.toMatchObject({
      code: 'ExpiredToken',
    });
    const again = await gateway.ask(await gateway.services.signIn(ALICE_KEY), `{ ${VIEWER} }`);
    expect(again.data).toMatchObject({ viewer: { principal: { principalId: ALICE, can: { allowed: true } } } });
    expect((await gateway.ask(await gateway.services.signIn(ALICE_KEY), EXIT)).data).toMatchObject({
      exitRole: { __typename: 'ValidationError', code: 'ValidationError' },
    });
  });

  test('does nothing more in a role that she has left, in the same operation either', async () => {
    const { data } = await gateway.ask(await gateway.services.signIn(ALICE_KEY), ASSUME, {
      input: { role: DATA_WRITER, roleSessionName: 'alice' },
    });
    const assumed = data?.['assumeRole'] as { readonly credentials: { readonly sessionToken: string } }; // as: asserted above
    const operation = `mutation ($input: AssumeRoleInput!) {
      exitRole { ... on ExitRoleSuccess { endedSession { roleSessionName } } }
      assumeRole(input: $input) { __typename }
    }`;
    const result = await gateway.ask(await gateway.services.signInWith(assumed.credentials.sessionToken), operation, {
      input: { role: DATA_WRITER, roleSessionName: 'again' },
    });
    expect(faultsOf(result)).toEqual([
      { code: 'UNAUTHENTICATED', message: 'The security token included in the request is expired' },
    ]);
  });

  test('is told why she may not assume a role', async () => {
    const alice = await gateway.services.signIn(ALICE_KEY);
    const input = { role: 'arn:aws:iam::111111111111:role/Auditor', roleSessionName: 'alice' };
    const { data } = await gateway.ask(alice, ASSUME, { input });
    expect(data).toMatchInlineSnapshot(`
      {
        "assumeRole": {
          "__typename": "AccessDenied",
          "code": "AccessDenied",
          "decision": {
            "deniedBy": "TRUST_POLICY",
            "effect": "IMPLICIT_DENY",
          },
          "message": "User: arn:aws:iam::111111111111:user/alice is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111111111111:role/Auditor because no role trust policy allows the sts:AssumeRole action",
        },
      }
    `);
  });

  test('is told which parameter is out of its limits', async () => {
    const alice = await gateway.services.signIn(ALICE_KEY);
    const { data } = await gateway.ask(alice, ASSUME, { input: { role: DATA_WRITER, roleSessionName: 'a' } });
    expect(data).toMatchObject({ assumeRole: { __typename: 'ValidationError', field: 'roleSessionName' } });
  });

  test('is told which session policy is none', async () => {
    const alice = await gateway.services.signIn(ALICE_KEY);
    const input = { role: DATA_WRITER, roleSessionName: 'alice', sessionPolicies: ['{'] };
    const { data } = await gateway.ask(alice, ASSUME, { input });
    expect(data).toMatchObject({
      assumeRole: { __typename: 'MalformedPolicyDocument', code: 'MalformedPolicyDocument' },
    });
  });

  test('can have session policies that leave no room', async () => {
    const alice = await gateway.services.signIn(ALICE_KEY);
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: `arn:aws:s3:::${'b'.repeat(1900)}` }],
    };
    const input = { role: DATA_WRITER, roleSessionName: 'alice', sessionPolicies: [policy, policy] };
    const { data } = await gateway.ask(alice, ASSUME, { input });
    expect(data).toMatchObject({
      assumeRole: { code: expect.stringMatching(/^(?:PackedPolicyTooLarge|ValidationError)$/) },
    });
  });
});

test('a service assumes the role that trusts it, with its own key', async () => {
  const ec2 = await gateway.services.signIn('AKIADEMOEC2AAAAAAAAA');
  const input = { role: 'arn:aws:iam::111111111111:role/WebServer', roleSessionName: 'i-0123456789abcdef0' };
  const { data } = await gateway.ask(ec2, ASSUME, { input });
  expect(data).toMatchObject({
    assumeRole: {
      __typename: 'AssumeRoleSuccess',
      roleSession: { assumedBy: { __typename: 'ServicePrincipal', principalId: 'ec2.amazonaws.com' } },
    },
  });
});

describe('the operator', () => {
  test('is nobody of IAM and assumes no role', async () => {
    const query = `{ viewer { kind userId account { accountId } roleSession { id } restoresTo { principalId } principal { __typename principalId arn name account { accountId } } } }`;
    expect(await gateway.ask(OPERATOR, query)).toEqual({
      data: {
        viewer: {
          kind: 'OPERATOR',
          userId: 'operator',
          account: null,
          roleSession: null,
          restoresTo: null,
          principal: { __typename: 'Operator', principalId: 'operator', arn: null, name: 'operator', account: null },
        },
      },
    });
    const { data } = await gateway.ask(OPERATOR, ASSUME, { input: { role: DATA_WRITER, roleSessionName: 'operator' } });
    expect(data).toMatchObject({ assumeRole: { __typename: 'AccessDenied', code: 'AccessDenied' } });
  });

  test('has no policies: nothing can be asked about it, and what else is asked is answered', async () => {
    const query = `{ viewer { kind principal { principalId can(action: "s3:ListAllMyBuckets", resource: "*") { allowed }
      effectivePermissions { gaps } assumableRoles { totalCount } } } }`;
    const result = await gateway.ask(OPERATOR, query);
    const nothing = { can: null, effectivePermissions: null, assumableRoles: null };
    expect(result.data).toEqual({
      viewer: { kind: 'OPERATOR', principal: { principalId: 'operator', ...nothing } },
    });
    const message = 'the operator is not a principal of IAM, and has no policies';
    expect(faultsOf(result)).toEqual([0, 1, 2].map(() => ({ code: 'FORBIDDEN', message })));
  });

  test('makes keys for users and services', async () => {
    const create =
      'mutation ($p: PrincipalId!) { createAccessKey(input: { principal: $p }) { __typename ... on CreateAccessKeySuccess { accessKeyId secretAccessKey } ... on UserError { code message } } }';
    const keys = [];
    for (const p of [
      'arn:aws:iam::222222222222:user/bob',
      'lambda.amazonaws.com',
      'arn:aws:iam::222222222222:user/nobody',
      DATA_WRITER,
    ]) {
      keys.push((await gateway.ask(OPERATOR, create, { p })).data?.['createAccessKey']);
    }
    expect(keys).toMatchObject([
      { __typename: 'CreateAccessKeySuccess', accessKeyId: expect.stringMatching(/^AKIA/) },
      { __typename: 'CreateAccessKeySuccess' },
      { __typename: 'NoSuchEntity', code: 'NoSuchEntity' },
      { __typename: 'ValidationError', code: 'ValidationError' },
    ]);
    const { accessKeyId } = keys[0] as { accessKeyId: string };
    const bob = await gateway.services.signIn(accessKeyId);
    const { data } = await gateway.ask(bob, '{ viewer { principal { principalId } } }');
    expect(data).toEqual({ viewer: { principal: { principalId: 'arn:aws:iam::222222222222:user/bob' } } });
  });
});

describe('an import', () => {
  const IMPORT = `mutation ($document: String!, $accountName: String) {
    importAccountAuthorizationDetails(input: { document: $document, accountName: $accountName }) {
      __typename
      ... on ImportSuccess { accounts { accountId name users { nodes { name } } } users groups roles policies warnings changed }
      ... on ValidationError { code message field }
    }
  }`;
  const EXPORT = JSON.stringify({
    UserDetailList: [
      {
        UserName: 'carol',
        Path: '/',
        UserId: 'AIDACAROLCAROLCAROLC',
        Arn: 'arn:aws:iam::333333333333:user/carol',
        CreateDate: '2026-01-01T00:00:00Z',
        GroupList: [],
        AttachedManagedPolicies: [],
      },
    ],
  });

  test('adds what it holds, and a second time nothing', async () => {
    const variables = { document: EXPORT, accountName: 'Imported' };
    const first = await gateway.ask(OPERATOR, IMPORT, variables);
    expect(first).toMatchInlineSnapshot(`
      {
        "data": {
          "importAccountAuthorizationDetails": {
            "__typename": "ImportSuccess",
            "accounts": [
              {
                "accountId": "333333333333",
                "name": "Imported",
                "users": {
                  "nodes": [
                    {
                      "name": "carol",
                    },
                  ],
                },
              },
            ],
            "changed": true,
            "groups": 0,
            "policies": 0,
            "roles": 0,
            "users": 1,
            "warnings": [],
          },
        },
      }
    `);
    const second = await gateway.ask(OPERATOR, IMPORT, variables);
    expect(second.data).toMatchObject({ importAccountAuthorizationDetails: { changed: false } });
  });

  test('of something else says what was expected', async () => {
    const { data } = await gateway.ask(OPERATOR, IMPORT, { document: '{"hello": 1}' });
    expect(data).toMatchObject({
      importAccountAuthorizationDetails: {
        __typename: 'ValidationError',
        code: 'ValidationError',
        field: 'document',
        message: expect.stringContaining('aws iam get-account-authorization-details'),
      },
    });
  });

  test('is not for principals', async () => {
    const result = await gateway.ask(await gateway.services.signIn(ALICE_KEY), IMPORT, { document: EXPORT });
    expect(faultsOf(result)).toMatchObject([{ code: 'FORBIDDEN' }]);
  });
});
