import { beforeAll, describe, expect, it } from 'vitest';
import {
  type CheckTools,
  checkAccessNotGranted,
  checkNoPublicAccess,
  comparePolicies,
} from '../../../src/access/policy-checks/checks.ts';
import type { GrantOutcome } from '../../../src/access/policy-checks/outcome.ts';
import { openCatalog } from '../../../src/catalog/catalog.ts';
import type { JsonObject, JsonValue } from '../../../src/policy/json.ts';
import type { PolicyKind } from '../../../src/policy/policy-kind.ts';
import { finished } from '../../../src/policy/steps.ts';

// Pairs of documents written by hand to deceive the checks, each with the answer that follows from AWS's rules:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html and
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html. UNDECIDED stands where the answer is NO, but
// follows from what keys mean and not from how they are compared; and where the catalogue or the simulation does not tell.

type Answer = 'YES' | 'NO' | 'UNDECIDED';
type Statements = readonly JsonObject[];
type Pair = readonly [name: string, answer: Answer, before: Statements, after: Statements];

const ACCOUNT = '111111111111';
const iam = (name: string): string => `arn:aws:iam::${ACCOUNT}:${name}`;
const ROOT = iam('root');
const QUEUE = 'arn:aws:sqs:us-east-1:222222222222:q';
const OBJECTS = 'arn:aws:s3:::b/*';

const statement = (Effect: string, element: JsonObject, Condition?: JsonObject): JsonObject => ({
  Effect,
  ...element,
  ...(Condition === undefined ? {} : { Condition }),
});
const allow = (Action: JsonValue, Resource: JsonValue, condition?: JsonObject): JsonObject =>
  statement('Allow', { Action, Resource }, condition);
const deny = (Action: JsonValue, Resource: JsonValue, condition?: JsonObject): JsonObject =>
  statement('Deny', { Action, Resource }, condition);
/** Of an identity policy: reads objects. */
const reads = (condition?: JsonObject, Resource: JsonValue = OBJECTS): JsonObject =>
  allow('s3:GetObject', Resource, condition);
const readsBut = (condition: JsonObject): Statements => [reads(), deny('s3:GetObject', OBJECTS, condition)];
/** Of a queue's policy: lets somebody send. */
const sends = (condition?: JsonObject, Principal: JsonValue = '*'): JsonObject =>
  statement('Allow', { Principal, Action: 'sqs:SendMessage', Resource: QUEUE }, condition);
const sendsBut = (whom: JsonObject, condition?: JsonObject): Statements => [
  sends(),
  statement('Deny', { ...whom, Action: 'sqs:SendMessage', Resource: QUEUE }, condition),
];
const except = (...AWS: string[]): JsonObject => ({ NotPrincipal: { AWS } });

const ANSWERS = { found: 'YES', none: 'NO', undecided: 'UNDECIDED', unreadable: 'UNREADABLE' } as const;
const told = (outcome: GrantOutcome): string => ANSWERS[outcome.kind];
const textOf = (Statement: Statements): string => JSON.stringify({ Version: '2012-10-17', Statement });

let tools: CheckTools;
beforeAll(async () => {
  tools = { catalog: await openCatalog(), now: Date.UTC(2026, 10, 27) };
});

const compared = (kind: PolicyKind, before: Statements, after: Statements): GrantOutcome =>
  finished(comparePolicies(tools, { kind, before: textOf(before), after: textOf(after) }));

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
    expect(told(compared('identity', before, after))).toBe(answer);
  });
});

