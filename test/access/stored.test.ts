import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import type { Answer, Question } from '../../src/access/question.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { demoDirectory } from '../../src/directory/demo/demo.ts';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { aQuestion, aSubject, NOON } from '../support/questions.ts';
import { takeDirectory } from '../support/recycled-database.ts';

const catalog = await openCatalog();
const document = demoDirectory();
const users = (document.users ?? []).map((user) => user.arn);
const roles = (document.roles ?? []).map((role) => role.arn);
const resources = (document.resources ?? []).map((resource) => resource.arn);
const ACTIONS = [
  's3:GetObject',
  's3:PutObject',
  's3:ListBucket',
  'sqs:SendMessage',
  'kms:Decrypt',
  'ec2:StartInstances',
];

/** Everybody, as itself and in every role, about everything: what the demo organization has to say. */
function questions(): readonly Question[] {
  const subjects = [...users, ...roles, 'ec2.amazonaws.com', 'anonymous'].flatMap((who) => [
    aSubject(who),
    ...roles.map((role) => aSubject(who, role)),
  ]);
  const targets = [...resources, ...resources.filter((arn) => arn.includes(':s3:')).map((arn) => `${arn}/x`)];
  return subjects.flatMap((subject) => [
    ...ACTIONS.flatMap((name) => {
      const action = catalog.action(name);
      const fitting = targets.filter((target) => action !== null && catalog.fit(action, target).kind !== 'misfit');
      return fitting.map((target) => aQuestion(subject, name, target));
    }),
    ...roles.map((role) => aQuestion(subject, 'sts:AssumeRole', role)),
  ]);
}

describe('on the demo organization', () => {
  let directory: OpenDirectory;
  const statements: string[] = [];

  beforeEach(async () => {
    directory = await takeDirectory((sql) => void statements.push(sql));
    await directory.apply(document);
  });

  afterEach(() => directory.close());

  const verdicts = (answers: readonly Answer[]): readonly string[] =>
    answers.map(({ question, decision: { effect, deniedBy, reason } }) =>
      [question.action, question.resource, effect, deniedBy, reason].join(' '),
    );

  it('a thousand mixed questions cost a dozen statements at most, and none the second time', async () => {
    const counted = async (asked: readonly Question[]): Promise<number> => {
      const fresh = createAccess(directory, catalog);
      statements.length = 0;
      await fresh.decide(asked, NOON);
      return statements.length;
    };
    const all = questions();
    const thousand = Array.from({ length: 1000 }, (_, index) => all[(index * 7919) % all.length]).filter(
      (question) => question !== undefined,
    );
    const cold = await counted(thousand);
    expect(cold).toBeGreaterThan(0);
    expect(cold).toBeLessThanOrEqual(12);
    // Everything is in memory now: there is nothing left to ask.
    expect(await counted(thousand)).toBe(0);
  });

  it('the stored directory decides as the one in memory', async () => {
    const asked = questions().slice(0, 10_000);
    const stored = await createAccess(directory, catalog).decide(asked, NOON);
    const inMemory = await createAccess(new MemoryDirectory(document, catalog), catalog).decide(asked, NOON);
    expect(verdicts(stored)).toEqual(verdicts(inMemory));
    expect(stored.filter((answer) => answer.decision.allowed).length).toBeGreaterThan(20);
  });

  it('who can, and the roles that can be assumed, are found in the store too', async () => {
    const access = createAccess(directory, catalog);
    const memory = createAccess(new MemoryDirectory(document, catalog), catalog);
    for (const resource of resources.filter((arn) => arn.includes(':s3:'))) {
      const { subject: _, ...question } = aQuestion('anonymous', 's3:GetObject', `${resource}/x`);
      const page = { limit: 100 };
      const [stored, kept] = await Promise.all([
        access.whoCan(question, page, NOON),
        memory.whoCan(question, page, NOON),
      ]);
      expect([...verdicts(stored.entries.map(({ answer }) => answer))].sort()).toEqual(
        [...verdicts(kept.entries.map(({ answer }) => answer))].sort(),
      );
    }
    for (const user of users) {
      const options = { maxDepth: 2 };
      const [stored, kept] = await Promise.all([
        access.assumableRoles(aSubject(user), options, NOON),
        memory.assumableRoles(aSubject(user), options, NOON),
      ]);
      expect(stored.map((role) => [role.chain, role.requires])).toEqual(
        kept.map((role) => [role.chain, role.requires]),
      );
    }
  });
});
