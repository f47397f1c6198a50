import type { ExecutionResult } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoDirectory } from '../../src/directory/demo/demo.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { createGatewayWithCount } from './counted.ts';
import type { Operation } from './gateway.ts';
import { OPENING, openServices, type TestServices } from './services.ts';

// What reaches the database does not grow with what is asked. Everything is counted: signing in, the revision, BEGIN and
// COMMIT. Each count begins with nothing in memory.

const ACCOUNT = '111111111111';
const MOST = 12;

/** The demo organization with a hundred more users, as many roles, and as many buckets with policies. */
function crowd(): DirectoryDocument {
  const demo = demoDirectory();
  const names = Array.from({ length: 100 }, (_, index) => String(index).padStart(3, '0'));
  const reads = (bucket: string) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/*` },
    });
  const inline = (name: string) => [{ name: 'Reads', document: reads(`bucket-${name}`) }];
  const trust = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' },
  });
  const open = (name: string) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/user-${name}` },
        Action: 's3:PutObject',
        Resource: `arn:aws:s3:::bucket-${name}/*`,
      },
    });
  return {
    ...demo,
    users: [
      ...(demo.users ?? []),
      ...names.map((name) => ({ arn: `arn:aws:iam::${ACCOUNT}:user/user-${name}`, inlinePolicies: inline(name) })),
    ],
    roles: [
      ...(demo.roles ?? []),
      ...names.map((name) => ({
        arn: `arn:aws:iam::${ACCOUNT}:role/role-${name}`,
        trustPolicy: trust,
        inlinePolicies: inline(name),
      })),
    ],
    resources: [
      ...(demo.resources ?? []),
      ...names.map((name) => ({ arn: `arn:aws:s3:::bucket-${name}`, accountId: ACCOUNT, policy: open(name) })),
    ],
  };
}

let services: TestServices;

beforeAll(async () => {
  services = await openServices(crowd());
}, OPENING);
afterAll(() => services.remove());

interface Counted {
  readonly result: ExecutionResult;
  readonly statements: number;
}

/** Signs in, asks, and counts, with nothing in memory. */
async function counted(operation: Operation, keyId?: string): Promise<Counted> {
  services = await services.reopen();
  return createGatewayWithCount(services, keyId)(operation);
}

function dataOf({ result }: Counted): Readonly<Record<string, unknown>> {
  expect(result.errors).toBeUndefined();
  return result.data ?? {};
}

const DECISIONS =
  'query ($requests: [AccessRequestInput!]!) { decisions(requests: $requests) { allowed principal { __typename principalId } } }';

/** Users, roles and services, as themselves and in roles, on buckets and objects of several accounts. */
function mixed(count: number): unknown[] {
  return Array.from({ length: count }, (_, index) => {
    const name = String(index % 100).padStart(3, '0');
    const user = `arn:aws:iam::${ACCOUNT}:user/user-${name}`;
    const role = `arn:aws:iam::${ACCOUNT}:role/role-${name}`;
    const resource = `arn:aws:s3:::bucket-${name}/${index}`;
    switch (index % 4) {
      case 0:
        return { principal: user, action: 's3:GetObject', resource };
      case 1:
        return { principal: role, action: 's3:GetObject', resource, context: { 'aws:SourceIp': '203.0.113.7' } };
      case 2:
        return { principal: user, assumedRole: role, action: 's3:PutObject', resource };
      default:
        return { principal: 'ec2.amazonaws.com', action: 'sts:AssumeRole', resource: role };
    }
  });
}

describe('statements do not grow with what is asked:', () => {
  let one: Counted;

  beforeAll(async () => {
    one = await counted({ query: DECISIONS, variables: { requests: mixed(1) } });
  });

  test('one decision', () => {
    expect(dataOf(one)['decisions']).toMatchObject([{ allowed: true }]);
    expect(one.statements).toBeGreaterThan(1);
    expect(one.statements).toBeLessThanOrEqual(MOST);
  });

  test('1,000 mixed decisions', async () => {
    const many = await counted({ query: DECISIONS, variables: { requests: mixed(1000) } });
    expect(dataOf(many)['decisions']).toHaveLength(1000);
    expect(many.statements).toBeLessThanOrEqual(one.statements);
  });

  const three = `
    get: can(action: "s3:GetObject", resource: "arn:aws:s3:::bucket-000/x") { allowed }
    put: can(action: "s3:PutObject", resource: "arn:aws:s3:::bucket-000/x") { allowed }
    list: can(action: "s3:ListBucket", resource: "arn:aws:s3:::bucket-001") { allowed }`;

  test('a list of 100 principals, each asked three questions, against one principal asked one', async () => {
    const listOf = (first: number, questions: string) => ({
      query: `{ account(accountId: "${ACCOUNT}") { users(first: ${first}) { nodes { name ${questions} } } } }`,
    });
    const single = await counted(
      listOf(1, 'can(action: "s3:GetObject", resource: "arn:aws:s3:::bucket-000/x") { allowed }'),
    );
    const hundred = await counted(listOf(100, three));
    const { users } = dataOf(hundred)['account'] as { users: { nodes: { get: { allowed: boolean } }[] } };
    expect(users.nodes).toHaveLength(100);
    expect(users.nodes.filter((node) => node.get.allowed)).toHaveLength(1);
    expect(hundred.statements).toBe(single.statements);
    expect(hundred.statements).toBeLessThanOrEqual(MOST);
  });

  test('asked by somebody who has to sign in and may only ask about itself', async () => {
    const viewer = await counted(
      { query: `{ viewer { principal { principalId ${three} } } }` },
      'AKIADEMOALICEAAAAAAA',
    );
    expect(dataOf(viewer)).toMatchObject({ viewer: { principal: { get: { allowed: false } } } });
    expect(viewer.statements).toBeLessThanOrEqual(MOST);
  });

  test('questions on several levels meet in one batch', async () => {
    const query = `query ($requests: [AccessRequestInput!]!) {
      decisions(requests: $requests) { allowed }
      account(accountId: "${ACCOUNT}") {
        users(first: 5) { nodes { ${three} } }
        roles(first: 5) { nodes { ${three} account { users(first: 2) { nodes { ${three} } } } } }
        resources(first: 5) { nodes { arn } }
      }
    }`;
    const levels = await counted({ query, variables: { requests: mixed(10) } });
    dataOf(levels);
    expect(levels.statements).toBeLessThanOrEqual(MOST + 4);
  });

  test('the principals of decisions cost nothing by their names, and one batch for what is more', async () => {
    const asking = (what: string) =>
      DECISIONS.replace('principalId', `principalId ... on User { ${what} } ... on Role { ${what} }`);
    const variables = { requests: mixed(1000) };
    const named = await counted({ query: asking('name path'), variables });
    const decisions = dataOf(named)['decisions'] as { principal: Record<string, unknown> }[];
    expect(decisions[0]?.principal).toEqual({
      __typename: 'User',
      principalId: `arn:aws:iam::${ACCOUNT}:user/user-000`,
      name: 'user-000',
      path: '/',
    });
    expect(named.statements).toBe(one.statements);
    const more = await counted({ query: asking('createdAt'), variables });
    dataOf(more);
    // Users and roles are two tables.
    expect(more.statements - one.statements).toBe(2);
  });
});
