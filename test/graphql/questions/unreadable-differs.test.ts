/**
 * Two directories that differ in what a caller may not read answer each of its questions with the same words: no list, count, order,
 * gap, cost or error tells of it.
 */
import { expect, test } from 'vitest';
import type { DirectoryDocument } from '../../../src/directory/document.ts';
import type { JsonObject } from '../../../src/policy/json.ts';
import {
  A,
  allow,
  anOrganization,
  aRole,
  aUser,
  B,
  deny,
  policy,
  roleArn,
  trusts,
  userArn,
} from '../../support/policies.ts';
import { OPERATOR, signedIn } from '../gateway.ts';
import { openedGateway } from '../services.ts';

const OUTSIDE = '999999999999';
const BUCKET = 'arn:aws:s3:::private';
const [SPY, SEEN, HIDDEN] = ['spy', 'seen', 'hidden'].map((name) => userArn(name)) as [string, string, string]; // as: three names
const [OPEN, CLOSED] = [roleArn('Open'), roleArn('Closed')];
const managed = (name: string): string => `arn:aws:iam::${A}:policy/${name}`;
const group = (name: string): string => `arn:aws:iam::${A}:group/${name}`;

/** What differs: in the one nearly nothing, in the other nearly everything is allowed, and named outside. */
function world(isFull: boolean): DirectoryDocument {
  const secret: readonly JsonObject[] = isFull ? [allow('*'), allow('s3:GetObject')] : [allow('s3:ListAllMyBuckets')];
  const version = (...statements: readonly JsonObject[]) => [{ versionId: 'v1', document: policy(...statements) }];
  const letsIn = { AWS: isFull ? `arn:aws:iam::${OUTSIDE}:root` : HIDDEN };
  return {
    ...anOrganization(B, A),
    policies: [
      { arn: managed('Read'), defaultVersionId: 'v1', versions: version(allow('sqs:ListQueues')) },
      { arn: managed('Secret'), defaultVersionId: 'v1', versions: version(...secret) },
    ],
    groups: [{ arn: group('Ops'), inlinePolicies: [{ name: 'inline', document: policy(...secret) }] }],
    users: [
      aUser('spy', [
        allow(['iam:ListUsers', 'iam:ListRoles', 'iam:ListPolicies', 'iam:ListGroups', 's3:ListAllMyBuckets']),
        allow('iam:SimulatePrincipalPolicy', [SPY, SEEN, OPEN]),
        allow(['iam:GetRole', 'sts:AssumeRole'], OPEN),
        allow(['iam:GetPolicy', 'iam:GetPolicyVersion'], managed('Read')),
        allow(['iam:AttachUserPolicy', 'iam:GetUser'], SEEN),
        allow(['iam:CreateAccessKey', 'iam:UpdateAssumeRolePolicy', 'iam:PassRole', 'lambda:*']),
      ]),
      aUser('seen', [allow('s3:GetObject', `${BUCKET}/*`)]),
      { ...aUser('hidden', secret), attachedPolicies: [managed('Secret')], groups: [group('Ops')] },
    ],
    roles: [
      aRole('Open', [trusts({ AWS: SPY })], [allow('sqs:ListQueues')]),
      aRole('Closed', [trusts(isFull ? { AWS: OUTSIDE } : { Service: 'lambda.amazonaws.com' })], secret),
    ],
    resources: [
      {
        arn: BUCKET,
        accountId: A,
        policy: policy(
          { ...allow('s3:GetObject', `${BUCKET}/*`), Principal: letsIn },
          { ...deny('s3:DeleteObject', `${BUCKET}/*`), Principal: '*' },
        ),
      },
    ],
  };
}

const [little, full] = [openedGateway(() => world(false)), openedGateway(() => world(true))];

const STEPS =
  'nodes { principal { principalId } end { principalId } isAdministrator steps { title target } } totalCount';
const ESCALATION = `${STEPS} administrators { principalId } withheld gaps revision pageInfo { endCursor hasNextPage }`;
const GRAPH =
  'nodes { name kind accountId } edges { source target kind actions conditions policies } partial gaps withheld';
const WHO = 'totalCount gaps outsiders { kind value } nodes { principal { principalId } conditions }';
const COMPARED = 'gained { action } lost { action } changed { action } keptCount gaps partial';
const PREVIEW = `__typename ... on PreviewChangeSuccess { complete gaps verdict withheld targets touched { __typename }
  accesses { totalCount nodes { principal { principalId } gainedCount lostCount changedCount partial } } }
  ... on AccessDenied { message }`;

const attach = (user: string, arn: string): string =>
  `previewChange(changes: [{ attachUserPolicy: { userArn: "${user}", policyArn: "${arn}" } }], failIf: { gains: ["*"] }) { ${PREVIEW} }`;

const QUESTIONS: readonly string[] = [
  'findings(first: 50) { totalCount withheld gaps revision nodes { kind weight arn message } pageInfo { endCursor } }',
  `findings(first: 50, accountIds: ["${A}"]) { totalCount withheld gaps nodes { kind arn } }`,
  `escalationPaths(principal: "${SPY}") { ${ESCALATION} }`,
  `escalationPaths(principal: "${SEEN}") { ${ESCALATION} }`,
  `escalationPaths(principal: "${HIDDEN}") { ${ESCALATION} }`,
  `escalationPaths(first: 20) { ${ESCALATION} }`,
  `accessGraph(around: { principal: "${SPY}" }, depth: 3) { ${GRAPH} }`,
  `accessGraph(around: { principal: "${HIDDEN}" }) { ${GRAPH} }`,
  `accessGraph(around: { accountId: "${A}" }) { ${GRAPH} }`,
  `accessGraph(around: { resource: "${BUCKET}" }) { ${GRAPH} }`,
  `whoCan(resource: "${BUCKET}/x") { ${WHO} }`,
  `whoCan(actions: ["s3:GetObject", "s3:PutObject"], resource: "${BUCKET}/*", conditional: true) { ${WHO} }`,
  `whoCan(action: "sts:AssumeRole", resource: "${CLOSED}", conditional: true) { ${WHO} }`,
  `whoCan(action: "iam:CreateAccessKey", resource: "${HIDDEN}") { ${WHO} }`,
  `compareAccess(principal: "${SPY}", assumedRole: "${CLOSED}") { ${COMPARED} }`,
  `compareAccess(principal: "${SEEN}", other: { principal: "${HIDDEN}" }) { ${COMPARED} }`,
  `accessRoutes(principal: "${SPY}", needs: [{ action: "s3:GetObject", resource: "${BUCKET}/x" }], maxDepth: 3) { kind meetsAll roles { arn } }`,
  `assumableRoles(principal: "${SPY}", maxDepth: 3) { totalCount nodes { role { arn } chain { arn } } }`,
  attach(SEEN, managed('Read')),
  attach(SEEN, managed('Secret')),
  attach(HIDDEN, managed('Read')),
];

test.each(QUESTIONS)('%s', async (question) => {
  const asked = `{ ${question} }`;
  const [one, other] = [await little.ask(signedIn(SPY), asked), await full.ask(signedIn(SPY), asked)];
  // A question that the schema refuses would be alike, too.
  for (const { message } of one.errors ?? []) expect(message).not.toMatch(/Cannot query|argument|Unknown|Syntax/);
  expect(other).toEqual(one);
});

test('the operator sees the difference', async () => {
  const asked = `{ findings(first: 50) { totalCount } escalationPaths { totalCount } whoCan(resource: "${BUCKET}/x") { totalCount } }`;
  expect(await full.ask(OPERATOR, asked)).not.toEqual(await little.ask(OPERATOR, asked));
});
