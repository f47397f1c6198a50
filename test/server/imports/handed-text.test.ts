import { describe, expect, test } from 'vitest';
import { finished } from '../../../src/policy/steps.ts';
import { handedText, textOf } from '../../../src/server/imports/handed-text.ts';
import type * as inWorker from '../../../src/server/imports/in-worker.ts';
import { jsonSteps } from '../../../src/server/json-steps.ts';
import { LongTexts } from '../../../src/server/long-texts.ts';

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

describe('a long text of a body', () => {
  /** As a body is read: the texts in it, with what they were put together from. */
  function readBody(value: object): { readonly read: Record<string, string>; readonly texts: LongTexts } {
    const texts = new LongTexts();
    return { read: finished(jsonSteps(Buffer.from(escaped(value)), texts)) as Record<string, string>, texts };
  }

  test('is handed over in the parts it was put together from, and not looked into', () => {
    const { read, texts } = readBody({ document: 'ä'.repeat(MIB), short: 'x'.repeat(MIB / 2) });
    const { document = '', short = '' } = read;
    const parts = texts.partsOf(document) ?? [];
    expect(parts.length).toBeGreaterThan(20);
    expect(parts.join('') === document).toBe(true);
    expect(texts.partsOf(document)).toBeNull();
    expect(texts.partsOf(short)).toBeNull();
    const steps = handedText('nobody looks at this', ['a', 'b']);
    expect(textOf(finished(steps))).toBe('ab');
  });

  test.each([
    ['characters of two units, whose escapes were cut', `${'a'.repeat(MIB)}${'😀'.repeat(40_000)}`, 'utf8'],
    ['half a character at the end of a part', `${'a'.repeat(MIB)}\ud83d`, 'utf16le'],
  ])('%s: is the same at the other side', (_what, text, encoding) => {
    const { read, texts } = readBody({ document: text });
    const { document = '' } = read;
    const handed = finished(handedText(document, texts.partsOf(document)));
    expect(handed.encoding).toBe(encoding);
    expect(textOf(handed) === text).toBe(true);
  });

  test('each of several is its own', () => {
    const { read, texts } = readBody({ a: 'a'.repeat(MIB), b: 'b'.repeat(MIB), c: 'c'.repeat(MIB + 1) });
    for (const name of ['c', 'b', 'a']) {
      const text = read[name] ?? '';
      expect(texts.partsOf(text)?.join('') === text).toBe(true);
    }
  });
});

/** JSON in ASCII. */
function escaped(value: object): string {
  return JSON.stringify(value).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

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
