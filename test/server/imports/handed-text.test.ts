import { describe, expect, test } from 'vitest';
import { finished } from '../../../src/policy/steps.ts';
import { handedText, textOf } from '../../../src/server/imports/handed-text.ts';
import type * as inWorker from '../../../src/server/imports/in-worker.ts';

const MIB = 1_048_576;

describe('a text is the same at the other side', () => {
  test.each([
    ['nothing', '', 'utf8'],
    ['ASCII', '{"a":"b"}', 'utf8'],
    ['characters of two units', `ä€${'😀'.repeat(100)}`, 'utf8'],
    ['a character that stands where pieces meet', `${'a'.repeat(MIB - 1)}😀${'b'.repeat(MIB)}😀`, 'utf8'],
    ['half a character', 'a\ud800b', 'utf16le'],
    ['half a character where pieces meet', `${'a'.repeat(MIB - 1)}\ud83d`, 'utf16le'],
    ['half a character in a later piece', `${'ä'.repeat(3 * MIB)}\udc00${'😀'.repeat(10)}`, 'utf16le'],
  ])('%s', (_what, text, encoding) => {
    const handed = finished(handedText(text));
    expect(handed.encoding).toBe(encoding);
    expect(textOf(handed) === text).toBe(true);
  });
});

test('it is encoded in steps', () => {
  expect([...handedText('x'.repeat(10 * MIB))].length).toBeGreaterThan(20);
});

test('a thread understands a text that came as bytes', async () => {
  // As it is built: a thread of a test would need a loader.
  const built = new URL('../../../dist/server/imports/in-worker.js', import.meta.url).href;
  const { understandInWorkers }: typeof inWorker = await import(built);
  const { understandDetails, understandFiles } = understandInWorkers();
  const user = {
    Path: '/',
    UserName: 'zoe',
    UserId: 'AIDAAAAAAAAAAAAAAAAAA',
    Arn: 'arn:aws:iam::777777777777:user/zoe',
    CreateDate: '2024-01-01T00:00:00+00:00',
    GroupList: [],
    AttachedManagedPolicies: [],
    Tags: [{ Key: 'name', Value: 'Zoë 😀' }],
  };
  const details = JSON.stringify({
    UserDetailList: [user],
    GroupDetailList: [],
    RoleDetailList: [],
    Policies: [],
  });
  const { document } = await understandDetails(details);
  expect(document.users?.map(({ arn, tags }) => [arn, tags])).toEqual([[user.Arn, { name: 'Zoë 😀' }]]);
  const files = [{ name: 'details.json', content: { text: details } }];
  const again = await understandFiles(files);
  expect(again.document.users?.map(({ arn }) => arn)).toEqual([user.Arn]);
}, 60_000);