describe('policies of resources', () => {
  const all: JsonObject = { Principal: '*' };
  const id = (value: string, more: JsonObject = {}): Statements => [
    sends({ StringLike: { 'aws:userid': value }, ...more }),
  ];
  const type = (value: string): JsonObject => ({ StringEquals: { 'aws:PrincipalType': value } });
  const ofOrganization = (operator: string, ...ids: string[]): Statements =>
    sendsBut(all, { [operator]: { 'aws:PrincipalOrgID': ids } });
  const getsObjects = (Principal: JsonValue, condition?: JsonObject): JsonObject =>
    statement('Allow', { Principal, Action: 's3:GetObject', Resource: OBJECTS }, condition);
  const alice = [sends(undefined, { AWS: iam('user/alice') })];

  it.each<Pair>([
    [
      'NotPrincipal with one more',
      'YES',
      sendsBut(except(ROOT, iam('user/alice'))),
      sendsBut(except(ROOT, iam('user/alice'), iam('user/bob'))),
    ],
    [
      'NotPrincipal without the account',
      'NO',
      sendsBut(except(ROOT, iam('user/alice'))),
      sendsBut(except(iam('user/alice'))),
    ],
    ['NotPrincipal with a role', 'YES', sendsBut(except(ROOT)), sendsBut(except(ROOT, iam('role/R')))],
    [
      'NotPrincipal with a session more',
      'NO',
      sendsBut(except(ROOT, iam('role/R'))),
      sendsBut(except(ROOT, iam('role/R'), `arn:aws:sts::${ACCOUNT}:assumed-role/R/s`)),
    ],
    ['NotPrincipal of everybody', 'NO', sendsBut({ NotPrincipal: '*' }), [sends()]],
    [
      'NotPrincipal with a service more',
      'YES',
      sendsBut({ NotPrincipal: { Service: 'sns.amazonaws.com' } }),
      sendsBut({ NotPrincipal: { Service: ['sns.amazonaws.com', 's3.amazonaws.com'] } }),
    ],
    [
      'IfExists of a negated operator',
      'NO',
      ofOrganization('StringNotEquals', 'o-1'),
      ofOrganization('StringNotEqualsIfExists', 'o-1'),
    ],
    [
      'a value more in a negated operator',
      'YES',
      ofOrganization('StringNotEquals', 'o-1'),
      ofOrganization('StringNotEquals', 'o-1', 'o-2'),
    ],
    [
      'two Denies in place of two conditions',
      'NO',
      sendsBut(all, { StringNotEquals: { 'aws:SourceVpce': 'v', 'aws:PrincipalOrgID': 'o-1' } }),
      [...sendsBut(all, { StringNotEquals: { 'aws:SourceVpce': 'v' } }), ...ofOrganization('StringNotEquals', 'o-1')],
    ],
    [
      'two conditions in place of two Denies',
      'YES',
      [...sendsBut(all, { StringNotEquals: { 'aws:SourceVpce': 'v' } }), ...ofOrganization('StringNotEquals', 'o-1')],
      sendsBut(all, { StringNotEquals: { 'aws:SourceVpce': 'v', 'aws:PrincipalOrgID': 'o-1' } }),
    ],
    [
      'the root user’s ARN for the account',
      'NO',
      [sends(undefined, { AWS: ACCOUNT })],
      [sends(undefined, { AWS: ROOT })],
    ],
    [
      'an account by a condition',
      'NO',
      [sends({ StringEquals: { 'aws:PrincipalAccount': ACCOUNT } })],
      [sends(undefined, { AWS: ACCOUNT })],
    ],
    [
      'a session for its role',
      'NO',
      [sends(undefined, { AWS: iam('role/R') })],
      [sends(undefined, { AWS: `arn:aws:sts::${ACCOUNT}:assumed-role/R/s` })],
    ],
    [
      'a role for its session',
      'YES',
      [sends(undefined, { AWS: `arn:aws:sts::${ACCOUNT}:assumed-role/R/s` })],
      [sends(undefined, { AWS: iam('role/R') })],
    ],
    [
      'an account of another partition',
      'NO',
      [sends(undefined, { AWS: ROOT })],
      [sends(undefined, { AWS: ROOT }), sends(undefined, { AWS: `arn:aws-cn:iam::${ACCOUNT}:root` })],
    ],
    [
      'a user of an account that may own the bucket',
      'YES',
      [getsObjects({ AWS: ROOT })],
      [getsObjects({ AWS: [ROOT, iam('user/alice')] })],
    ],
    [
      'an account that may own the bucket, by a condition',
      'YES',
      [getsObjects({ AWS: ROOT })],
      [getsObjects('*', { StringEquals: { 'aws:PrincipalAccount': ACCOUNT } })],
    ],
    ['services and anonymous callers', 'YES', [sends({ Bool: { 'aws:PrincipalIsAWSService': 'false' } })], [sends()]],
    ['whoever has a name is a user', 'NO', [sends(type('User'))], [sends({ Null: { 'aws:username': 'false' } })]],
    ['an id of a role, for users, too', 'UNDECIDED', id('AROAX1:*', type('AssumedRole')), id('AROAX1:*')],
    ['an id of a user, for roles, too', 'UNDECIDED', [sends(type('User'))], id('AIDA*')],
    ['an id of a role', 'YES', alice, id('AROAX1:*')],
    ['the id of a root user', 'YES', alice, id(ACCOUNT)],
    [
      'a source identity, for users, too',
      'NO',
      [sends({ StringEquals: { 'aws:SourceIdentity': 'x', 'aws:PrincipalType': 'AssumedRole' } })],
      [sends({ StringEquals: { 'aws:SourceIdentity': 'x' } })],
    ],
    [
      'a tag of the root user',
      'NO',
      [sends({ StringEquals: { 'aws:PrincipalTag/x': 'y' }, StringNotEquals: { 'aws:PrincipalType': 'Account' } })],
      [sends({ StringEquals: { 'aws:PrincipalTag/x': 'y' } })],
    ],
    [
      'a source, for others than services, too',
      'UNDECIDED',
      [sends({ Bool: { 'aws:PrincipalIsAWSService': 'true' } })],
      [sends({ StringEquals: { 'aws:SourceAccount': ACCOUNT } })],
    ],
    ['a source of a service', 'YES', alice, [sends({ StringEquals: { 'aws:SourceAccount': ACCOUNT } })]],
  ])('%s: %s', (_name, answer, before, after) => {
    expect(told(compared('resource', before, after))).toBe(answer);
  });

  it.each<[name: string, answer: Answer, condition: JsonObject]>([
    ['a condition that can be absent', 'YES', { StringEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' } }],
    ['paths that can be absent', 'YES', { 'ForAllValues:StringLike': { 'aws:PrincipalOrgPaths': 'o-abc/*' } }],
    ['any path of one organization', 'NO', { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-abc/*' } }],
    ['one address, and all', 'YES', { IpAddress: { 'aws:SourceIp': ['192.0.2.1/32', '0.0.0.0/0'] } }],
    ['all addresses but some', 'YES', { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }],
    ['sessions of one role', 'NO', { StringLike: { 'aws:userid': 'AROAEXAMPLEID:*' } }],
    ['sessions of one name', 'YES', { StringLike: { 'aws:userid': '*:session' } }],
    ['one service', 'NO', { StringEquals: { 'aws:PrincipalServiceName': 'sns.amazonaws.com' } }],
    ['the beginning of an account id', 'YES', { StringLike: { 'aws:PrincipalArn': 'arn:aws:iam::1*:role/*' } }],
    [
      'the organization of the resource',
      'UNDECIDED',
      { StringEquals: { 'aws:PrincipalOrgID': '${aws:ResourceOrgID}' } },
    ],
    [
      'the account of the resource',
      'UNDECIDED',
      { StringEquals: { 'aws:PrincipalAccount': '${aws:ResourceAccount}' } },
    ],
  ])('public access by %s: %s', (_name, answer, condition) => {
    const document = textOf([
      statement('Allow', { Principal: '*', Action: 's3:GetObject', Resource: OBJECTS }, condition),
    ]);
    expect(told(finished(checkNoPublicAccess(tools, { kind: 'resource', document })))).toBe(answer);
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
