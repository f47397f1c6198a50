import { expect, test } from 'vitest';
import {
  MAX_IMPORT_CHARACTERS,
  parseAccountAuthorizationDetails,
} from '../../src/importing/account-authorization-details.ts';
import { InvalidInput } from '../../src/policy/errors.ts';

function refusal(text: string): InvalidInput {
  try {
    parseAccountAuthorizationDetails(text);
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

const EXPECTED = 'the JSON that `aws iam get-account-authorization-details` prints';
const LISTS = '`UserDetailList`, `GroupDetailList`, `RoleDetailList` or `Policies` (with `PolicyVersionList`)';

test.each([
  ['nothing', '', `\`document\` is empty: expected ${EXPECTED}`],
  ['a table', '+----+\n| x  |\n+----+', `\`document\` is not JSON: expected ${EXPECTED}`],
  ['half a file', '{"UserDetailList":[', `\`document\` is not JSON: expected ${EXPECTED}`],
  ['a number', '7', `\`document\` is not ${EXPECTED}: expected ${LISTS}, found the number 7`],
  ['null', 'null', `\`document\` is not ${EXPECTED}: expected ${LISTS}, found null`],
  ['an empty list', '[]', `\`document\` is not ${EXPECTED}: expected ${LISTS}, found an empty list`],
  ['an empty object', '{}', `\`document\` is not ${EXPECTED}: expected ${LISTS}, found an empty object`],
  [
    'the answer of list-users',
    '{"Users":[{"UserName":"alice"}],"IsTruncated":false}',
    `\`document\` is not ${EXPECTED}: expected ${LISTS}, found an object with \`Users\`, \`IsTruncated\``,
  ],
  [
    'the answer of list-policies',
    '{"Policies":[{"PolicyName":"p","Arn":"arn:aws:iam::111111111111:policy/p","DefaultVersionId":"v1"}]}',
    `\`document\` is not ${EXPECTED}: expected ${LISTS}, found an object with \`Policies\``,
  ],
  [
    'a policy document',
    '{"Version":"2012-10-17","Statement":[]}',
    `\`document\` is not ${EXPECTED}: expected ${LISTS}, found an object with \`Version\`, \`Statement\``,
  ],
  [
    'a list that is none',
    '{"UserDetailList":"alice"}',
    `\`document\` is not ${EXPECTED}: expected ${LISTS}, found an object with \`UserDetailList\``,
  ],
])('%s is refused with what was expected and what was found', (_, text, message) => {
  const error = refusal(text);
  expect(error.field).toBe('document');
  expect(error.message).toBe(message);
});

test('says where the JSON ends to be any', () => {
  expect(refusal('{"UserDetailList": [] "Policies": []}').message).toBe(
    `\`document\` is not JSON (position 22): expected ${EXPECTED}`,
  );
});

test('a document that is too large is refused with the limit, unparsed', () => {
  const error = refusal(' '.repeat(MAX_IMPORT_CHARACTERS + 1));
  expect(error.message).toBe(
    '`document` is too large: 33,554,433 characters are more than the 33,554,432 that are read',
  );
});

test.each([
  ['[', 'it is nested more than 64 levels deep'],
  ['{"a":', 'it is nested more than 64 levels deep'],
  ['[],', 'it holds more than 1,000,000 objects and lists'],
])('%s without end is refused before it is parsed', (part, reason) => {
  const text = part === '[],' ? `[${part.repeat(1_100_000)}` : part.repeat(3_000_000);
  expect(refusal(text).message).toBe(`\`document\` is too large: ${reason}`);
});

test('brackets within strings nest nothing', () => {
  const text = JSON.stringify({ UserDetailList: [], note: `${'['.repeat(100)}"\\"${'{'.repeat(100)}` });
  expect(parseAccountAuthorizationDetails(text).document.users).toEqual([]);
});

test('names in messages are bounded', () => {
  const error = refusal(JSON.stringify({ ['k'.repeat(100_000)]: 1 }));
  expect(error.message.length).toBeLessThan(400);
});

test('a byte order mark is no fault', () => {
  expect(parseAccountAuthorizationDetails('\ufeff{"UserDetailList":[]}').document.users).toEqual([]);
});
