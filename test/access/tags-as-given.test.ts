import { expect, test } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import type { Question } from '../../src/access/question.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { questionKey } from '../../src/guard/decision-loader.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { A, allow, aUser, policy, userArn } from '../support/policies.ts';
import { aQuestion, NOON } from '../support/questions.ts';

// Tags that the request gives, where the resource can have none at AWS (objects of S3) or the directory holds others.

const catalog = await openCatalog();
const QUEUE = `arn:aws:sqs:eu-west-1:${A}:jobs`;
const OBJECT = 'arn:aws:s3:::docs/plan';
const isOpen = { StringEquals: { 'aws:ResourceTag/status': 'open' } };
const bucketPolicy = policy({ ...allow('s3:GetObject', 'arn:aws:s3:::docs/*'), Principal: '*', Condition: isOpen });
const access = createAccess(
  new MemoryDirectory(
    {
      users: [aUser('ann', [{ ...allow(['s3:GetObject', 'sqs:SendMessage']), Condition: isOpen }])],
      resources: [
        { arn: QUEUE, accountId: A, tags: { status: 'closed' } },
        { arn: 'arn:aws:s3:::docs', accountId: A, tags: { status: 'open' }, policy: bucketPolicy },
      ],
    },
    catalog,
  ),
  catalog,
);

function ask(resource: string, status: string | null, tagsAsGiven?: boolean): Question {
  const action = resource === QUEUE ? 'sqs:SendMessage' : 's3:GetObject';
  const context = status === null ? {} : { 'aws:ResourceTag/status': status };
  const question = aQuestion(userArn('ann'), action, resource, { context });
  return tagsAsGiven === undefined ? question : { ...question, tagsAsGiven };
}

async function effects(...questions: readonly Question[]): Promise<readonly string[]> {
  return (await access.decide(questions, NOON)).map(({ decision }) => decision.effect);
}

test('objects have no such tags, unless the question says that they are as given', async () => {
  expect(await effects(ask(OBJECT, 'open'), ask(OBJECT, 'open', false), ask(OBJECT, 'open', true))).toEqual([
    'IMPLICIT_DENY',
    'IMPLICIT_DENY',
    'ALLOWED',
  ]);
  expect(await effects(ask(OBJECT, 'closed', true), ask(OBJECT, null, true))).toEqual([
    'IMPLICIT_DENY',
    'IMPLICIT_DENY',
  ]);
});

test('the same context in one batch is read as each question says', async () => {
  const asAtAws = ask(OBJECT, 'open');
  const asGiven = { ...asAtAws, tagsAsGiven: true };
  expect(await effects(asAtAws, asGiven, asAtAws, asGiven)).toEqual([
    'IMPLICIT_DENY',
    'ALLOWED',
    'IMPLICIT_DENY',
    'ALLOWED',
  ]);
  expect(questionKey(asGiven)).not.toBe(questionKey(asAtAws));
});

test('tags that the directory holds are the directory’s', async () => {
  expect(await effects(ask(QUEUE, 'open', true), ask('arn:aws:s3:::docs/x', null, true))).toEqual([
    'IMPLICIT_DENY',
    'IMPLICIT_DENY',
  ]);
});

test('a tag that would help is named only where it could be given', async () => {
  const missing = async (question: Question) => (await access.decide([question], NOON))[0]?.decision.missingContextKeys;
  expect(await missing(ask(OBJECT, null, true))).toEqual(['aws:ResourceTag/status']);
  expect(await missing(ask(OBJECT, null))).toEqual([]);
  expect(await missing(ask(QUEUE, null, true))).toEqual([]);
});

test('a search reads them alike, of principals and of outsiders', async () => {
  const search = async (tagsAsGiven: boolean) => {
    const { subject: _subject, ...question } = ask(OBJECT, 'open', tagsAsGiven);
    const { entries, outsiders } = await access.whoCan(question, { limit: 10 }, NOON);
    return [entries.map(({ answer }) => answer.question.subject.principal), outsiders.map(({ kind }) => kind)];
  };
  expect(await search(true)).toEqual([[{ kind: 'user', arn: userArn('ann'), accountId: A }], ['EVERYBODY']]);
  expect(await search(false)).toEqual([[], []]);
});
