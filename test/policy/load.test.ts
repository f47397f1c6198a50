import { describe, expect, test } from 'vitest';
import { loadPolicy } from '../../src/policy/load.ts';
import { MalformedPolicy } from '../../src/policy/malformed-policy.ts';
import type { PolicyKind } from '../../src/policy/policy-kind.ts';

const statement = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
const document = { Version: '2012-10-17', Statement: [statement] };

test('an object, its JSON, and its JSON URL-encoded are the same document', () => {
  const text = JSON.stringify(document);
  for (const form of [document, text, `  ${text}`, encodeURIComponent(text)]) {
    expect(loadPolicy(form, 'identity').source.document).toEqual(document);
  }
});

test('a statement that stands alone is a list of one; its place and Sid are kept', () => {
  const alone = { ...document, Statement: { Sid: 'One', ...statement } };
  for (const form of [alone, JSON.stringify(alone)]) {
    const { statements, source } = loadPolicy(form, 'identity');
    expect(statements).toMatchObject([{ index: 0, sid: 'One', allows: true }]);
    expect(source.statement(0)).toEqual({ Sid: 'One', ...statement });
  }
});

describe('what is refused, and why', () => {
  test.each<[string, unknown, PolicyKind, string]>([
    ['no JSON', '{', 'identity', 'a policy document must be JSON'],
    ['broken URL encoding', '%7B%', 'identity', 'a policy document must be JSON'],
    [
      'more than 64 levels',
      `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
      'identity',
      'a policy document must not be nested more than 64 levels deep',
    ],
    ['a list', [], 'identity', 'a policy document must be a JSON object'],
    [
      'another Version',
      { ...document, Version: '2013-01-01' },
      'identity',
      '`Version` must be `2012-10-17` or `2008-10-17`',
    ],
    ['no Statement', { Version: '2012-10-17' }, 'identity', '`Statement` is missing'],
    ['an unknown element', { ...document, Comment: 'x' }, 'identity', 'unknown element `Comment`'],
    [
      'an unknown element of a statement',
      { ...document, Statement: [{ ...statement, Conditions: {} }] },
      'identity',
      'unknown element `Statement[0].Conditions`',
    ],
    [
      'Effect in another case',
      { ...document, Statement: [{ ...statement, Effect: 'allow' }] },
      'identity',
      '`Statement[0].Effect` must be `Allow` or `Deny`',
    ],
    [
      'both Action and NotAction',
      { ...document, Statement: [{ ...statement, NotAction: 'x:y' }] },
      'identity',
      '`Statement[0]` has both `Action` and `NotAction`',
    ],
    [
      'no Resource',
      { ...document, Statement: [{ Effect: 'Allow', Action: '*' }] },
      'identity',
      '`Statement[0]` must have `Resource` or `NotResource`',
    ],
    [
      'a Principal in an identity policy',
      { ...document, Statement: [{ ...statement, Principal: '*' }] },
      'identity',
      '`Statement[0].Principal` has no place in this kind of policy',
    ],
    ['no Principal in a resource control policy', document, 'rcp', '`Statement[0].Principal` is missing'],
    [
      'a condition that is no object',
      { ...document, Statement: [{ ...statement, Condition: [] }] },
      'identity',
      '`Statement[0].Condition` must be an object',
    ],
    [
      'a condition value that is null',
      { ...document, Statement: [{ ...statement, Condition: { Bool: { 'a:b': null } } }] },
      'identity',
      '`Statement[0].Condition.Bool.a:b` must be a string, number or boolean, or a list of them',
    ],
    [
      'a key twice',
      '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*","Resource":"x"}}',
      'identity',
      'a policy document must not have a key twice',
    ],
    ['too long', ' '.repeat(262_145), 'identity', 'a policy document has at most 262144 characters, this one 262145'],
  ])('%s', (_name, given, kind, message) => {
    const load = () => loadPolicy(given as string, kind);
    expect(load).toThrow(MalformedPolicy);
    expect(load).toThrow(message);
  });
});

test('keys, quotes and colons inside of texts are no members', () => {
  const tricky = { Version: '2012-10-17', Id: 'a":"b\\":', Statement: [{ Sid: ':":"', ...statement }] };
  expect(loadPolicy(JSON.stringify(tricky), 'identity').source.document).toEqual(tricky);
});

test('resource-based policies may leave out Resource, and statements without a Principal match nobody', () => {
  const { statements } = loadPolicy(
    {
      Statement: [
        { Effect: 'Allow', Principal: '*', Action: 'ecr:*' },
        { Effect: 'Allow', Action: '*' },
      ],
    },
    'resource',
  );
  expect(statements).toMatchObject([{ resources: null, principal: { everyone: true } }, { principal: null }]);
});

test('a document of 262,144 characters is read', () => {
  expect(loadPolicy(JSON.stringify(document).padEnd(262_144), 'identity').statements).toHaveLength(1);
});

test('nesting of 64 levels is read, and then is no policy', () => {
  const nested = (levels: number) => () => loadPolicy(`${'['.repeat(levels)}${']'.repeat(levels)}`, 'identity');
  expect(nested(64)).toThrow('a policy document must be a JSON object');
  expect(nested(66)).toThrow('a policy document must not be nested more than 64 levels deep');
});
