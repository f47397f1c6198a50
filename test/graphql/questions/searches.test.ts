import { expect, test } from 'vitest';
import { demoDirectory } from '../../../src/directory/demo/demo.ts';
import type { Caller } from '../../../src/session/caller.ts';
import { OPERATOR, signedIn } from '../gateway.ts';
import { openedGateway } from '../services.ts';

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const DATA_WRITER = 'arn:aws:iam::222222222222:role/DataWriter';
const OWN = 'arn:aws:s3:::dev-alice/notes.txt';
const DATASET = 'arn:aws:s3:::shared-datasets/one.csv';

const gateway = openedGateway(demoDirectory);

async function data(query: string, variables = {}, caller: Caller = OPERATOR): Promise<Record<string, unknown>> {
  const result = await gateway.ask(caller, query, variables);
  expect(result.errors).toBeUndefined();
  return result.data ?? {};
}

test('what a role gains and loses', async () => {
  const query = `{ compareAccess(principal: "${ALICE}", assumedRole: "${DATA_WRITER}", filter: { actions: ["s3:PutObject", "s3:DeleteObject", "ec2:RunInstances"] }) {
    gained { action } lost { action } changed { action before { resources } after { resources } } keptCount
  } }`;
  expect(await data(query)).toMatchInlineSnapshot(`
    {
      "compareAccess": {
        "changed": [
          {
            "action": "s3:PutObject",
            "after": [
              {
                "resources": [
                  [
                    "arn:aws:s3:::shared-datasets",
                    "arn:aws:s3:::shared-datasets/*",
                  ],
                ],
              },
            ],
            "before": [
              {
                "resources": [
                  [
                    "arn:aws:s3:::dev-alice",
                    "arn:aws:s3:::dev-alice/*",
                  ],
                ],
              },
              {
                "resources": [
                  [
                    "arn:aws:s3:::shared-datasets",
                    "arn:aws:s3:::shared-datasets/*",
                  ],
                ],
              },
              {
                "resources": [
                  [
                    "arn:aws:s3:::shared-datasets/*",
                  ],
                ],
              },
            ],
          },
        ],
        "gained": [],
        "keptCount": 0,
        "lost": [
          {
            "action": "ec2:RunInstances",
          },
          {
            "action": "s3:DeleteObject",
          },
        ],
      },
    }
  `);
});

test('roles that alice can assume', async () => {
  const query = `{ assumableRoles(principal: "${ALICE}", maxDepth: 2) { totalCount nodes { role { arn } decision { allowed } chain { name } requires } } }`;
  expect(await data(query, {}, signedIn(ALICE))).toMatchInlineSnapshot(`
    {
      "assumableRoles": {
        "nodes": [
          {
            "chain": [
              {
                "name": "Deployer",
              },
            ],
            "decision": {
              "allowed": true,
            },
            "requires": [],
            "role": {
              "arn": "arn:aws:iam::111111111111:role/Deployer",
            },
          },
          {
            "chain": [
              {
                "name": "DataWriter",
              },
            ],
            "decision": {
              "allowed": true,
            },
            "requires": [],
            "role": {
              "arn": "arn:aws:iam::222222222222:role/DataWriter",
            },
          },
        ],
        "totalCount": 2,
      },
    }
  `);
});

test('who can write datasets', async () => {
  const query = `query ($after: String) { whoCan(action: "s3:PutObject", resource: "${DATASET}", first: 2, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { principal { __typename principalId } decision { allowed matchedStatements { layer sid } } }
  } }`;
  const first = await data(query);
  expect(first).toMatchInlineSnapshot(`
    {
      "whoCan": {
        "nodes": [
          {
            "decision": {
              "allowed": true,
              "matchedStatements": [
                {
                  "layer": "RESOURCE_POLICY",
                  "sid": "AliceReadsAndWrites",
                },
                {
                  "layer": "IDENTITY_POLICY",
                  "sid": "SharedDatasets",
                },
              ],
            },
            "principal": {
              "__typename": "User",
              "principalId": "arn:aws:iam::111111111111:user/alice",
            },
          },
          {
            "decision": {
              "allowed": true,
              "matchedStatements": [
                {
                  "layer": "IDENTITY_POLICY",
                  "sid": "OwnsDatasets",
                },
              ],
            },
            "principal": {
              "__typename": "User",
              "principalId": "arn:aws:iam::222222222222:user/bob",
            },
          },
        ],
        "pageInfo": {
          "endCursor": "ZW50cnk6Mjphcm46YXdzOmlhbTo6MjIyMjIyMjIyMjIyOnVzZXIvYm9i",
          "hasNextPage": true,
        },
        "totalCount": 3,
      },
    }
  `);
  const { endCursor } = (first['whoCan'] as { pageInfo: { endCursor: string } }).pageInfo;
  const { whoCan } = await data(query, { after: endCursor });
  expect(whoCan).toMatchObject({
    pageInfo: { hasNextPage: false },
    nodes: [{ principal: { principalId: DATA_WRITER } }],
  });
});

test('routes from one’s own bucket to somebody else’s: the role route loses the source', async () => {
  const query = `query ($needs: [NeedInput!]!) { accessRoutes(principal: "${ALICE}", needs: $needs) {
    kind roles { name } meetsAll decisions { allowed matchedStatements { layer } } givesUp { action resource }
  } }`;
  const needs = [
    { action: 's3:GetObject', resource: OWN },
    { action: 's3:PutObject', resource: DATASET },
  ];
  expect(await data(query, { needs }, signedIn(ALICE))).toMatchInlineSnapshot(`
    {
      "accessRoutes": [
        {
          "decisions": [
            {
              "allowed": true,
              "matchedStatements": [
                {
                  "layer": "IDENTITY_POLICY",
                },
              ],
            },
            {
              "allowed": true,
              "matchedStatements": [
                {
                  "layer": "IDENTITY_POLICY",
                },
              ],
            },
          ],
          "givesUp": [],
          "kind": "OWN_IDENTITY",
          "meetsAll": true,
          "roles": [],
        },
        {
          "decisions": [
            {
              "allowed": false,
              "matchedStatements": [],
            },
            {
              "allowed": true,
              "matchedStatements": [],
            },
          ],
          "givesUp": [
            {
              "action": "s3:GetObject",
              "resource": "arn:aws:s3:::dev-alice/notes.txt",
            },
          ],
          "kind": "ASSUMED_ROLE",
          "meetsAll": false,
          "roles": [
            {
              "name": "DataWriter",
            },
          ],
        },
        {
          "decisions": [
            {
              "allowed": false,
              "matchedStatements": [],
            },
            {
              "allowed": false,
              "matchedStatements": [],
            },
          ],
          "givesUp": [
            {
              "action": "s3:GetObject",
              "resource": "arn:aws:s3:::dev-alice/notes.txt",
            },
            {
              "action": "s3:PutObject",
              "resource": "arn:aws:s3:::shared-datasets/one.csv",
            },
          ],
          "kind": "ASSUMED_ROLE",
          "meetsAll": false,
          "roles": [
            {
              "name": "Deployer",
            },
          ],
        },
      ],
    }
  `);
});
