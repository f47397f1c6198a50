import { afterAll, beforeAll, expect, test } from 'vitest';
import { comparePermissions } from '../../src/access/previews/compared.ts';
import { MOST_KINDS, previewChange } from '../../src/access/previews/preview-change.ts';
import type { PreviewedAccess } from '../../src/access/previews/previewed.ts';
import { Work } from '../../src/access/work.ts';
import { effectivePermissions } from '../../src/access/work-out-permissions.ts';
import type { ChangeStep } from '../../src/directory/entities/entity-store.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { parsePrincipalRef, principalIdOf } from '../../src/policy/principal-id.ts';
import { OPENING, openServices, type TestServices } from '../graphql/services.ts';
import { A, allow, aUser, policy, userArn } from '../support/policies.ts';
import { NOON } from '../support/questions.ts';

// Those with equal policies are compared once, whatever their names and tags are, as far as no policy asks for them.

const GROUP = `arn:aws:iam::${A}:group/many`;
const BUCKET = 'arn:aws:s3:::many';
const MANY = MOST_KINDS + 20;
const USERS = Array.from({ length: MANY }, (_, n) => userArn(`u${n}`));

let services: TestServices;
beforeAll(async () => {
  services = await openServices({
    accounts: [{ id: A, membership: 'NONE' }],
    groups: [{ arn: GROUP, inlinePolicies: [{ name: 'p', document: policy(allow('sns:Publish')) }] }],
    users: USERS.map((_arn, n) =>
      aUser(`u${n}`, [], { inlinePolicies: [], groups: [GROUP], tags: n % 2 === 0 ? { team: 'red' } : {} }),
    ),
    resources: [{ arn: BUCKET, accountId: A, policy: null }],
  });
}, OPENING);
afterAll(() => services.remove());

async function previewed(steps: readonly ChangeStep[]): Promise<ReadonlyMap<string, PreviewedAccess>> {
  const { directory, catalog, access } = services;
  const work = new Work({ time: 600_000, cpu: 600_000 });
  const tools = { directory, catalog, actions: access.assumptionActions, work };
  const preview = await directory.previews.begin(steps);
  const { accesses, isComplete } = await previewChange(tools, preview, null, NOON);
  expect(isComplete).toBe(true);
  // One of the last: what is said of it was found with the first.
  const name = USERS[MANY - 2] ?? '';
  const principal = parsePrincipalRef(name);
  if (principal === null) throw new Error(name);
  const subject = { principal, assumedRole: null, session: null };
  const [before, after] = [
    await effectivePermissions(tools, subject, new Map(), NOON),
    await effectivePermissions({ ...tools, directory: preview.after }, subject, new Map(), NOON),
  ];
  const alone = await work.run(comparePermissions(catalog, before, after));
  const told = new Map(accesses.map((one) => [principalIdOf(one.principal), one]));
  expect(told.get(name)?.differences ?? []).toEqual(alone.differences);
  return told;
}

const ofGroup = (...statements: readonly JsonObject[]): ChangeStep => ({
  name: 'putGroupPolicy',
  input: { groupArn: GROUP, policyName: 'p', policyDocument: policy(...statements) },
});

test('more principals than are compared one by one', async () => {
  const told = await previewed([ofGroup(allow(['sns:Publish', 's3:GetObject']))]);
  expect([...told.keys()].sort()).toEqual(USERS.toSorted());
  for (const { differences } of told.values())
    expect(differences.map(({ change, action }) => [change, action])).toEqual([['GAINED', 's3:GetObject']]);
});

test('a tag that a policy asks for makes a difference', async () => {
  const red = { StringEquals: { 'aws:PrincipalTag/team': 'red' } };
  const told = await previewed([ofGroup(allow('sns:Publish'), { ...allow('s3:GetObject'), Condition: red })]);
  expect([...told.keys()].sort()).toEqual(USERS.filter((_arn, n) => n % 2 === 0).sort());
});

test('whom the policy of a resource names is alone', async () => {
  const [first = ''] = USERS;
  const letsIn = { ...allow('s3:PutObject', `${BUCKET}/*`), Principal: { AWS: first } };
  const told = await previewed([
    { name: 'putResourcePolicy', input: { resourceArn: BUCKET, policyDocument: policy(letsIn) } },
    ofGroup(allow(['sns:Publish', 'sqs:SendMessage'])),
  ]);
  const actionsOf = (arn: string) => told.get(arn)?.differences.map(({ action }) => action);
  expect(actionsOf(first)).toEqual(['s3:PutObject', 'sqs:SendMessage']);
  for (const arn of USERS.slice(1)) expect(actionsOf(arn)).toEqual(['sqs:SendMessage']);
});
