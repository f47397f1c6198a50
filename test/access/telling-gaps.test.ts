import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Access, createAccess } from '../../src/access/access.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
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
} from '../support/policies.ts';
import { aQuestion, aSubject, NOON } from '../support/questions.ts';
import { takeDirectory } from '../support/recycled-database.ts';

const catalog = await openCatalog();
const alice = userArn('alice');
const carol = userArn('carol');
const QUEUE = `arn:aws:sqs:eu-west-1:${A}:q`;
const THEIRS = `arn:aws:sqs:eu-west-1:${B}:q`;
const ORGANIZATION = `the organization of the account ${A} is not known: its control policies are not considered`;
const NOT_STORED = `${QUEUE} is not in the directory: a resource-based policy of it is not considered`;
const OWNER = "the account that owns arn:aws:s3:::nobodys/x is not known: it is taken to be the principal's";
const inOrganization = { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorg1' } };

/** The organization of A is not known; that B is in none, is. */
const world: DirectoryDocument = {
  accounts: [{ id: A }, { id: B, membership: 'NONE' }],
  users: [
    aUser('alice', [
      allow(['sqs:SendMessage', 's3:GetObject', 'sts:AssumeRole', 'kms:Decrypt']),
      deny('sqs:DeleteMessage'),
      { ...allow('sqs:ReceiveMessage'), Condition: inOrganization },
      { ...deny('sqs:PurgeQueue'), Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-exampleorg1' } } },
      { ...allow('s3:PutObject'), Condition: { StringEquals: { 's3:ResourceAccount': B } } },
    ]),
    aUser('carol', [{ ...allow('sqs:SendMessage'), Condition: { StringEqual: { 'aws:username': 'carol' } } }]),
  ],
  roles: [aRole('R', [trusts({ AWS: alice })], [allow('sqs:SendMessage')]), aRole('Shut', [trusts({ AWS: carol })])],
  resources: [{ arn: THEIRS, accountId: B, policy: policy({ ...allow('sqs:*'), Principal: { AWS: A } }) }],
  knowledge: [{ accountId: A, layer: 'RESOURCE_POLICIES', service: 's3', state: 'COMPLETE' }],
};

let directory: OpenDirectory;
let access: Access;

beforeAll(async () => {
  directory = await takeDirectory();
  await directory.apply(world);
  access = createAccess(directory, catalog);
});
afterAll(() => directory.close());

async function ask(...asked: Parameters<typeof aQuestion>) {
  const [answer] = await access.decide([aQuestion(...asked)], NOON);
  if (answer === undefined) throw new Error('no answer');
  return { effect: answer.decision.effect, gaps: answer.gaps };
}

type Case = readonly [name: string, asked: Parameters<typeof aQuestion>, effect: string, gaps: readonly string[]];

describe('control policies that are not known', () => {
  test.each<Case>([
    ['could deny what is allowed', [alice, 'sqs:SendMessage', THEIRS], 'ALLOWED', [ORGANIZATION]],
    ['allow nothing that nothing allows', [alice, 'sqs:SetQueueAttributes', THEIRS], 'IMPLICIT_DENY', []],
    ['lift no Deny', [alice, 'sqs:DeleteMessage', THEIRS], 'EXPLICIT_DENY', []],
    ['a key that follows could allow', [alice, 'sqs:ReceiveMessage', THEIRS], 'IMPLICIT_DENY', [ORGANIZATION]],
    ['in a role', [aSubject(alice, roleArn('R')), 'sqs:DeleteMessage', THEIRS], 'IMPLICIT_DENY', []],
    ['a role that trusts others', [aSubject(alice, roleArn('Shut')), 'sqs:SendMessage', THEIRS], 'IMPLICIT_DENY', []],
    ['a denial by AWS itself', [`arn:aws:iam::${A}:root`, 'sts:AssumeRole', roleArn('R')], 'IMPLICIT_DENY', []],
  ])('%s', async (_name, asked, effect, gaps) => {
    expect(await ask(...asked)).toEqual({ effect, gaps });
  });
});

describe('policies of a resource that are not known', () => {
  test.each<Case>([
    ['could deny', [alice, 'sqs:SendMessage', QUEUE], 'ALLOWED', [ORGANIZATION, NOT_STORED]],
    ['could allow', [alice, 'sqs:SetQueueAttributes', QUEUE], 'IMPLICIT_DENY', [NOT_STORED]],
    ['lift no Deny', [alice, 'sqs:DeleteMessage', QUEUE], 'EXPLICIT_DENY', []],
  ])('%s', async (_name, asked, effect, gaps) => {
    expect(await ask(...asked)).toEqual({ effect, gaps });
  });
});

describe('an owner that is not known', () => {
  const object = 'arn:aws:s3:::nobodys/x';
  test('could be another one where something is allowed, or a statement asks for it', async () => {
    expect((await ask(alice, 's3:GetObject', object)).gaps).toContain(OWNER);
    expect(await ask(alice, 's3:PutObject', object)).toMatchObject({ effect: 'IMPLICIT_DENY' });
    expect((await ask(alice, 's3:PutObject', object)).gaps).toContain(OWNER);
    expect((await ask(alice, 's3:DeleteObject', object)).gaps).not.toContain(OWNER);
  });
});

test('what cannot be read is said of denials, and of nothing that is allowed all the same', async () => {
  const { effect, gaps } = await ask(carol, 'sqs:SendMessage', THEIRS);
  expect(effect).toBe('IMPLICIT_DENY');
  expect(gaps).toEqual([expect.stringContaining('StringEqual')]);
});

// The law: whatever the unknown layer is, an answer without the gap stays.
test('an answer without a gap about the organization is the same in every organization', async () => {
  const statement = fc.record({
    Effect: fc.constantFrom('Allow', 'Deny'),
    Action: fc.constantFrom('*', 'sqs:*', 'sqs:SendMessage', 'sqs:ReceiveMessage', 's3:*'),
    Resource: fc.constant('*'),
  });
  const actions = ['SendMessage', 'ReceiveMessage', 'DeleteMessage', 'PurgeQueue', 'SetQueueAttributes'];
  const questions = actions.flatMap((name) => [QUEUE, THEIRS].map((arn) => aQuestion(alice, `sqs:${name}`, arn)));
  const before = await access.decide(questions, NOON);
  const settled = before.flatMap(({ gaps, decision }, i) =>
    gaps.includes(ORGANIZATION) ? [] : [[i, decision.effect]],
  );
  expect(settled.length).toBeGreaterThan(3);
  expect(settled.length).toBeLessThan(questions.length);
  const organization = fc.record({
    manages: fc.boolean(),
    statements: fc.array(statement, { minLength: 1, maxLength: 3 }),
  });
  for (const { manages, statements } of fc.sample(organization, 25)) {
    const other = await takeDirectory();
    const { organizations, accounts } = manages ? anOrganization(A) : anOrganization('333333333333', A);
    const control = {
      id: 'p-1',
      type: 'SERVICE_CONTROL_POLICY',
      name: 'P',
      document: policy(...statements),
      targets: [] as string[],
    } as const;
    await other.apply({
      ...world,
      organizations: organizations.map((one) => ({
        ...one,
        scpEnabled: true,
        controlPolicies: [{ ...control, targets: [one.rootId] }],
      })),
      accounts: [...accounts, { id: B, membership: 'NONE' }],
    });
    const answers = await createAccess(other, catalog).decide(questions, NOON);
    expect(settled.map(([i]) => [i, answers[Number(i)]?.decision.effect])).toEqual(settled);
    await other.close();
  }
});
