/** The rules of condition operators, one row each, with the page that states them. */
import { describe, expect, test } from 'vitest';
import { compileCondition } from '../../src/policy/condition.ts';
import type { ContextValue } from '../../src/policy/context-key.ts';

type Given = ContextValue | undefined;

/** `given`: of `k:x`, or of whatever key is named; `others`: further keys, in lower case. */
function holds(
  operator: string,
  wanted: string | readonly string[],
  given: Given,
  {
    key = 'k:x',
    others = {},
    variables = true,
  }: { key?: string; others?: Record<string, ContextValue>; variables?: boolean } = {},
): boolean {
  const values = typeof wanted === 'string' ? [wanted] : wanted;
  const context = new Map<string, ContextValue>(Object.entries(others));
  if (given !== undefined) context.set(key.toLowerCase(), given);
  return compileCondition(operator, key, values, variables).holds({ value: ({ name }) => context.get(name) });
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
describe('what each operator compares', () => {
  test.each<[operator: string, wanted: string | readonly string[], given: string, expected: boolean]>([
    ['StringEquals', 'a', 'a', true],
    ['StringEquals', 'a', 'A', false],
    ['StringEquals', 'a*', 'ab', false],
    ['StringEquals', 'a*', 'a*', true],
    ['StringEquals', ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], 'h', true],
    ['StringNotEquals', ['a', 'b'], 'b', false],
    ['StringNotEquals', ['a', 'b'], 'B', true],
    ['StringEqualsIgnoreCase', 'aB', 'Ab', true],
    ['StringEqualsIgnoreCase', 'aB', 'Abc', false],
    ['StringNotEqualsIgnoreCase', 'aB', 'Ab', false],
    ['StringNotEqualsIgnoreCase', 'aB', 'Abc', true],
    ['StringLike', 'a*c?', 'abbcd', true],
    ['StringLike', 'a*c?', 'abbc', false],
    ['StringLike', 'a*', 'A', false],
    ['StringLike', 'a*', 'a', true],
    ['StringLike', 'arn:aws:*:topic*', 'arn:aws:sns:us-east-1:1:topic:sub', true],
    ['StringNotLike', ['a*', 'b*'], 'bc', false],
    ['StringNotLike', ['a*', 'b*'], 'cb', true],
    ['NumericEquals', '10', '10.0', true],
    ['NumericEquals', '10', '11', false],
    ['NumericNotEquals', '10', '10.0', false],
    ['NumericNotEquals', '10', '11', true],
    ['NumericLessThan', '10', '9.5', true],
    ['NumericLessThan', '10', '10', false],
    ['NumericLessThanEquals', '10', '10', true],
    ['NumericLessThanEquals', '10', '10.1', false],
    ['NumericGreaterThan', '10', '10.1', true],
    ['NumericGreaterThan', '10', '10', false],
    ['NumericGreaterThanEquals', '10', '10', true],
    ['NumericGreaterThanEquals', '10', '9', false],
    ['NumericGreaterThan', '9', '10', true],
    ['DateEquals', '2026-11-23T17:00:00Z', '1795453200', true],
    ['DateEquals', '2026-11-23T17:00:00Z', '2026-11-23T19:00:00+02:00', true],
    ['DateEquals', '2026-11-23T17:00:00Z', '1795453201', false],
    ['DateNotEquals', '1795453200', '2026-11-23T17:00:00Z', false],
    ['DateNotEquals', '1795453200', '2026-11-23T17:00:01Z', true],
    ['DateLessThan', '2026-11-23T17:00:00Z', '1795453199', true],
    ['DateLessThan', '2026-11-23T17:00:00Z', '1795453200', false],
    ['DateLessThanEquals', '2026-11-23T17:00:00Z', '1795453200', true],
    ['DateLessThanEquals', '2026-11-23T17:00:00Z', '1795453201', false],
    ['DateGreaterThan', '2026-11-23T17:00:00Z', '1795453201', true],
    ['DateGreaterThan', '2026-11-23T17:00:00Z', '1795453200', false],
    ['DateGreaterThanEquals', '2026-11-23T17:00:00Z', '1795453200', true],
    ['DateGreaterThanEquals', '2026-11-23T17:00:00Z', '1795453199', false],
    ['Bool', 'true', 'TRUE', true],
    ['Bool', 'FALSE', 'false', true],
    ['Bool', 'true', 'false', false],
    ['Bool', 'yes', 'yes', false],
    ['BinaryEquals', 'QQ==', 'QQ', true],
    ['BinaryEquals', 'QQ==', 'QR==', true],
    ['BinaryEquals', 'QQ==', 'Qg==', false],
    ['BinaryEquals', 'QQ==', 'QUI=', false],
    ['BinaryEquals', 'no base64!', 'no base64!', false],
    ['IpAddress', '203.0.113.0/24', '203.0.113.9', true],
    ['IpAddress', '203.0.113.9', '203.0.113.9', true],
    ['IpAddress', '203.0.113.9', '203.0.113.8', false],
    ['IpAddress', '2001:db8::/32', '2001:db8:1::9', true],
    ['IpAddress', '2001:db8::1', '2001:DB8:0:0::1', true],
    ['IpAddress', ['203.0.113.0/24', '2001:db8::/32'], '2001:db9::1', false],
    ['IpAddress', '0.0.0.0/0', '2001:db8::1', false],
    ['IpAddress', '::/0', '203.0.113.9', false],
    ['NotIpAddress', '203.0.113.0/24', '203.0.113.9', false],
    ['NotIpAddress', '203.0.113.0/24', '2001:db8::1', true],
    ['NotIpAddress', ['203.0.113.0/24', '2001:db8::/32'], '2001:db8::1', false],
    ['NotIpAddress', ['203.0.113.0/24', '2001:db8::/32'], '2001:db9::1', true],
    ...(['ArnEquals', 'ArnLike'] as const).flatMap((operator): [string, string, string, boolean][] => [
      [operator, 'arn:aws:sns:*:111111111111:topic*', 'arn:aws:sns:us-east-1:111111111111:topic:sub', true],
      [operator, 'arn:aws:sns:*:topic:sub', 'arn:aws:sns:us-east-1:111111111111:topic:sub', false],
      [operator, 'arn:aws:*:topic*', 'arn:aws:sns:us-east-1:111111111111:topic:sub', false],
      [operator, 'arn:aws:sns:us-????-?:*:t', 'arn:aws:sns:us-east-1:1:t', true],
      [operator, 'arn:aws:s3:::b/*', 'arn:aws:s3:::b/x/y:z', true],
      [operator, 'arn:aws:s3:::B/*', 'arn:aws:s3:::b/x', false],
      [operator, 'arn:aws:S3:::b', 'arn:aws:s3:::b', false],
      [operator, '*', 'arn:aws:s3:::b', true],
      [operator, '*', 'b', false],
    ]),
    ...(['ArnNotEquals', 'ArnNotLike'] as const).flatMap((operator): [string, string, string, boolean][] => [
      [operator, 'arn:aws:sns:*:111111111111:topic*', 'arn:aws:sns:us-east-1:111111111111:topic:sub', false],
      [operator, 'arn:aws:sns:*:222222222222:topic*', 'arn:aws:sns:us-east-1:111111111111:topic:sub', true],
    ]),
  ])('%s %s, given %s: %s', (operator, wanted, given, expected) => {
    expect(holds(operator, wanted, given)).toBe(expected);
  });

  test.each(['stringequals', 'STRINGEQUALS', 'foranyvalue:stringequalsifexists'])(
    'stored documents may have operators in any case: %s',
    (operator) => expect(holds(operator, 'a', 'a')).toBe(true),
  );

  test.each(['StringSortOf', 'Null IfExists', 'NullIfExists', 'ForEachValue:StringEquals', 'IfExists', ''])(
    'an operator that does not exist never matches: %s',
    (operator) => {
      for (const given of [undefined, 'true', 'a', ['a']]) expect(holds(operator, ['true', 'a'], given)).toBe(false);
    },
  );
});

