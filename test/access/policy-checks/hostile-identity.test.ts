import { beforeAll, describe, expect, it } from 'vitest';
import { type CheckTools, checkAccessNotGranted, comparePolicies } from '../../../src/access/policy-checks/checks.ts';
import type { GrantOutcome } from '../../../src/access/policy-checks/outcome.ts';
import { openCatalog } from '../../../src/catalog/catalog.ts';
import type { JsonObject } from '../../../src/policy/json.ts';
import { finished } from '../../../src/policy/steps.ts';
import {
  ACCOUNT,
  type Answer,
  allow,
  deny,
  iam,
  OBJECTS,
  type Pair,
  reads,
  readsBut,
  type Statements,
  statement,
  textOf,
  told,
} from './hostile-pairs.ts';

let tools: CheckTools;
beforeAll(async () => {
  tools = { catalog: await openCatalog(), now: Date.UTC(2026, 10, 27) };
});

const compared = (before: Statements, after: Statements): GrantOutcome =>
  finished(comparePolicies(tools, { kind: 'identity', before: textOf(before), after: textOf(after) }));

describe('identity policies', () => {
  const team = (operator: string, value: string): Statements => [
    reads({ [operator]: { 'aws:PrincipalTag/team': value } }),
  ];
  const tags = (operator: string, ...values: string[]): JsonObject => ({ [operator]: { 'aws:TagKeys': values } });
  const from = (operator: string, ...ranges: string[]): JsonObject => ({ [operator]: { 'aws:SourceIp': ranges } });
  const until = (operator: string, instant: string, key = 'aws:CurrentTime'): JsonObject => ({
    [operator]: { [key]: instant },
  });
  const mfa = (operator: string): JsonObject => ({ [operator]: { 'aws:MultiFactorAuthPresent': 'false' } });
  const through = (operator: string): JsonObject => ({ [operator]: { 'aws:SourceVpce': 'vpce-1' } });
  const absent: JsonObject = { Null: { 'aws:SourceVpce': 'true' } };
  const queue = (region: string, account: string): Statements => [
    allow('sqs:SendMessage', `arn:aws:sqs:${region}:${account}:q`),
  ];
  const instances = (key: string, ...values: string[]): Statements => [
    allow('ec2:StartInstances', '*', { StringEquals: { [key]: values } }),
  ];
  const making = (condition: JsonObject): Statements => [allow('ec2:CreateTags', '*', condition)];
  const passing = (role: string, condition?: JsonObject): Statements => [allow('iam:PassRole', role, condition)];
  const snapshots = (operator: string): Statements => [
    allow('ebs:GetSnapshotBlock', '*', { [operator]: { 'aws:ResourceAccount': ACCOUNT } }),
  ];
  const organized = (condition: JsonObject): Statements => [reads(condition)];
  const paths = (pattern: string): JsonObject => ({ 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': pattern } });

  it.each<Pair>([
    [
      'a variable, and any name',
      'YES',
      [reads(undefined, 'arn:aws:s3:::b/${aws:username}/*')],
      [reads({ StringLike: { 'aws:username': '*' } })],
    ],
    [
      'another variable',
      'YES',
      [reads(undefined, 'arn:aws:s3:::b/${aws:username}/*')],
      [reads(undefined, 'arn:aws:s3:::b/${aws:PrincipalTag/u}/*')],
    ],
    [
      'a default of a variable',
      'YES',
      [reads(undefined, 'arn:aws:s3:::b/${aws:username}')],
      [reads(undefined, "arn:aws:s3:::b/${aws:username, 'x'}")],
    ],
    [
      'a star for a literal star',
      'YES',
      [reads(undefined, 'arn:aws:s3:::b/a${*}b')],
      [reads(undefined, 'arn:aws:s3:::b/a*b')],
    ],
    [
      'a literal star for a star',
      'NO',
      [reads(undefined, 'arn:aws:s3:::b/a*b')],
      [reads(undefined, 'arn:aws:s3:::b/a${*}b')],
    ],
    [
      'NotResource with a variable, for everything',
      'YES',
      [
        allow('s3:GetObject', '*'),
        statement('Deny', { Action: 's3:GetObject', NotResource: 'arn:aws:s3:::b/${aws:username}/*' }),
      ],
      [allow('s3:GetObject', '*'), statement('Deny', { Action: 's3:GetObject', NotResource: OBJECTS })],
    ],
    ['IfExists', 'YES', [reads(through('StringEquals'))], [reads(through('StringEqualsIfExists'))]],
    [
      'IfExists in two statements',
      'NO',
      [reads(through('StringEquals')), reads(absent)],
      [reads(through('StringEqualsIfExists'))],
    ],
    [
      'IfExists of a negated operator',
      'NO',
      [reads(through('StringNotEquals'))],
      [reads(through('StringNotEqualsIfExists'))],
    ],
    ['Null, both ways', 'NO', [reads({ Null: { 'aws:SourceVpce': ['true', 'false'] } })], [reads()]],
    [
      'Null of what every request has',
      'NO',
      [allow('ec2:DescribeRegions', '*')],
      [reads({ Null: { 'aws:SecureTransport': 'true' } })],
    ],
    ['a Deny for MFA that is absent', 'YES', readsBut(mfa('BoolIfExists')), readsBut(mfa('Bool'))],
    ['a Deny for MFA that is absent, the other way', 'NO', readsBut(mfa('Bool')), readsBut(mfa('BoolIfExists'))],
    [
      'ForAllValues without tags',
      'YES',
      [reads(tags('ForAnyValue:StringEquals', 'a'))],
      [reads(tags('ForAllValues:StringEquals', 'a'))],
    ],
    [
      'ForAllValues with tags, none of which is empty',
      'UNDECIDED',
      [reads(tags('ForAnyValue:StringEquals', 'a'))],
      [reads({ ...tags('ForAllValues:StringEquals', 'a'), Null: { 'aws:TagKeys': 'false' } })],
    ],
    [
      'Denies for some and for all values',
      'YES',
      readsBut(tags('ForAnyValue:StringNotEquals', 'a')),
      readsBut(tags('ForAllValues:StringNotEquals', 'a')),
    ],
    [
      'Denies for all and for some values',
      'YES',
      readsBut(tags('ForAllValues:StringNotEquals', 'a')),
      readsBut(tags('ForAnyValue:StringNotEquals', 'a')),
    ],
    [
      'ForAllValues of a key with one value',
      'YES',
      team('StringEquals', 'red'),
      team('ForAllValues:StringEquals', 'red'),
    ],
    ['letters of either case', 'YES', team('StringEquals', 'red'), team('StringEqualsIgnoreCase', 'RED')],
    ['a star that is none', 'NO', team('StringLike', 'r*'), team('StringEquals', 'r*')],
    [
      'the instant itself',
      'YES',
      [reads(until('DateLessThan', '2026-01-01T00:00:00Z'))],
      [reads(until('DateLessThanEquals', '2026-01-01T00:00:00Z'))],
    ],
    [
      'another time zone',
      'NO',
      [reads(until('DateLessThan', '2026-01-02T00:00:00Z'))],
      [reads(until('DateLessThan', '2026-01-02T00:00:00+01:00'))],
    ],
    [
      'seconds for a date',
      'NO',
      [reads(until('DateLessThan', '1767225600'))],
      [reads(until('DateLessThan', '2026-01-01T00:00:00Z'))],
    ],
    [
      'a second more',
      'YES',
      [reads(until('DateLessThan', '1767225599'))],
      [reads(until('DateLessThan', '2026-01-01T00:00:00Z'))],
    ],
    [
      'a number for a date',
      'UNDECIDED',
      [reads(until('NumericLessThan', '1767225600', 'aws:EpochTime'))],
      [reads(until('DateLessThan', '2026-01-01T00:00:00Z', 'aws:EpochTime'))],
    ],
    ['all addresses, and none', 'YES', [reads(from('IpAddress', '0.0.0.0/0', '::/0'))], [reads()]],
    ['all addresses, if there is one', 'NO', [reads(from('IpAddressIfExists', '0.0.0.0/0', '::/0'))], [reads()]],
    ['the last address', 'YES', readsBut(from('IpAddress', '255.255.255.255/32')), [reads()]],
    [
      'addresses of another version',
      'YES',
      readsBut(from('NotIpAddress', '10.0.0.0/9')),
      readsBut(from('NotIpAddress', '10.0.0.0/9', '2001:db8::/32')),
    ],
    [
      'bits of a range that do not count',
      'NO',
      [reads(from('IpAddress', '10.0.0.1/24'))],
      [reads(from('IpAddress', '10.0.0.0/24'))],
    ],
    [
      'a public address through an endpoint',
      'UNDECIDED',
      [allow('ec2:DescribeRegions', '*')],
      [reads({ ...from('IpAddress', '10.0.0.0/9'), ...through('StringEquals') })],
    ],
    ['a star in the middle', 'NO', [reads(undefined, 'arn:aws:s3:::b*/x')], [reads(undefined, 'arn:aws:s3:::b/*/x')]],
    [
      'two stars around one letter',
      'NO',
      [reads(undefined, ['arn:aws:s3:::b/a*', 'arn:aws:s3:::b/*a'])],
      [reads(undefined, 'arn:aws:s3:::b/a*a')],
    ],
    [
      'an ARN of fewer parts',
      'NO',
      [allow('sqs:SendMessage', 'arn:aws:sqs:*')],
      [allow('sqs:SendMessage', 'arn:aws:sqs:*:*:*')],
    ],
    [
      'a Deny whose star crosses colons',
      'YES',
      [...queue('us-east-1', ACCOUNT), deny('sqs:SendMessage', 'arn:aws:sqs:us-*:q')],
      queue('us-east-1', ACCOUNT),
    ],
    ['the beginning of an account id', 'YES', queue('us-east-1', '1111*'), queue('us-east-1', '*')],
    ['the beginning of another account id', 'UNDECIDED', queue('us-east-1', '1111*'), queue('us-east-1', '1112*')],
    ['Regions by a pattern', 'YES', queue('us-*', ACCOUNT), queue('*', ACCOUNT)],
    [
      'letters of either case in actions and services',
      'NO',
      [allow('s3:Get*', OBJECTS)],
      [allow('S3:GET?BJECT', 'arn:aws:S3:::b/*')],
    ],
    ['letters of either case in names', 'YES', [reads()], [reads(undefined, 'arn:aws:s3:::B/*')]],
    [
      'NotResource in a Deny',
      'NO',
      [allow('s3:*', OBJECTS)],
      [allow('s3:*', '*'), statement('Deny', { Action: 's3:*', NotResource: OBJECTS })],
    ],
    [
      'NotAction with one less',
      'YES',
      [statement('Allow', { NotAction: ['s3:*', 'iam:*'], Resource: '*' })],
      [statement('Allow', { NotAction: 's3:*', Resource: '*' })],
    ],
    ['one tag by two keys', 'UNDECIDED', instances('aws:ResourceTag/x', 'a'), instances('ec2:ResourceTag/x', 'a')],
    [
      'one tag by two keys, and a value more',
      'YES',
      instances('aws:ResourceTag/x', 'a'),
      instances('ec2:ResourceTag/x', 'a', 'b'),
    ],
    [
      'a tag of a request without its key',
      'UNDECIDED',
      making(tags('ForAnyValue:StringEquals', 'a')),
      making({ StringEquals: { 'aws:RequestTag/a': '1' } }),
    ],
    [
      'a tag of a request, and another key',
      'YES',
      making(tags('ForAnyValue:StringEquals', 'b')),
      making({ StringEquals: { 'aws:RequestTag/a': '1' } }),
    ],
    [
      'an organization without a path',
      'UNDECIDED',
      organized(paths('o-abc/*')),
      organized({ StringEquals: { 'aws:PrincipalOrgID': 'o-abc' } }),
    ],
    [
      'a path without an organization',
      'UNDECIDED',
      organized({ StringEquals: { 'aws:PrincipalOrgID': 'o-abc' } }),
      organized(paths('o-abc/*')),
    ],
    [
      'an organization outside of the path',
      'YES',
      organized(paths('o-abc/r-1/ou-1/*')),
      organized({ StringEquals: { 'aws:PrincipalOrgID': 'o-abc' } }),
    ],
    [
      'a path of another organization',
      'YES',
      organized({ StringEquals: { 'aws:PrincipalOrgID': 'o-b' } }),
      organized(paths('o-abc/r-1/*')),
    ],
    [
      'a chain of services without a service',
      'UNDECIDED',
      [reads({ Bool: { 'aws:ViaAWSService': 'true' } })],
      [reads({ 'ForAnyValue:StringEquals': { 'aws:CalledVia': 'athena.amazonaws.com' } })],
    ],
    [
      'a key that one of many actions lacks',
      'YES',
      [allow('kms:Re*', '*', { StringLike: { 'kms:CallerAccount': '*' } })],
      [allow('kms:Re*', '*')],
    ],
    [
      'an owner that requests of some actions lack',
      'UNDECIDED',
      snapshots('StringEquals'),
      snapshots('StringEqualsIfExists'),
    ],
    [
      'an owner who is another one, or nobody',
      'NO',
      snapshots('StringNotEqualsIfExists'),
      snapshots('StringNotEquals'),
    ],
    ['roles of a named account', 'YES', passing(iam('role/App')), passing(iam('role/*'))],
    [
      'a role of a named account, to its principals',
      'NO',
      passing('*', { StringEquals: { 'aws:PrincipalAccount': ACCOUNT } }),
      passing(iam('role/App')),
    ],
  ])('%s: %s', (_name, answer, before, after) => {
    expect(told(compared(before, after))).toBe(answer);
  });
});

it.each<
  [name: string, answer: Answer, statement: JsonObject, actions: readonly string[], resources: readonly string[]]
>([
  ['patterns that meet', 'YES', allow('s3:GetObject', 'arn:aws:s3:::b/*y'), [], ['arn:aws:s3:::b/x*']],
  ['patterns that do not meet', 'NO', allow('s3:GetObject', 'arn:aws:s3:::b/y*'), [], ['arn:aws:s3:::b/x*']],
  ['patterns of account ids', 'YES', allow('sqs:*', 'arn:aws:sqs:*:1111*:q'), [], ['arn:aws:sqs:us-east-1:11112*:q']],
  [
    'roles of a named account',
    'YES',
    allow('iam:PassRole', 'arn:aws:iam::*:role/Adm*'),
    ['iam:PassRole'],
    [iam('role/*min')],
  ],
  ['an action without a resource', 'NO', allow('ec2:DescribeInstances', '*'), [], ['arn:aws:ec2:*:*:instance/*']],
])('what must not be granted, by %s: %s', (_name, answer, one, actions, resources) => {
  const asked = { kind: 'identity', document: textOf([one]), actions, resources } as const;
  expect(told(finished(checkAccessNotGranted(tools, asked)))).toBe(answer);
});
