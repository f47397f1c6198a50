import { expect, test } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import { importFiles } from '../../src/importing/import-files.ts';
import { ownLines } from '../../src/importing/own-form/document.ts';
import { allow, aUser, userArn } from '../support/policies.ts';
import { aQuestion, NOON } from '../support/questions.ts';
import { describeInBothStores } from './stores.ts';

// Of two buckets, one is known to have no policy, and the policy of the other could not be read.

const A = '111111111111';
const file = (path: string, json: unknown) => ({ path: `${A}/s3api/${path}.json`, text: JSON.stringify(json) });
const failed = (Code: string) => ({ Error: { Code, Message: '' } });
const ANSWERS = [
  file('list-buckets', { Buckets: ['one', 'two'].map((Name) => ({ Name, CreationDate: '2026-01-01T00:00:00Z' })) }),
  file('get-bucket-policy@one', failed('NoSuchBucketPolicy')),
  file('get-bucket-policy@two', failed('AccessDenied')),
];
const GAP =
  `of the account ${A}, the resource-based policies of s3 are known only in part: ` +
  'the policies of arn:aws:s3:::two (s3api get-bucket-policy)';

const catalog = await openCatalog();

async function gapsOf(directory: OpenDirectory): Promise<Readonly<Record<string, boolean>>> {
  const asked = ['one', 'one/object', 'two', 'two/object'].map((name) => `arn:aws:s3:::${name}`);
  const questions = asked.map((arn) =>
    aQuestion(userArn('alice'), arn.includes('/') ? 's3:GetObject' : 's3:ListBucket', arn),
  );
  const answers = await createAccess(directory, catalog).decide(questions, NOON);
  return Object.fromEntries(answers.map(({ gaps }, index) => [asked[index]?.slice(13), gaps.includes(GAP)]));
}

async function exported(directory: OpenDirectory): Promise<readonly string[]> {
  const lines: string[] = [];
  await directory.exports.all(async ({ document }) => void lines.push(...ownLines(document)));
  return lines;
}

const ONLY_TWO = { one: false, 'one/object': false, two: true, 'two/object': true };
const ALL = { one: true, 'one/object': true, two: true, 'two/object': true };

describeInBothStores('what is known of one resource', (store) => {
  test('leaves no gap, though it is not known of another; and an export keeps it', async () => {
    const { document } = importFiles(ANSWERS);
    const first = await store.open({ ...document, users: [aUser('alice', [allow('s3:*')])] });
    expect(await gapsOf(first)).toEqual(ONLY_TWO);

    const lines = await exported(first);
    const copy = importFiles([{ path: 'export.jsonl', text: lines.join('\n') }]).document;
    const second = await store.open(copy);
    expect(await exported(second)).toEqual(lines);
    expect(await gapsOf(second)).toEqual(ONLY_TWO);
    // The same again changes nothing.
    const revision = await second.revision();
    await second.apply(document);
    expect(await second.revision()).toEqual(revision);

    // Earlier versions wrote null for what they did not know.
    const before = lines.map((line) => line.replace(/,"known":\[[^\]]*\]/, '').replace(/,"concerns":\[[^\]]*\]/, ''));
    expect(before).not.toEqual(lines);
    const third = await store.open(importFiles([{ path: 'export.jsonl', text: before.join('\n') }]).document);
    expect(await gapsOf(third)).toEqual(ALL);
  });

  test('is known no more when it is asked anew in vain, and stays known when others are asked about', async () => {
    const { document } = importFiles(ANSWERS);
    const directory = await store.open({ ...document, users: [aUser('alice', [allow('s3:*')])] });
    const tags = file('get-bucket-tagging@one', { TagSet: [{ Key: 'team', Value: 'data' }] });
    await directory.apply(importFiles([tags, file('get-bucket-policy@two', failed('AccessDenied'))]).document);
    expect((await gapsOf(directory))['one']).toBe(false);
    const [list, , two] = ANSWERS;
    const denied = importFiles(
      [list, two, file('get-bucket-policy@one', failed('AccessDenied'))].filter((each) => each !== undefined),
    );
    await directory.apply(denied.document);
    const answers = await createAccess(directory, catalog).decide(
      [aQuestion(userArn('alice'), 's3:ListBucket', 'arn:aws:s3:::one')],
      NOON,
    );
    expect(answers[0]?.gaps.filter((gap) => gap.includes('resource-based policies of s3'))).toEqual([
      `of the account ${A}, the resource-based policies of s3 are known only in part: ` +
        'the policies of arn:aws:s3:::one, arn:aws:s3:::two (s3api get-bucket-policy)',
    ]);
  });

  test('follows from a change of it, too', async () => {
    const { document } = importFiles(ANSWERS);
    const directory = await store.open({ ...document, users: [aUser('alice', [allow('s3:*')])] });
    await directory.entities.deleteResourcePolicy({ resourceArn: 'arn:aws:s3:::two' });
    expect(await gapsOf(directory)).toEqual({ one: false, 'one/object': false, two: false, 'two/object': false });
  });
});
