import { beforeAll, describe, expect, it } from 'vitest';
import { type CheckTools, checkNoPublicAccess, comparePolicies } from '../../../src/access/policy-checks/checks.ts';
import type { GrantOutcome } from '../../../src/access/policy-checks/outcome.ts';
import { openCatalog } from '../../../src/catalog/catalog.ts';
import type { JsonObject, JsonValue } from '../../../src/policy/json.ts';
import { finished } from '../../../src/policy/steps.ts';
import {
  ACCOUNT,
  type Answer,
  except,
  iam,
  OBJECTS,
  type Pair,
  ROOT,
  type Statements,
  sends,
  sendsBut,
  statement,
  textOf,
  told,
} from './hostile-pairs.ts';

let tools: CheckTools;
beforeAll(async () => {
  tools = { catalog: await openCatalog(), now: Date.UTC(2026, 10, 27) };
});

const compared = (before: Statements, after: Statements): GrantOutcome =>
  finished(comparePolicies(tools, { kind: 'resource', before: textOf(before), after: textOf(after) }));

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
    expect(told(compared(before, after))).toBe(answer);
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
