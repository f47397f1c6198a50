import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Access, createAccess } from '../../src/access/access.ts';
import type { Answer } from '../../src/access/question.ts';
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

type Settled = ReturnType<typeof settledWithout>;

function settledWithout(gap: string, answers: readonly Answer[]) {
  return answers.map(({ gaps, decision }) => (gaps.includes(gap) ? null : decision.effect));
}

/** Denials stay denials, an explicit Deny stays one, and what is allowed stays allowed. */
function changed(settled: Settled, answers: readonly Answer[]): readonly unknown[] {
  return answers.flatMap(({ question, decision: { effect } }, i) => {
    const before = settled[i] ?? null;
    const stays = before === 'IMPLICIT_DENY' ? effect !== 'ALLOWED' : effect === before;
    return before === null || stays ? [] : [[question.action, question.resource, before, effect]];
  });
}

describe('an answer without the gap stays, whatever the unknown policies are', () => {
  const actions = ['SendMessage', 'ReceiveMessage', 'DeleteMessage', 'PurgeQueue', 'SetQueueAttributes'];
  const questions = actions.flatMap((name) => [QUEUE, THEIRS].map((arn) => aQuestion(alice, `sqs:${name}`, arn)));
  const names = ['*', 'sqs:*', ...actions.map((name) => `sqs:${name}`)];
  const statement = fc.record({
    Effect: fc.constantFrom('Allow', 'Deny'),
    Action: fc.constantFrom(...names),
    Resource: fc.constant('*'),
  });
  const statements = fc.array(statement, { minLength: 1, maxLength: 3 });
  const decide = (where: OpenDirectory) => createAccess(where, catalog).decide(questions, NOON);

  test('control policies, and the organization', async () => {
    const other = await takeDirectory();
    const settled = settledWithout(ORGANIZATION, await decide(directory));
    expect(new Set(settled)).toEqual(new Set([null, 'EXPLICIT_DENY', 'IMPLICIT_DENY']));
    for (const [manages, some] of fc.sample(fc.tuple(fc.boolean(), statements), 15)) {
      const { organizations, accounts } = manages ? anOrganization(A) : anOrganization('333333333333', A);
      const control = { id: 'p-abcd', type: 'SERVICE_CONTROL_POLICY', name: 'P', document: policy(...some) } as const;
      await other.apply({
        ...world,
        organizations: organizations.map((one) => ({
          ...one,
          scpEnabled: true,
          controlPolicies: [{ ...control, targets: [one.rootId] }],
        })),
        accounts: [...accounts, { id: B, membership: 'NONE' }],
      });
      expect(changed(settled, await decide(other))).toEqual([]);
    }
    await other.close();
  });

  test('the policy of a resource', async () => {
    const other = await takeDirectory();
    const settled = settledWithout(NOT_STORED, await decide(directory));
    expect(settled).toContain(null);
    for (const some of fc.sample(statements, 15)) {
      const document = policy(...some.map((one) => ({ ...one, Principal: '*' })));
      await other.apply({
        ...world,
        resources: [...(world.resources ?? []), { arn: QUEUE, accountId: A, policy: document }],
      });
      const answers = (await decide(other)).filter(({ question }) => question.resource === QUEUE);
      expect(
        changed(
          settled.filter((_one, i) => questions[i]?.resource === QUEUE),
          answers,
        ),
      ).toEqual([]);
    }
    await other.close();
  });
});
