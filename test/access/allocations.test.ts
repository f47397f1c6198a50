import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Access, createAccess } from '../../src/access/access.ts';
import { nextTurn } from '../../src/access/next-turn.ts';
import { ListedQuestion } from '../../src/access/question.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import { allow, grant, HERE } from '../directory/documents.ts';
import { aSubject, NOON } from '../support/questions.ts';
import { takeDirectory } from '../support/recycled-database.ts';

// What a decision of a batch costs beside the engine is what it allocates: a promise, a text or a copy for each shows here.

const ALICE = `arn:aws:iam::${HERE}:user/alice`;
const COUNT = 500;

let directory: OpenDirectory;
let access: Access;

beforeAll(async () => {
  directory = await takeDirectory();
  await directory.apply({
    users: [{ arn: ALICE, inlinePolicies: [{ name: 'Own', document: allow('s3:Get*') }] }],
    resources: [{ arn: 'arn:aws:s3:::known', accountId: HERE, policy: grant(ALICE, 's3:PutObject') }],
  });
  access = createAccess(directory, await openCatalog());
  // No turn ever ends.
  await nextTurn();
  vi.spyOn(performance, 'now').mockReturnValue(performance.now());
});
afterAll(async () => {
  vi.restoreAllMocks();
  await directory.close();
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that each of `COUNT` costs: the median, because a collection can fall into a run. */
function bytesOf(work: () => unknown): number {
  for (let run = 0; run < 50; run += 1) work();
  const runs = Array.from({ length: 21 }, () => {
    collect();
    const before = process.memoryUsage().heapUsed;
    const kept = work();
    const after = process.memoryUsage().heapUsed;
    expect(kept).not.toBeNull();
    return (after - before) / COUNT;
  });
  return runs.sort((a, b) => a - b)[10] ?? Number.POSITIVE_INFINITY;
}

const names = Array.from({ length: COUNT }, (_, index) => `arn:aws:s3:::known/${index}`);
const asked = { action: 's3:GetObject', resourceIsPattern: false, furtherResources: [], resourceAccount: null };
const context = new Map();

test('an answer of a batch takes few bytes, with its question and its decision', async () => {
  const subject = aSubject(ALICE);
  const answerAll = () => {
    const questions = names.map(
      (resource, index) =>
        new ListedQuestion(
          subject,
          { ...asked, resource, context, assumeContextKeys: true },
          { name: 'checks' },
          index,
        ),
    );
    return access.decideEach(questions, NOON);
  };
  await answerAll();
  expect(answerAll()).toHaveLength(COUNT);
  expect(bytesOf(answerAll)).toBeLessThan(2_200);
});

test('a resource that is chosen from many takes fewer', async () => {
  const question = { subject: aSubject(ALICE), ...asked, resource: '*', context, path: '' };
  const chooseAll = () => access.allowedAmong(question, names, NOON);
  await chooseAll();
  expect(chooseAll()).toEqual(names.map(() => true));
  expect(bytesOf(chooseAll)).toBeLessThan(450);
});
