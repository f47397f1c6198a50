/**
 * What cannot be read never opens a door: an entry of an Allow matches nothing, of a Deny everything; an Allow whose restriction
 * cannot be read does not apply, a Deny does. One row for each way in which an element can be unreadable.
 */
import { describe, expect, test } from 'vitest';
import { readPolicy } from '../../src/policy/load.ts';
import type { PolicyKind } from '../../src/policy/policy-kind.ts';
import { engineDecision } from '../support/engine.ts';
import type { Doc, Json, NaiveRequest } from '../support/naive-evaluator.ts';
import { A, action, user } from '../support/world.ts';

const OBJECT = 'arn:aws:s3:::b/x';
const EVERYTHING: Doc = { Effect: 'Allow', Action: '*', Resource: '*' };
const MATCHING: Doc = { Action: 's3:GetObject', Resource: OBJECT };
const q: NaiveRequest = {
  principal: user(A, 'alice'),
  action: action('s3:GetObject'),
  resource: { arn: OBJECT, accountId: A, organization: null, tags: {}, policy: null, bindings: {}, rcp: null },
  identity: [],
  boundary: null,
  session: null,
  scp: null,
  context: new Map([['aws:sourceip', '10.1.2.3']]),
  now: Date.UTC(2026, 10, 26),
  authority: 'directory',
};
const doc = (...Statement: readonly Json[]): Doc => ({ Version: '2012-10-17', Statement });
const effect = (...identity: readonly Doc[]): string => engineDecision({ ...q, identity }).effect;
const faultsOf = (document: string | Doc, kind: PolicyKind = 'identity') =>
  readPolicy(document, kind).faults.map(({ message, taken }) => [message, taken]);

describe('an entry of Action or Resource', () => {
  test.each<[element: string, entry: Json, problem: string]>([
    ['Action', '', '`Statement[0].Action`: `` is not an action'],
    ['Action', 'GetObject', '`Statement[0].Action`: `GetObject` is not an action'],
    ['Action', 's3:Get Object', '`Statement[0].Action`: `s3:Get Object` is not an action'],
    ['Action', 's3:Get*,s3:Put*', '`Statement[0].Action`: `s3:Get*,s3:Put*` is not an action'],
    ['Action', 's*:Get*', '`Statement[0].Action`: `s*:Get*` is not an action'],
    ['Action', 7, '`Statement[0].Action` must be a string or a list of strings'],
    ['Action', null, '`Statement[0].Action` must be a string or a list of strings'],
    ['Action', {}, '`Statement[0].Action` must be a string or a list of strings'],
    ['Resource', '', '`Statement[0].Resource`: `` is not an ARN'],
    ['Resource', 'b/*', '`Statement[0].Resource`: `b/*` is not an ARN'],
    ['Resource', ' *', '`Statement[0].Resource`: ` *` is not an ARN'],
    [
      'Resource',
      'arn:awss:s3:::b',
      '`Statement[0].Resource`: `arn:awss:s3:::b` is not an ARN: there is no partition `awss`',
    ],
    ['Resource', 'arn:aws::::b', '`Statement[0].Resource`: `arn:aws::::b` is not an ARN: it names no service'],
    [
      'Resource',
      'arn:aws:sqs:us_east_1:111111111111:q',
      '`Statement[0].Resource`: `arn:aws:sqs:us_east_1:111111111111:q` is not an ARN: `us_east_1` cannot be a Region',
    ],
    [
      'Resource',
      'arn:aws:sqs:us-east-1:1234567890:q',
      '`Statement[0].Resource`: `arn:aws:sqs:us-east-1:1234567890:q` is not an ARN: `1234567890` cannot be an account',
    ],
    [
      'Resource',
      'arn:aws:s3:us-east-1::b',
      '`Statement[0].Resource`: `arn:aws:s3:us-east-1::b` is not an ARN: one of s3 has no Region',
    ],
    [
      'Resource',
      'arn:aws:iam:us-east-1:111111111111:role/r',
      '`Statement[0].Resource`: `arn:aws:iam:us-east-1:111111111111:role/r` is not an ARN: one of iam has no Region',
    ],
    ['Resource', false, '`Statement[0].Resource` must be a string or a list of strings'],
  ])('%s %j', (element, entry, problem) => {
    const readable = MATCHING[element] ?? null;
    const statement = (Effect: string, entries: Json): Doc => ({ ...MATCHING, Effect, [element]: entries });
    // Of an Allow it matches nothing, and its neighbours count.
    expect(effect(doc(statement('Allow', entry)))).toBe('IMPLICIT_DENY');
    expect(effect(doc(statement('Allow', [entry, readable])))).toBe('ALLOWED');
    expect(faultsOf(doc(statement('Allow', [readable, entry])))).toEqual([[problem, 'it is taken to match nothing']]);
    // Of a Deny it matches everything of its kind, and only that.
    const elsewhere = element === 'Action' ? { Resource: 'arn:aws:s3:::c/*' } : { Action: 'ec2:*' };
    for (const entries of [entry, [entry, element === 'Action' ? 'ec2:*' : 'arn:aws:s3:::c/*']]) {
      expect(effect(doc(EVERYTHING, statement('Deny', entries)))).toBe('EXPLICIT_DENY');
      expect(effect(doc(EVERYTHING, { ...statement('Deny', entries), ...elsewhere }))).toBe('ALLOWED');
    }
    expect(faultsOf(doc(statement('Deny', entry)))).toEqual([[problem, 'it is taken to match everything']]);
    // Of an exception: a Deny excepts nothing by it, and what an Allow would except is not known.
    const { [element]: _left, ...others } = MATCHING;
    const except = (Effect: string): Doc => ({ ...others, Effect, [`Not${element}`]: [entry] });
    expect(effect(doc(except('Allow')))).toBe('IMPLICIT_DENY');
    expect(effect(doc(EVERYTHING, except('Deny')))).toBe('EXPLICIT_DENY');
  });
});

