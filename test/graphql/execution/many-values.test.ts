import { Kind, type OperationDefinitionNode, parse } from 'graphql';
import { expect, test } from 'vitest';
import { tooManyValues } from '../../../src/graphql/execution/many-values.ts';
import { buildSchema } from '../../../src/graphql/schema.ts';

const schema = buildSchema();

function operationOf(text: string): OperationDefinitionNode {
  const [operation] = parse(text).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation');
  return operation;
}

const CHANGES = operationOf(
  'mutation ($changes: [DirectoryChangeInput!]!) { applyChanges(changes: $changes) { __typename } }',
);
const many = (count: number, value: unknown): readonly unknown[] => Array.from({ length: count }, () => value);
const change = { addUserToGroup: { groupArn: 'arn:aws:iam::111111111111:group/g', userArn: 'arn:aws:iam::1:user/u' } };

test('as many changes as there may be are read, with long documents', () => {
  const document = { Version: '2012-10-17', Statement: many(500, { Effect: 'Allow', Action: '*', Resource: '*' }) };
  const put = { putUserPolicy: { userArn: 'x', policyName: 'p', policyDocument: document } };
  expect(tooManyValues(schema, CHANGES, { changes: many(200, put) })).toBeNull();
});

test.each<readonly [string, unknown]>([
  ['changes', { changes: many(10_000, change) }],
  [
    'lists in changes',
    { changes: many(100, { tagUser: { userArn: 'x', tags: many(100, { key: 'k', value: 'v' }) } }) },
  ],
  [
    'values in the only item of what is no list',
    { changes: { tagUser: { userArn: 'x', tags: many(5_000, { key: 'k', value: 'v' }) } } },
  ],
  ['values that are not known', { changes: [Object.fromEntries(many(10_001, 0).map((_, n) => [`x${n}`, 1]))] }],
])('too many %s are not', (_what, given) => {
  const error = tooManyValues(schema, CHANGES, given as Record<string, unknown>); // as: variables
  expect(error?.message).toBe(
    'the variables hold more than 10000 values, which is the limit of an operation that reads them all at once: send several',
  );
  expect(error?.extensions).toEqual({ code: 'QUERY_TOO_COMPLEX', limit: 10_000 });
});

test('an import has as many files as it may have', () => {
  const operation = operationOf('mutation ($i: ImportDirectoryInput!) { importDirectory(input: $i) { __typename } }');
  const files = many(10_000, { name: 'a.json', content: '{}' });
  expect(tooManyValues(schema, operation, { i: { files } })).toBeNull();
  const beyond = many(25_000, { name: 'a.json' });
  expect(tooManyValues(schema, operation, { i: { files: beyond } })).not.toBeNull();
});
