import { describe, expect, test } from 'vitest';
import { demoDirectory } from '../../../src/directory/demo/demo.ts';
import type { Caller } from '../../../src/session/caller.ts';
import { faultsOf, OPERATOR, signedIn } from '../gateway.ts';
import { openedGateway } from '../services.ts';

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const BOB = 'arn:aws:iam::222222222222:user/bob';
const DATA_WRITER = 'arn:aws:iam::222222222222:role/DataWriter';
const OWN = 'arn:aws:s3:::dev-alice/notes.txt';
const DATASET = 'arn:aws:s3:::shared-datasets/one.csv';

const gateway = openedGateway(demoDirectory);

async function data(query: string, variables = {}, caller: Caller = OPERATOR): Promise<Record<string, unknown>> {
  const result = await gateway.ask(caller, query, variables);
  expect(result.errors).toBeUndefined();
  return result.data ?? {};
}

describe('effective permissions', () => {
  const QUERY = `query ($role: Arn) { effectivePermissions(principal: "${ALICE}", assumedRole: $role) {
    principal { principalId } assumedRole { name }
    suspended { assumedRole { name } summary { service allowedActions } own: can(action: "s3:GetObject", resource: "${OWN}") { allowed } }
    summary { service serviceName allowedActions accessLevels }
    permissions(filter: { actions: ["s3:GetObject", "iam:CreateUser"] }) {
      totalCount nodes { action accessLevel allow { resources notResources conditions } deny { resources } }
    }
    own: can(action: "s3:GetObject", resource: "${OWN}") { allowed }
    dataset: can(action: "s3:PutObject", resource: "${DATASET}") { allowed }
    gaps
  } }`;

  test('of alice', async () => {
    expect(await data(QUERY)).toMatchInlineSnapshot(`
      {
        "effectivePermissions": {
          "assumedRole": null,
          "dataset": {
            "allowed": true,
          },
          "gaps": [],
          "own": {
            "allowed": true,
          },
          "permissions": {
            "nodes": [
              {
                "accessLevel": "READ",
                "action": "s3:GetObject",
                "allow": [
                  {
                    "conditions": [
                      {
                        "StringEqualsIfExists": {
                          "aws:ResourceAccount": "111111111111",
                        },
                      },
                    ],
                    "notResources": [],
                    "resources": [
                      [
                        "arn:aws:s3:::dev-alice",
                        "arn:aws:s3:::dev-alice/*",
                      ],
                    ],
                  },
                  {
                    "conditions": [
                      {
                        "StringEqualsIfExists": {
                          "aws:ResourceAccount": "111111111111",
                        },
                      },
                    ],
                    "notResources": [],
                    "resources": [
                      [
                        "arn:aws:s3:::shared-datasets",
                        "arn:aws:s3:::shared-datasets/*",
                      ],
                    ],
                  },
                  {
                    "conditions": [],
                    "notResources": [],
                    "resources": [
                      [
                        "arn:aws:s3:::shared-datasets/*",
                      ],
                    ],
                  },
                ],
                "deny": [],
              },
            ],
            "totalCount": 1,
          },
          "principal": {
            "principalId": "arn:aws:iam::111111111111:user/alice",
          },
          "summary": [
            {
              "accessLevels": [
                "LIST",
                "WRITE",
              ],
              "allowedActions": 195,
              "service": "ec2",
              "serviceName": "Amazon EC2",
            },
            {
              "accessLevels": [
                "LIST",
                "READ",
                "PERMISSIONS_MANAGEMENT",
              ],
              "allowedActions": 26,
              "service": "iam",
              "serviceName": "AWS Identity and Access Management (IAM)",
            },
            {
              "accessLevels": [
                "LIST",
                "READ",
                "WRITE",
                "TAGGING",
                "PERMISSIONS_MANAGEMENT",
              ],
              "allowedActions": 104,
              "service": "s3",
              "serviceName": "Amazon S3",
            },
            {
              "accessLevels": [
                "READ",
                "WRITE",
              ],
              "allowedActions": 2,
              "service": "sts",
              "serviceName": "AWS Security Token Service",
            },
          ],
          "suspended": null,
        },
      }
    `);
  });

  test('of alice in a role: the role’s, with her own suspended', async () => {
    expect(await data(QUERY, { role: DATA_WRITER })).toMatchInlineSnapshot(`
      {
        "effectivePermissions": {
          "assumedRole": {
            "name": "DataWriter",
          },
          "dataset": {
            "allowed": true,
          },
          "gaps": [],
          "own": {
            "allowed": false,
          },
          "permissions": {
            "nodes": [
              {
                "accessLevel": "READ",
                "action": "s3:GetObject",
                "allow": [
                  {
                    "conditions": [
                      {
                        "StringEqualsIfExists": {
                          "aws:ResourceAccount": "222222222222",
                        },
                      },
                    ],
                    "notResources": [],
                    "resources": [
                      [
                        "arn:aws:s3:::shared-datasets",
                        "arn:aws:s3:::shared-datasets/*",
                      ],
                    ],
                  },
                  {
                    "conditions": [],
                    "notResources": [],
                    "resources": [
                      [
                        "arn:aws:s3:::shared-datasets/public/*",
                      ],
                    ],
                  },
                ],
                "deny": [],
              },
            ],
            "totalCount": 1,
          },
          "principal": {
            "principalId": "arn:aws:iam::111111111111:user/alice",
          },
          "summary": [
            {
              "accessLevels": [
                "LIST",
                "READ",
                "WRITE",
              ],
              "allowedActions": 3,
              "service": "s3",
              "serviceName": "Amazon S3",
            },
            {
              "accessLevels": [
                "READ",
              ],
              "allowedActions": 1,
              "service": "sts",
              "serviceName": "AWS Security Token Service",
            },
          ],
          "suspended": {
            "assumedRole": null,
            "own": {
              "allowed": true,
            },
            "summary": [
              {
                "allowedActions": 195,
                "service": "ec2",
              },
              {
                "allowedActions": 26,
                "service": "iam",
              },
              {
                "allowedActions": 104,
                "service": "s3",
              },
              {
                "allowedActions": 2,
                "service": "sts",
              },
            ],
          },
        },
      }
    `);
  });

  test('come in pages, and narrowed by a filter', async () => {
    const query = `query ($first: Int, $after: String) { principal(principalId: "${ALICE}") { effectivePermissions {
      permissions(filter: { services: ["s3"], accessLevels: [READ] }, first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } nodes { action accessLevel }
      } } } }`;
    interface Page {
      principal: {
        effectivePermissions: {
          permissions: {
            totalCount: number;
            pageInfo: { hasNextPage: boolean; endCursor: string };
            nodes: { action: string; accessLevel: string }[];
          };
        };
      };
    }
    const actions: string[] = [];
    let after: string | null = null;
    let total = 0;
    do {
      const { principal } = (await data(query, { first: 7, after })) as unknown as Page;
      const { totalCount, nodes, pageInfo } = principal.effectivePermissions.permissions;
      total = totalCount;
      for (const node of nodes) expect(node.accessLevel).toBe('READ');
      actions.push(...nodes.map(({ action }) => action));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(actions).toHaveLength(total);
    expect(actions).toEqual([...actions].sort());
    expect(new Set(actions).size).toBe(total);
  });

  test('are one policy, too', async () => {
    const { effectivePermissions } = await data(`{ effectivePermissions(principal: "${BOB}") { policyDocument } }`);
    expect(effectivePermissions).toMatchObject({
      policyDocument: { Version: '2012-10-17', Statement: expect.anything() },
    });
  });

  test('of others are asked about with iam:SimulatePrincipalPolicy', async () => {
    const query = `{ effectivePermissions(principal: "${BOB}") { gaps } }`;
    expect(faultsOf(await gateway.ask(signedIn(ALICE), query))).toMatchObject([
      { code: 'FORBIDDEN', field: 'principal' },
    ]);
  });

  test('filters of what there is not are refused by name', async () => {
    const query = `{ effectivePermissions(principal: "${BOB}") { permissions(filter: { services: ["s33"] }) { totalCount } } }`;
    expect(faultsOf(await gateway.ask(OPERATOR, query))).toMatchObject([
      { code: 'BAD_USER_INPUT', field: 'filter.services[0]' },
    ]);
  });
});
