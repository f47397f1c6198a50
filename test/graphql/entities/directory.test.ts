import { describe, expect, test } from 'vitest';
import { demoDirectory } from '../../../src/directory/demo/demo.ts';
import type { DirectoryDocument } from '../../../src/directory/document.ts';
import type { Caller } from '../../../src/session/caller.ts';
import { faultsOf, OPERATOR, signedIn } from '../gateway.ts';
import { openedGateway } from '../services.ts';

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const ADMIN = 'arn:aws:iam::999999999999:user/admin';
const HERMIT = 'arn:aws:iam::444444444444:user/hermit';
const BUCKET = 'arn:aws:s3:::shared-datasets';

/** With an administrator of the organization's management account, and somebody outside of it. */
function document(): DirectoryDocument {
  const demo = demoDirectory();
  const everything = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
  });
  const inlinePolicies = [{ name: 'Everything', document: everything }];
  return {
    ...demo,
    accounts: [...(demo.accounts ?? []), { id: '444444444444', name: 'Elsewhere', membership: 'NONE' }],
    users: [...(demo.users ?? []), { arn: ADMIN, inlinePolicies }, { arn: HERMIT, inlinePolicies }],
  };
}

const gateway = openedGateway(document);

async function data(query: string, variables = {}, caller: Caller = OPERATOR): Promise<Record<string, unknown>> {
  const result = await gateway.ask(caller, query, variables);
  expect(result.errors).toBeUndefined();
  return result.data ?? {};
}