describe('a line of Condition', () => {
  test.each<[operator: string, key: string, value: Json, place: string]>([
    ['StringEqual', 'aws:username', 'alice', '.StringEqual` is not a condition operator'],
    ['ForEachValue:StringEquals', 'aws:username', 'alice', '.ForEachValue:StringEquals` is not a condition operator'],
    ['NullIfExists', 'aws:username', 'false', '.NullIfExists` is not a condition operator'],
    [
      'IpAddress',
      'aws:SourceIp',
      '10.0.0',
      '.IpAddress.aws:SourceIp` holds `10.0.0`, which is not an IP address or range',
    ],
    [
      'NotIpAddress',
      'aws:SourceIp',
      '10.0.0.0/33',
      '.NotIpAddress.aws:SourceIp` holds `10.0.0.0/33`, which is not an IP address or range',
    ],
    [
      'IpAddress',
      'aws:SourceIp',
      ['10.0.0.0/8', 'home'],
      '.IpAddress.aws:SourceIp` holds `home`, which is not an IP address or range',
    ],
    [
      'DateGreaterThan',
      'aws:CurrentTime',
      'today',
      '.DateGreaterThan.aws:CurrentTime` holds `today`, which is not a date',
    ],
    [
      'DateNotEquals',
      'aws:CurrentTime',
      '2026-13-01',
      '.DateNotEquals.aws:CurrentTime` holds `2026-13-01`, which is not a date',
    ],
    ['NumericLessThan', 'k:n', 'ten', '.NumericLessThan.k:n` holds `ten`, which is not a number'],
    [
      'NumericNotEqualsIfExists',
      'k:n',
      '${k:m}',
      '.NumericNotEqualsIfExists.k:n` holds `${k:m}`, which is not a number',
    ],
    ['Bool', 'aws:SecureTransport', 'yes', '.Bool.aws:SecureTransport` holds `yes`, which is not `true` or `false`'],
    ['Null', 'aws:username', 'no', '.Null.aws:username` holds `no`, which is not `true` or `false`'],
    ['BinaryEquals', 'k:b', '!', '.BinaryEquals.k:b` holds `!`, which is not base64'],
    ['ArnLike', 'aws:PrincipalArn', 'alice', '.ArnLike.aws:PrincipalArn` holds `alice`, which is not an ARN'],
    [
      'ArnNotLike',
      'aws:PrincipalArn',
      'arn:aws:iam::*',
      '.ArnNotLike.aws:PrincipalArn` holds `arn:aws:iam::*`, which is not an ARN',
    ],
    [
      'ArnEquals',
      'aws:PrincipalArn',
      'arn:awss:iam::*:user/*',
      '.ArnEquals.aws:PrincipalArn` holds `arn:awss:iam::*:user/*`, which is not an ARN',
    ],
    [
      'StringEquals',
      'aws:username',
      null,
      '.StringEquals.aws:username` must be a string, number or boolean, or a list of them',
    ],
    [
      'StringEquals',
      'aws:username',
      [['alice']],
      '.StringEquals.aws:username` must be a string, number or boolean, or a list of them',
    ],
  ])('%s %s %j: an Allow does not apply, in a Deny it counts as met', (operator, key, value, place) => {
    const Condition = { [operator]: { [key]: value } };
    const message = `\`Statement[0].Condition${place}`;
    expect(effect(doc({ ...EVERYTHING, Condition }))).toBe('IMPLICIT_DENY');
    expect(effect(doc(EVERYTHING, { ...EVERYTHING, Effect: 'Deny', Condition }))).toBe('EXPLICIT_DENY');
    expect(faultsOf(doc({ ...EVERYTHING, Condition }))).toEqual([[message, 'the statement is taken to allow nothing']]);
    // The other lines still say when the Deny is meant.
    const lines = (name: string): Doc => ({ ...Condition, StringLike: { 'aws:username': name } });
    expect(effect(doc(EVERYTHING, { ...EVERYTHING, Effect: 'Deny', Condition: lines('al*') }))).toBe('EXPLICIT_DENY');
    expect(effect(doc(EVERYTHING, { ...EVERYTHING, Effect: 'Deny', Condition: lines('bo*') }))).toBe('ALLOWED');
  });

  test.each<[name: string, Condition: Json]>([
    ['an operator that does not exist, of nothing', { StringEqual: {} }],
    [
      'an ARN with policy variables',
      { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::${aws:PrincipalAccount}:user/*' } },
    ],
    ['a boolean that is a policy variable', { BoolIfExists: { 'k:b': '${k:c}' } }],
    ['numbers and booleans without quotes', { NumericEqualsIfExists: { 'k:n': 5 }, BoolIfExists: { 'k:b': true } }],
    ['any text', { StringNotEquals: { 'aws:username': ['', '*', '${'] } }],
    ['nothing but a star for an ARN', { ArnLike: { 'aws:PrincipalArn': '*' } }],
  ])('readable is %s', (_name, Condition) => {
    expect(faultsOf(doc({ ...EVERYTHING, Condition }))).toEqual([]);
  });
});

describe('a statement', () => {
  const ALLOWS_NOTHING = 'the statement is taken to allow nothing';
  const DENIES = 'the statement is taken to deny as if this restriction were met';

  test.each<[name: string, more: Doc, message: string]>([
    ['an unknown element', { Conditions: {} }, 'unknown element `Statement[0].Conditions`'],
    ['an element in another case', { action: 'ec2:*' }, 'unknown element `Statement[0].action`'],
    ['both of a pair', { NotAction: 'ec2:*' }, '`Statement[0]` has both `Action` and `NotAction`'],
    ['both resources', { NotResource: 'arn:aws:s3:::c' }, '`Statement[0]` has both `Resource` and `NotResource`'],
    [
      'a principal that has no place',
      { Principal: { AWS: '222222222222' } },
      '`Statement[0].Principal` has no place in this kind of policy',
    ],
    ['a Condition that is none', { Condition: [] }, '`Statement[0].Condition` must be an object'],
    [
      'an operator that holds no keys',
      { Condition: { StringEquals: 'a' } },
      '`Statement[0].Condition.StringEquals` must be an object',
    ],
  ])('with %s: an Allow does not apply, a Deny does', (_name, more, message) => {
    expect(effect(doc({ ...EVERYTHING, ...more }))).toBe('IMPLICIT_DENY');
    expect(faultsOf(doc({ ...EVERYTHING, ...more }))).toEqual([[message, ALLOWS_NOTHING]]);
    expect(effect(doc(EVERYTHING, { ...MATCHING, Effect: 'Deny', ...more }))).toBe('EXPLICIT_DENY');
    expect(faultsOf(doc({ ...MATCHING, Effect: 'Deny', ...more }))).toEqual([[message, DENIES]]);
  });

  test.each(['Action', 'Resource'])('without %s: an Allow does not apply, a Deny does', (element) => {
    const { [element]: _left, ...others } = MATCHING;
    expect(effect(doc({ ...others, Effect: 'Allow' }))).toBe('IMPLICIT_DENY');
    expect(effect(doc(EVERYTHING, { ...others, Effect: 'Deny' }))).toBe('EXPLICIT_DENY');
  });

  test.each<[Effect: Json, expected: string]>([
    ['allow', 'ALLOWED'],
    ['deny', 'EXPLICIT_DENY'],
    ['Denied', 'EXPLICIT_DENY'],
    [null, 'EXPLICIT_DENY'],
    [true, 'EXPLICIT_DENY'],
  ])('with the Effect %j: what is no Allow for sure could be a Deny', (Effect, expected) => {
    expect(effect(doc(EVERYTHING, { ...MATCHING, Effect }))).toBe(expected);
    expect(effect(doc({ ...MATCHING, Effect }))).not.toBe('ALLOWED');
    expect(faultsOf(doc({ ...MATCHING, Effect }))[0]?.[0]).toBe('`Statement[0].Effect` must be `Allow` or `Deny`');
  });

  test.each<Json>(['Deny *', 7, null, [[]]])('that is none, %j, could be any Deny', (statement) => {
    expect(effect(doc(EVERYTHING, statement))).toBe('EXPLICIT_DENY');
    expect(faultsOf(doc(statement))).toEqual([['`Statement[0]` must be an object', DENIES]]);
  });

  test('a Sid decides nothing, and one that is no string is no gap', () => {
    expect(effect(doc({ ...EVERYTHING, Sid: 7 }))).toBe('ALLOWED');
    expect(faultsOf(doc({ ...EVERYTHING, Sid: 7 }))).toEqual([['`Statement[0].Sid` must be a string', null]]);
  });
});

describe('a key that stands twice', () => {
  const allowed = JSON.stringify(doc(EVERYTHING));
  const decided = (text: string): readonly string[] => {
    const { statements } = readPolicy(text, 'identity');
    return statements.map(({ allows, actions, resources, conditions }) =>
      [
        allows ? 'Allow' : 'Deny',
        actions.patterns.length === 0 ? 'nothing' : 'something',
        resources?.patterns.some(({ everything }) => everything) === true ? 'anywhere' : 'somewhere',
        conditions.length,
      ].join(' '),
    );
  };

  test.each<[name: string, text: string, place: string, expected: string]>([
    [
      'Resource of a Deny',
      '{"Effect":"Deny","Action":"s3:*","Resource":"*","Resource":"arn:aws:s3:::b"}',
      '.Resource',
      'Deny something anywhere 0',
    ],
    [
      'Action of an Allow',
      '{"Effect":"Allow","Action":"s3:*","Action":"*","Resource":"*"}',
      '.Action',
      'Allow nothing anywhere 0',
    ],
    [
      'Effect',
      '{"Effect":"Allow","Effect":"Allow","Action":"*","Resource":"*"}',
      '.Effect',
      'Deny something anywhere 0',
    ],
    [
      'a condition key of an Allow',
      '{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"k:b":"true","k:b":"false"}}}',
      '.Condition.Bool.k:b',
      'Allow nothing anywhere 0',
    ],
    [
      'an operator of a Deny, beside another',
      '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"k:b":"true"},"Bool":{"k:c":"true"},"Null":{"k:d":"true"}}}',
      '.Condition.Bool',
      'Deny something anywhere 1',
    ],
  ])('%s: neither value counts', (_name, statement, place, expected) => {
    const text = `{"Version":"2012-10-17","Statement":[${statement}]}`;
    expect(decided(text)).toEqual([expected]);
    expect(faultsOf(text)[0]).toEqual([`a policy document must not have a key twice: \`Statement[0]${place}\``, null]);
  });

  test('Statement: nothing is known of either', () => {
    const text = allowed.replace('"Statement"', '"Statement":[],"Statement"');
    expect(decided(text)).toEqual(['Deny something anywhere 0']);
  });
});

test('of a Version that there is not, policy variables are unreadable, and everything else is read', () => {
  const of = (...Statement: readonly Doc[]): Doc => ({ Version: '2012-10-18', Statement });
  const home = { ...EVERYTHING, Resource: 'arn:aws:s3:::${aws:username}/*' };
  expect(effect(of(EVERYTHING))).toBe('ALLOWED');
  expect(effect(of({ ...EVERYTHING, Resource: ['arn:aws:s3:::b/*', home.Resource] }))).toBe('ALLOWED');
  expect(effect(of(home))).toBe('IMPLICIT_DENY');
  expect(effect(of(EVERYTHING, { ...home, Effect: 'Deny' }))).toBe('EXPLICIT_DENY');
  const Condition = { StringEquals: { 'aws:username': '${aws:username}' } };
  expect(effect(of({ ...EVERYTHING, Condition }))).toBe('IMPLICIT_DENY');
  expect(effect(of(EVERYTHING, { ...EVERYTHING, Effect: 'Deny', Condition }))).toBe('EXPLICIT_DENY');
});

describe('a principal', () => {
  const bucket = (policy: Doc, principal: NaiveRequest['principal'] = q.principal): string => {
    const resource = { ...q.resource, policy: doc(policy) };
    const { effect: found } = engineDecision({ ...q, principal, identity: [doc(EVERYTHING)], resource });
    return found;
  };
  const service = { kind: 'service', service: 'sns.amazonaws.com' } as const;
  const everybody = (more: Doc): Doc => ({ Effect: 'Deny', Action: '*', Resource: '*', ...more });

  test.each<Json>([
    { AWS: '1234567890' },
    { AWS: 'arn:aws:iam::1234567890:root' },
    { AWS: 'arn:awss:iam::111111111111:user/bob' },
    { AWS: 'arn:aws:iam::111111111111:group/g' },
    { AWS: 'arn:aws:iam::111111111111:role/*' },
    { AWS: 'arn:aws:iam::111111111111:role/*/R' },
    { AWS: 'arn:aws:iam:us-east-1:cloudfront:user/u' },
    { AWS: ['222222222222', 'bob'] },
    { AWS: [7] },
    { aws: '222222222222' },
    { CanonicalUser: 'short' },
    ['222222222222'],
    // Of texts the grammar has only `*`.
    '111111111111',
    'arn:aws:iam::111111111111:root',
    7,
    null,
  ])('of a Deny that cannot be read means everybody, of an Allow nobody: %j', (Principal) => {
    expect(bucket(everybody({ Principal }))).toBe('EXPLICIT_DENY');
    expect(bucket(everybody({ Principal, Action: 'ec2:*' }))).toBe('ALLOWED');
    expect(faultsOf(doc(everybody({ Principal })), 'resource')).toMatchObject([
      [{}, 'it is taken to match everything'],
    ]);
    const allowing = doc({ ...everybody({ Principal }), Effect: 'Allow' });
    expect(engineDecision({ ...q, resource: { ...q.resource, policy: allowing } }).effect).toBe('IMPLICIT_DENY');
    // In NotPrincipal it spares nobody.
    expect(bucket(everybody({ NotPrincipal: Principal }))).toBe('EXPLICIT_DENY');
    // Of an Allow, whom it would spare is not known: the statement allows nothing, as the fault says.
    const sparing = readPolicy(doc({ ...everybody({ NotPrincipal: Principal }), Effect: 'Allow' }), 'resource');
    expect(sparing.faults[0]?.taken).toBe('the statement is taken to allow nothing');
    expect(sparing.statements[0]?.actions).toEqual({ negated: false, patterns: [] });
  });

  test('a service that cannot be read means every service, and no user', () => {
    const Principal = { Service: '*.amazonaws.com' };
    expect(bucket(everybody({ Principal }))).toBe('ALLOWED');
    const granted = doc({ ...everybody({ Principal: { Service: service.service } }), Effect: 'Allow' });
    const statements = [...(granted['Statement'] as readonly Doc[]), everybody({ Principal })];
    const policy = doc(...statements);
    expect(engineDecision({ ...q, principal: service, resource: { ...q.resource, policy } }).effect).toBe(
      'EXPLICIT_DENY',
    );
    expect(engineDecision({ ...q, principal: service, resource: { ...q.resource, policy: granted } }).effect).toBe(
      'ALLOWED',
    );
  });

  test.each<Json>([
    { AWS: 'AIDAALICE1111111111' },
    { AWS: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE' },
    { AWS: 'arn:aws:sts::222222222222:assumed-role/R/s' },
    { CanonicalUser: '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be' },
    { Federated: 'cognito-identity.amazonaws.com' },
  ])('that is readable means whom it names: %j', (Principal) => {
    expect(bucket(everybody({ Principal }))).toBe('ALLOWED');
    expect(faultsOf(doc(everybody({ Principal })), 'resource')).toEqual([]);
  });
});