const POSITIVE = ['StringEquals', 'StringLike', 'StringEqualsIgnoreCase'];
const NEGATED = ['StringNotEquals', 'StringNotLike', 'StringNotEqualsIgnoreCase'];

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
describe('how many values the request has', () => {
  const A = 'a';
  const MANY = ['a', 'c'];
  const rows: readonly (readonly [
    name: string,
    of: (operator: string) => string,
    given: Given,
    positive: boolean,
    negated: boolean,
  ])[] = [
    ['no value', (o) => o, undefined, false, true],
    ['no value, IfExists', (o) => `${o}IfExists`, undefined, true, true],
    ['one value that fits', (o) => o, A, true, false],
    ['one value that fits, IfExists', (o) => `${o}IfExists`, A, true, false],
    ['one value that does not fit', (o) => o, 'c', false, true],
    ['one value that does not fit, IfExists', (o) => `${o}IfExists`, 'c', false, true],
    ['an empty text is a value', (o) => o, '', false, true],
    ['several values', (o) => o, MANY, false, false],
    ['several values, IfExists', (o) => `${o}IfExists`, MANY, false, false],
    ['ForAnyValue, no value', (o) => `ForAnyValue:${o}`, undefined, false, false],
    ['ForAnyValue, an empty text', (o) => `ForAnyValue:${o}`, '', false, false],
    ['ForAnyValue, empty texts', (o) => `ForAnyValue:${o}`, ['', ''], false, false],
    ['ForAnyValue, no value, IfExists', (o) => `ForAnyValue:${o}IfExists`, undefined, true, true],
    ['ForAnyValue, one that fits', (o) => `ForAnyValue:${o}`, A, true, false],
    ['ForAnyValue, one that does not', (o) => `ForAnyValue:${o}`, 'c', false, true],
    ['ForAnyValue, one that fits and one that does not', (o) => `ForAnyValue:${o}`, MANY, true, true],
    ['ForAnyValue, all fit', (o) => `ForAnyValue:${o}`, ['a', 'b'], true, false],
    ['ForAnyValue, none fits', (o) => `ForAnyValue:${o}`, ['c', 'd'], false, true],
    ['ForAnyValue, an empty text beside one that fits', (o) => `ForAnyValue:${o}`, ['', 'a'], true, false],
    ['ForAllValues, no value', (o) => `ForAllValues:${o}`, undefined, true, true],
    ['ForAllValues, an empty text', (o) => `ForAllValues:${o}`, '', true, true],
    ['ForAllValues, empty texts', (o) => `ForAllValues:${o}`, ['', ''], true, true],
    ['ForAllValues, no value, IfExists', (o) => `ForAllValues:${o}IfExists`, undefined, true, true],
    ['ForAllValues, one that fits', (o) => `ForAllValues:${o}`, A, true, false],
    ['ForAllValues, one that fits and one that does not', (o) => `ForAllValues:${o}`, MANY, false, false],
    ['ForAllValues, all fit', (o) => `ForAllValues:${o}`, ['a', 'b'], true, false],
    ['ForAllValues, none fits', (o) => `ForAllValues:${o}`, ['c', 'd'], false, true],
    ['ForAllValues, an empty text beside one that fits', (o) => `ForAllValues:${o}`, ['', 'a'], true, false],
  ];

  test.each(rows)('%s', (_name, of, given, positive, negated) => {
    for (const operator of POSITIVE)
      expect([operator, holds(of(operator), ['a', 'b'], given)]).toEqual([operator, positive]);
    for (const operator of NEGATED)
      expect([operator, holds(of(operator), ['a', 'b'], given)]).toEqual([operator, negated]);
  });

  const MULTI_VALUED = [
    'aws:PrincipalOrgPaths',
    'aws:PrincipalServiceNamesList',
    'aws:TagKeys',
    'aws:ResourceOrgPaths',
    'aws:SourceOrgPaths',
    'aws:VpceOrgPaths',
    'aws:CalledVia',
    'sts:TransitiveTagKeys',
  ];
  test.each(MULTI_VALUED)('%s is multi-valued, also with one value: it needs a set operator', (key) => {
    for (const operator of [...POSITIVE, 'StringEqualsIfExists'])
      expect(holds(operator, 'a', 'a', { key })).toBe(false);
    for (const operator of NEGATED) expect(holds(operator, 'b', 'a', { key })).toBe(false);
    expect(holds('ForAnyValue:StringEquals', 'a', 'a', { key })).toBe(true);
    expect(holds('ForAllValues:StringEquals', 'a', ['a'], { key })).toBe(true);
  });

  test.each<[given: Given, whenTrue: boolean]>([
    [undefined, true],
    ['', false],
    ['a', false],
    [['a', 'b'], false],
  ])('Null of %o; set operators change nothing, and IfExists is none of its suffixes', (given, whenTrue) => {
    for (const operator of ['Null', 'ForAnyValue:Null', 'ForAllValues:Null']) {
      expect(holds(operator, 'true', given)).toBe(whenTrue);
      expect(holds(operator, 'TRUE', given)).toBe(whenTrue);
      expect(holds(operator, 'false', given)).toBe(!whenTrue);
      expect(holds(operator, ['true', 'false'], given)).toBe(true);
      expect(holds(operator, 'yes', given)).toBe(false);
    }
  });

  test('without values of the policy, nothing fits and everything differs', () => {
    expect([holds('StringEquals', [], 'a'), holds('StringNotEquals', [], 'a')]).toEqual([false, true]);
    expect([holds('Null', [], 'a'), holds('Null', [], undefined)]).toEqual([false, false]);
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
describe('policy variables in values', () => {
  const others = {
    'aws:principaltag/team': 'red',
    'k:star': '*',
    'k:yes': 'true',
    'k:ten': '10',
    'k:ip': '10.0.0.1',
    'k:arn': 'arn:aws:s3:::b',
    'aws:tagkeys': 'red',
    'k:list': ['red'],
  };
  const DEFAULT = "${k:none, 'red'}";

  test.each<[operator: string, wanted: string, given: string, expected: boolean]>([
    ['StringEquals', '${aws:PrincipalTag/team}', 'red', true],
    ['StringEquals', '${AWS:principaltag/TEAM}', 'red', true],
    ['StringEquals', 'team-${aws:PrincipalTag/team}-x', 'team-red-x', true],
    ['StringEquals', '${aws:PrincipalTag/team}', 'RED', false],
    ['StringEqualsIgnoreCase', '${aws:PrincipalTag/team}', 'RED', true],
    ['StringLike', '${aws:PrincipalTag/team}/*', 'red/a', true],
    ['StringLike', '${k:star}', 'anything', false],
    ['StringLike', '${k:star}', '*', true],
    ['ArnLike', 'arn:aws:iam::*:role/${aws:PrincipalTag/team}', 'arn:aws:iam::1:role/red', true],
    ['ArnEquals', '${k:arn}', 'arn:aws:s3:::b', true],
    ['ArnNotLike', '${k:arn}', 'arn:aws:s3:::b', false],
    ['Bool', '${k:yes}', 'true', true],
    ['NumericEquals', '${k:ten}', '10', false],
    ['NumericNotEquals', '${k:ten}', '11', false],
    ['IpAddress', '${k:ip}', '10.0.0.1', false],
    ['DateLessThan', '${k:ten}', '5', false],
    ['BinaryEquals', '${k:yes}', 'true', false],
    // Defaults, wherever variables are.
    ['StringEquals', DEFAULT, 'red', true],
    ['StringEquals', DEFAULT, 'blue', false],
    ['StringNotEquals', DEFAULT, 'red', false],
    ['StringLike', `${DEFAULT}/*`, 'red/a', true],
    ['StringNotLike', `${DEFAULT}/*`, 'red/a', false],
    ['ArnEquals', `arn:aws:s3:::${DEFAULT}`, 'arn:aws:s3:::red', true],
    ['ArnNotEquals', `arn:aws:s3:::${DEFAULT}`, 'arn:aws:s3:::red', false],
    ['Bool', "${k:none, 'true'}", 'true', true],
    ['StringEquals', "${aws:PrincipalTag/team, 'blue'}", 'red', true],
    ['StringEquals', "${k:none, 'a, b'}", 'a, b', true],
    ['StringEquals', "${k:none, ''}", '', true],
    ['StringLike', "${k:none, '*'}", 'anything', false],
    // No value and no default: a positive operator does not match, a negated one does.
    ['StringEquals', '${k:none}', '${k:none}', false],
    ['StringNotEquals', '${k:none}', 'red', true],
    ['StringLike', '*${k:none}', 'red', false],
    ['StringNotLike', '*${k:none}', 'red', true],
    ['ArnLike', 'arn:aws:s3:::${k:none}', 'arn:aws:s3:::b', false],
    ['ArnNotLike', 'arn:aws:s3:::${k:none}', 'arn:aws:s3:::b', true],
    // Multi-valued keys cannot be put in, neither declared ones nor given lists.
    ['StringEquals', '${aws:TagKeys}', 'red', false],
    ['StringEquals', '${k:list}', 'red', false],
    // The characters themselves.
    ['StringLike', 'a${*}', 'a*', true],
    ['StringLike', 'a${*}', 'ab', false],
    ['StringLike', 'a${?}', 'a?', true],
    ['StringLike', 'a${?}', 'ab', false],
    ['StringEquals', '${$}{k:yes}', '${k:yes}', true],
    ['StringEquals', '${', '${', true],
    ['StringEquals', 'a${}', 'a${}', true],
  ])('%s %s, given %s: %s', (operator, wanted, given, expected) => {
    expect(holds(operator, wanted, given, { others })).toBe(expected);
  });

  test('in documents of 2008-10-17 they are text', () => {
    const text = '${aws:PrincipalTag/team}';
    expect(holds('StringEquals', text, text, { others, variables: false })).toBe(true);
    expect(holds('StringEquals', text, 'red', { others, variables: false })).toBe(false);
    expect(holds('StringLike', 'a${*}b', 'a${anything}b', { others, variables: false })).toBe(true);
  });
});

test('keys compare without case, also the part behind the slash; values do not', () => {
  const tagged = { key: 'AWS:ResourceTag/Env' };
  expect(holds('StringEquals', 'prod', 'prod', tagged)).toBe(true);
  expect(compileCondition('StringEquals', 'aws:RequestTag/ENV', ['prod'], true).key.name).toBe('aws:requesttag/env');
  expect(holds('StringEquals', 'prod', 'Prod', tagged)).toBe(false);
});