describe('entities', () => {
  test('a user with everything that belongs to it', async () => {
    const query = `query ($principalId: PrincipalId!) { principal(principalId: $principalId) {
      __typename principalId
      ... on User {
        arn name path account { accountId name organizationId } tags { key value }
        groups { arn name attachedPolicies { name } inlinePolicies { name } account { accountId } }
        attachedPolicies { arn } inlinePolicies { name document }
        permissionsBoundary { arn name path defaultVersionId document }
      }
    } }`;
    expect(await data(query, { principalId: ALICE })).toMatchInlineSnapshot(`
      {
        "principal": {
          "__typename": "User",
          "account": {
            "accountId": "111111111111",
            "name": "Development",
            "organizationId": "o-exampleorg1",
          },
          "arn": "arn:aws:iam::111111111111:user/alice",
          "attachedPolicies": [],
          "groups": [
            {
              "account": {
                "accountId": "111111111111",
              },
              "arn": "arn:aws:iam::111111111111:group/developers",
              "attachedPolicies": [
                {
                  "name": "DeveloperAccess",
                },
              ],
              "inlinePolicies": [
                {
                  "name": "ViewOwnPermissions",
                },
              ],
              "name": "developers",
            },
          ],
          "inlinePolicies": [
            {
              "document": {
                "Statement": [
                  {
                    "Action": "iam:*",
                    "Effect": "Allow",
                    "Resource": "arn:aws:iam::111111111111:user/alice",
                    "Sid": "ManageMyself",
                  },
                ],
                "Version": "2012-10-17",
              },
              "name": "ManageMyself",
            },
          ],
          "name": "alice",
          "path": "/",
          "permissionsBoundary": {
            "arn": "arn:aws:iam::111111111111:policy/DeveloperBoundary",
            "defaultVersionId": "v1",
            "document": {
              "Statement": [
                {
                  "Action": [
                    "s3:*",
                    "ec2:*",
                    "sts:AssumeRole",
                    "iam:PassRole",
                    "iam:Get*",
                    "iam:List*",
                  ],
                  "Effect": "Allow",
                  "Resource": "*",
                  "Sid": "DevelopersAtMost",
                },
              ],
              "Version": "2012-10-17",
            },
            "name": "DeveloperBoundary",
            "path": "/",
          },
          "principalId": "arn:aws:iam::111111111111:user/alice",
          "tags": [
            {
              "key": "team",
              "value": "analytics",
            },
          ],
        },
      }
    `);
  });

  test('a role, a resource, and others that need no entry', async () => {
    const query = `{
      role: principal(principalId: "arn:aws:iam::222222222222:role/DataWriter") { ... on Role {
        name description trustPolicy maxSessionDuration tags { key value } attachedPolicies { arn } inlinePolicies { name } permissionsBoundary { name }
      } }
      resource(arn: "${BUCKET}") { arn service account { accountId } policy tags { key value } }
      root: principal(principalId: "111111111111") { __typename principalId ... on RootUser { arn accountId } }
      service: principal(principalId: "ec2.amazonaws.com") { __typename principalId ... on ServicePrincipal { service } }
      anybody: principal(principalId: "anonymous") { __typename principalId }
      federated: principal(principalId: "arn:aws:sts::111111111111:federated-user/fred") { __typename ... on FederatedUser { name accountId arn } }
      nobody: principal(principalId: "arn:aws:iam::111111111111:user/nobody") { principalId }
      session: principal(principalId: "arn:aws:sts::222222222222:assumed-role/DataWriter/nobody") { principalId }
      nothing: resource(arn: "arn:aws:s3:::nothing") { arn }
      nowhere: account(accountId: "123456789012") { name }
    }`;
    expect(await data(query)).toMatchInlineSnapshot(`
      {
        "anybody": {
          "__typename": "AnonymousPrincipal",
          "principalId": "anonymous",
        },
        "federated": {
          "__typename": "FederatedUser",
          "accountId": "111111111111",
          "arn": "arn:aws:sts::111111111111:federated-user/fred",
          "name": "fred",
        },
        "nobody": null,
        "nothing": null,
        "nowhere": null,
        "resource": {
          "account": {
            "accountId": "222222222222",
          },
          "arn": "arn:aws:s3:::shared-datasets",
          "policy": {
            "Statement": [
              {
                "Action": [
                  "s3:GetObject",
                  "s3:PutObject",
                ],
                "Effect": "Allow",
                "Principal": {
                  "AWS": "arn:aws:iam::111111111111:user/alice",
                },
                "Resource": "arn:aws:s3:::shared-datasets/*",
                "Sid": "AliceReadsAndWrites",
              },
              {
                "Action": "s3:ListBucket",
                "Effect": "Allow",
                "Principal": {
                  "AWS": "arn:aws:iam::111111111111:user/alice",
                },
                "Resource": "arn:aws:s3:::shared-datasets",
                "Sid": "AliceLists",
              },
              {
                "Action": "s3:GetObject",
                "Effect": "Allow",
                "Principal": "*",
                "Resource": "arn:aws:s3:::shared-datasets/public/*",
                "Sid": "PublicReadme",
              },
            ],
            "Version": "2012-10-17",
          },
          "service": "s3",
          "tags": [
            {
              "key": "classification",
              "value": "shared",
            },
          ],
        },
        "role": {
          "attachedPolicies": [],
          "description": "Assumed by the analytics team of the development account to write datasets",
          "inlinePolicies": [
            {
              "name": "WriteDatasets",
            },
          ],
          "maxSessionDuration": 3600,
          "name": "DataWriter",
          "permissionsBoundary": null,
          "tags": [
            {
              "key": "team",
              "value": "data",
            },
          ],
          "trustPolicy": {
            "Statement": [
              {
                "Action": "sts:AssumeRole",
                "Condition": {
                  "StringEquals": {
                    "aws:PrincipalTag/team": "analytics",
                  },
                },
                "Effect": "Allow",
                "Principal": {
                  "AWS": "arn:aws:iam::111111111111:root",
                },
                "Sid": "AnalyticsTeamOfDevelopment",
              },
            ],
            "Version": "2012-10-17",
          },
        },
        "root": {
          "__typename": "RootUser",
          "accountId": "111111111111",
          "arn": "arn:aws:iam::111111111111:root",
          "principalId": "arn:aws:iam::111111111111:root",
        },
        "service": {
          "__typename": "ServicePrincipal",
          "principalId": "ec2.amazonaws.com",
          "service": "ec2.amazonaws.com",
        },
        "session": null,
      }
    `);
  });

  test('are found again by their ids', async () => {
    const query = `{
      account(accountId: "111111111111") { id users { nodes { id } } roles(first: 1) { nodes { id } } groups { nodes { id } } policies(first: 1) { nodes { id } } }
      resource(arn: "${BUCKET}") { id }
    }`;
    const found = JSON.stringify(await data(query));
    const ids = [...found.matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id);
    const { nodes } = await data('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids });
    expect((nodes as { id: string }[]).map(({ id }) => id)).toEqual(ids);
    expect((nodes as { __typename: string }[]).map(({ __typename }) => __typename).sort()).toEqual([
      'Account',
      'Group',
      'ManagedPolicy',
      'Resource',
      'Role',
      'User',
    ]);
    const { node } = await data('query ($id: ID!) { node(id: $id) { ... on User { name account { name } } } }', {
      id: Buffer.from(`User:${ALICE}`).toString('base64'),
    });
    expect(node).toEqual({ name: 'alice', account: { name: 'Development' } });
  });

  test('ids of nothing are null, ids that are none fail alone', async () => {
    const id = (text: string) => Buffer.from(text).toString('base64');
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    expect(
      await data(query, { ids: [id('User:arn:aws:iam::111111111111:user/nobody'), id('Account:000000000000')] }),
    ).toEqual({
      nodes: [null, null],
    });
    const alice = id(`User:${ALICE}`);
    for (const bad of [id('Decision:1'), 'nonsense', '']) {
      const result = await gateway.ask(OPERATOR, query, { ids: [alice, bad] });
      expect([bad, result.data]).toEqual([bad, { nodes: [{ id: alice }, null] }]);
      expect(result.errors?.map(({ path }) => path)).toEqual([['nodes', 1]]);
      expect(faultsOf(result).map(({ code, field }) => [code, field])).toEqual([['BAD_USER_INPUT', 'ids[1]']]);
    }
  });

  test('come in pages', async () => {
    const query = `query ($first: Int, $after: String) { account(accountId: "111111111111") { roles(first: $first, after: $after) {
      totalCount pageInfo { hasNextPage hasPreviousPage endCursor } nodes { name } edges { cursor node { name } } } } }`;
    const names: string[] = [];
    let after: string | null = null;
    for (let pages = 0; pages < 10; pages += 1) {
      const { account } = await data(query, { first: 2, after });
      const { roles } = account as {
        roles: { totalCount: number; pageInfo: { hasNextPage: boolean; endCursor: string }; nodes: { name: string }[] };
      };
      expect(roles.totalCount).toBe(3);
      names.push(...roles.nodes.map(({ name }) => name));
      after = roles.pageInfo.endCursor;
      if (!roles.pageInfo.hasNextPage) break;
    }
    expect(names.sort()).toEqual(['Auditor', 'Deployer', 'WebServer']);
  });

  test('pages that are too large and cursors that are none are refused', async () => {
    const users = (args: string) =>
      `{ account(accountId: "111111111111") { users(${args}) { totalCount nodes { name } } } }`;
    expect(faultsOf(await gateway.ask(OPERATOR, users('first: 1001')))).toEqual([
      { code: 'BAD_USER_INPUT', field: 'first', message: '`first` is 1001; a page has at most 1000 entries' },
    ]);
    expect(faultsOf(await gateway.ask(OPERATOR, users('first: -1')))[0]?.code).toBe('BAD_USER_INPUT');
    expect(faultsOf(await gateway.ask(OPERATOR, users('after: "nonsense"')))).toMatchObject([
      { code: 'BAD_USER_INPUT', message: expect.stringContaining('cursor') },
    ]);
  });
});

describe('reading takes the permissions of AWS', () => {
  const READS = `{
    account(accountId: "111111111111") { name }
    alice: principal(principalId: "${ALICE}") { principalId }
    bob: principal(principalId: "arn:aws:iam::222222222222:user/bob") { principalId }
    nobody: principal(principalId: "arn:aws:iam::222222222222:user/nobody") { principalId }
    resource(arn: "${BUCKET}") { arn }
    anybody: principal(principalId: "anonymous") { principalId }
  }`;

  test('alice reads herself, what her account is called and little else', async () => {
    expect(await data(READS, {}, signedIn(ALICE))).toEqual({
      account: { name: 'Development' },
      alice: { principalId: ALICE },
      bob: null,
      nobody: null,
      resource: { arn: BUCKET },
      anybody: { principalId: 'anonymous' },
    });
  });

  test('every principal of an account reads its number and its name, by `account` and by `node`', async () => {
    const id = Buffer.from('Account:111111111111').toString('base64');
    const query = `{ account(accountId: "111111111111") { id name } node(id: "${id}") { ... on Account { accountId name } } }`;
    const read = { account: { id, name: 'Development' }, node: { accountId: '111111111111', name: 'Development' } };
    const root = 'arn:aws:iam::111111111111:root';
    const federated = 'arn:aws:sts::111111111111:federated-user/somebody';
    for (const principal of [ALICE, root, federated]) expect(await data(query, {}, signedIn(principal))).toEqual(read);
    const nothing = { account: null, node: null };
    expect(await data(query, {}, signedIn('arn:aws:iam::222222222222:user/bob'))).toEqual(nothing);
    expect(await data(query, {}, signedIn('ec2.amazonaws.com'))).toEqual(nothing);
  });

  test('what else an account tells takes its own right, also of one’s own', async () => {
    const read = async (field: string) =>
      faultsOf(await gateway.ask(signedIn(ALICE), `{ account(accountId: "111111111111") { ${field} } }`));
    const forbidden = (field: string, needs: string) => [
      { code: 'FORBIDDEN', message: `\`${field}\` needs ${needs}, which you are not allowed` },
    ];
    expect(await read('roles { totalCount }')).toEqual(forbidden('roles', 'iam:ListRoles'));
    expect(await read('organizationId')).toEqual(forbidden('organizationId', 'account:GetAccountInformation'));
  });

  test('the administrator of the management account reads the whole organization', async () => {
    expect(await data(READS, {}, signedIn(ADMIN))).toEqual({
      account: { name: 'Development' },
      alice: { principalId: ALICE },
      bob: { principalId: 'arn:aws:iam::222222222222:user/bob' },
      nobody: null,
      resource: { arn: BUCKET },
      anybody: { principalId: 'anonymous' },
    });
    const query = `{ decision(request: { principal: "${ALICE}", action: "s3:GetObject", resource: "${BUCKET}/one.csv" }) { allowed } }`;
    expect(await data(query, {}, signedIn(ADMIN))).toEqual({ decision: { allowed: true } });
  });

  test('the administrator of another account reads only that', async () => {
    const reads = await data(READS, {}, signedIn(HERMIT));
    expect(reads).toMatchObject({ account: null, alice: null, resource: null });
    expect(
      await data('{ account(accountId: "444444444444") { name users { nodes { name } } } }', {}, signedIn(HERMIT)),
    ).toEqual({
      account: { name: 'Elsewhere', users: { nodes: [{ name: 'hermit' }] } },
    });
  });

  test('what may not be listed is refused, with the action that is missing', async () => {
    const id = Buffer.from(`User:${ALICE}`).toString('base64');
    const query = 'query ($id: ID!) { node(id: $id) { ... on User { account { roles { totalCount } } } } }';
    expect(faultsOf(await gateway.ask(signedIn(ALICE), query, { id }))).toEqual([
      { code: 'FORBIDDEN', message: '`roles` needs iam:ListRoles, which you are not allowed' },
    ]);
  });

  test('`viewerCan` is the caller’s, whoever owns the resource', async () => {
    const query = `{ resource(arn: "${BUCKET}") { get: viewerCan(action: "s3:GetObject") { allowed } put: viewerCan(action: "s3:PutBucketPolicy") { allowed reason } } }`;
    const { resource } = await data(query, {}, signedIn(ADMIN));
    expect(resource).toMatchObject({ get: { allowed: false }, put: { allowed: false } });
    const byOperator = await gateway.ask(OPERATOR, query);
    expect(byOperator.data).toEqual({ resource: { get: null, put: null } });
    const refused = { code: 'FORBIDDEN', message: expect.stringContaining('use `can` of a principal') };
    expect(faultsOf(byOperator)).toMatchObject([refused, refused]);
  });
});
