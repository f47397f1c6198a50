import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { documentCache } from '../../src/server/document-cache.ts';

// Anybody may send documents of 4,000 tokens, each of which takes two megabytes once it is parsed.
test('documents are kept by their length: a thousand large ones would take gigabytes', () => {
  const documents = documentCache<object>();
  const large = `{ viewer { ${'kind '.repeat(3_980)} } }`;
  const known = parse(large);
  for (let index = 0; index < 1_000; index++) documents.set(`${large}#${index}`, known);
  expect(documents.size).toBeLessThanOrEqual(20);
  expect(documents.has(`${large}#999`)).toBe(true);
});

test('ordinary ones are all kept, and one that is longer than all others together is not', () => {
  const documents = documentCache<object>();
  for (let index = 0; index < 200; index++)
    documents.set(`query A${index} { viewer { kind } }${' '.repeat(1_000)}`, {});
  documents.set('#'.repeat(400_001), {});
  expect(documents.size).toBe(200);
});
