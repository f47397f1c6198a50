/**
 * The condition keys that follow from who asks, about what, and when: what each holds for every kind of principal, and that
 * no request can say otherwise.
 */
import { describe, expect, test } from 'vitest';
import type { PrincipalFacts } from '../../src/evaluation/principal.ts';
import { engineDecision } from '../support/engine.ts';
import type { Doc, NaiveRequest } from '../support/naive-evaluator.ts';
import { A, action, federated, M, organizationOf, role, root, session, user, X } from '../support/world.ts';

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html and, for aws:userid and aws:username,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-infotouse
type Value = string | readonly string[] | undefined;

const ISSUED = Date.UTC(2026, 10, 1);
const ISSUE_TIME = '2026-11-01T00:00:00.000Z';
const NOW = Date.UTC(2026, 10, 23, 17, 30, 0, 250);
const ORG = 'o-exampleorg1';
const PATH = [`o-exampleorg1/r-ab12/ou-ab12-${A}/`];

const sessionOfWeb = { ...session(A), federatedProvider: 'accounts.google.com' } as PrincipalFacts;

const inOrganization = {
  'aws:PrincipalAccount': A,
  'aws:PrincipalOrgID': ORG,
  'aws:PrincipalOrgPaths': PATH,
  'aws:PrincipalOrgMasterAccountId': M,
  'aws:PrincipalIsAWSService': 'false',
};

const PRINCIPALS: readonly (readonly [name: string, facts: PrincipalFacts, values: Readonly<Record<string, Value>>])[] =
  [
    [
      'a user with a long-term key',
      user(A, 'alice', { Team: 'red' }),
      {
        ...inOrganization,
        'aws:PrincipalArn': `arn:aws:iam::${A}:user/alice`,
        'aws:PrincipalTag/team': 'red',
        'aws:PrincipalType': 'User',
        'aws:userid': `AIDAALICE${A}`,
        'aws:username': 'alice',
      },
    ],
    [
      'a user with credentials of GetSessionToken',
      { ...user(A), issuedAt: ISSUED },
      {
        ...inOrganization,
        'aws:PrincipalArn': `arn:aws:iam::${A}:user/alice`,
        'aws:PrincipalType': 'User',
        'aws:userid': `AIDAALICE${A}`,
        'aws:username': 'alice',
        'aws:TokenIssueTime': ISSUE_TIME,
      },
    ],
    [
      'a user of no organization',
      user(X),
      {
        'aws:PrincipalArn': `arn:aws:iam::${X}:user/alice`,
        'aws:PrincipalAccount': X,
        'aws:PrincipalIsAWSService': 'false',
        'aws:PrincipalType': 'User',
        'aws:userid': `AIDAALICE${X}`,
        'aws:username': 'alice',
      },
    ],
    [
      'a user of the management account',
      user(M),
      {
        ...inOrganization,
        'aws:PrincipalAccount': M,
        'aws:PrincipalOrgPaths': ['o-exampleorg1/r-ab12/'],
        'aws:PrincipalArn': `arn:aws:iam::${M}:user/alice`,
        'aws:PrincipalType': 'User',
        'aws:userid': `AIDAALICE${M}`,
        'aws:username': 'alice',
      },
    ],
    [
      'a role session',
      sessionOfWeb,
      {
        ...inOrganization,
        'aws:PrincipalArn': `arn:aws:iam::${A}:role/team/App`,
        // Its own tag, not the role's.
        'aws:PrincipalTag/team': 'blue',
        'aws:PrincipalType': 'AssumedRole',
        'aws:userid': `AROAAPP${A}:s1`,
        'aws:TokenIssueTime': ISSUE_TIME,
        'aws:SourceIdentity': 'al',
        'aws:FederatedProvider': 'accounts.google.com',
      },
    ],
    [
      'a role session that is only asked about, without a name',
      { ...session(A, null), tags: {}, sourceIdentity: null, issuedAt: null } as PrincipalFacts,
      {
        ...inOrganization,
        'aws:PrincipalArn': `arn:aws:iam::${A}:role/team/App`,
        'aws:PrincipalTag/team': 'red',
        'aws:PrincipalType': 'AssumedRole',
        'aws:TokenIssueTime': '2026-11-23T17:30:00.250Z',
      },
    ],
    [
      'a federated user',
      federated(A),
      {
        ...inOrganization,
        'aws:PrincipalArn': `arn:aws:sts::${A}:federated-user/fed`,
        'aws:PrincipalTag/team': 'green',
        'aws:PrincipalType': 'FederatedUser',
        'aws:userid': `${A}:fed`,
        'aws:TokenIssueTime': ISSUE_TIME,
      },
    ],
    [
      'a root user',
      root(A),
      {
        ...inOrganization,
        'aws:PrincipalArn': `arn:aws:iam::${A}:root`,
        'aws:PrincipalType': 'Account',
        'aws:userid': A,
      },
    ],
    [
      'a root user at the console',
      { ...root(A), issuedAt: ISSUED } as PrincipalFacts,
      {
        ...inOrganization,
        'aws:PrincipalArn': `arn:aws:iam::${A}:root`,
        'aws:PrincipalType': 'Account',
        'aws:userid': A,
        'aws:TokenIssueTime': ISSUE_TIME,
      },
    ],
    [
      'a service',
      { kind: 'service', service: 'sns.amazonaws.com' },
      {
        'aws:PrincipalIsAWSService': 'true',
        'aws:PrincipalServiceName': 'sns.amazonaws.com',
        'aws:PrincipalServiceNamesList': ['sns.amazonaws.com'],
      },
    ],
    [
      'nobody in particular',
      { kind: 'anonymous' },
      { 'aws:PrincipalAccount': 'anonymous', 'aws:PrincipalType': 'Anonymous', 'aws:userid': 'anonymous' },
    ],
    [
      'who comes with a web identity',
      { kind: 'anonymous', federatedProvider: 'accounts.google.com' },
      {
        'aws:PrincipalAccount': 'anonymous',
        'aws:PrincipalType': 'Anonymous',
        'aws:userid': 'anonymous',
        'aws:FederatedProvider': 'accounts.google.com',
      },
    ],
  ];

const PRINCIPAL_KEYS = [
  'aws:PrincipalArn',
  'aws:PrincipalAccount',
  'aws:PrincipalOrgID',
  'aws:PrincipalOrgPaths',
  'aws:PrincipalOrgMasterAccountId',
  'aws:PrincipalTag/team',
  'aws:PrincipalType',
  'aws:userid',
  'aws:username',
  'aws:PrincipalIsAWSService',
  'aws:PrincipalServiceName',
  'aws:PrincipalServiceNamesList',
  'aws:TokenIssueTime',
  'aws:SourceIdentity',
  'aws:FederatedProvider',
  'aws:AssumedRoot',
];

/** The owner's account is not that of the caller's, and nothing is tagged, unless said. */
const asking = (
  principal: PrincipalFacts,
  resource: Partial<NaiveRequest['resource']>,
  Condition: Doc,
  context: NaiveRequest['context'],
  authority: NaiveRequest['authority'] = 'directory',
): boolean => {
  const Statement = [{ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*', Condition }];
  const decision = engineDecision({
    principal,
    // Whose ARN names no account, and whose tags are nothing special.
    action: action('apigateway:GET'),
    resource: {
      arn: 'arn:aws:apigateway:us-east-1::/restapis/a',
      accountId: A,
      organization: organizationOf(A),
      tags: {},
      bindings: {},
      rcp: null,
      ...resource,
      policy: { Version: '2012-10-17', Statement },
    },
    identity: [],
    boundary: null,
    session: null,
    scp: null,
    context,
    now: NOW,
    authority,
  });
  return decision.effect === 'EXPLICIT_DENY';
};

/** The condition that holds for exactly this value. */
const exactly = (key: string, value: Value): Doc => {
  if (value === undefined) return { Null: { [key]: 'true' } };
  if (typeof value === 'string') return { StringEquals: { [key]: value } };
  return { Null: { [key]: 'false' }, 'ForAllValues:StringEquals': { [key]: [...value] } };
};

const forged = (keys: readonly string[], value: string | readonly string[]): NaiveRequest['context'] =>
  new Map(keys.map((key) => [key.toLowerCase(), value]));

describe.each(PRINCIPALS)('%s', (_name, facts, values) => {
  // What of a session without a name is its name is neither there nor absent: see unsaid.test.ts.
  const nameless = facts.kind === 'roleSession' && facts.sessionName === null;
  test.each(PRINCIPAL_KEYS.filter((key) => !nameless || key !== 'aws:userid'))('%s', (key) => {
    const value = values[key];
    expect(asking(facts, {}, exactly(key, value), new Map())).toBe(true);
    for (const lie of ['forged', ['forged', 'twice']]) {
      const context = forged(PRINCIPAL_KEYS, lie);
      expect(asking(facts, {}, exactly(key, value), context)).toBe(true);
      expect(asking(facts, {}, { 'ForAnyValue:StringEquals': { [key]: 'forged' } }, context)).toBe(false);
    }
    // A simulation may suppose anything.
    expect(asking(facts, {}, exactly(key, 'forged'), forged([key], 'forged'), 'context')).toBe(
      !['aws:PrincipalOrgPaths', 'aws:PrincipalServiceNamesList'].includes(key),
    );
  });

  test('no other tag of a principal can be forged', () => {
    const context = forged(['aws:PrincipalTag/other', 'aws:principaltag/OTHER'], 'forged');
    expect(asking(facts, {}, exactly('aws:PrincipalTag/other', undefined), context)).toBe(true);
  });
});

const RESOURCE_KEYS = [
  'aws:ResourceAccount',
  'aws:ResourceOrgID',
  'aws:ResourceOrgPaths',
  'aws:ResourceTag/env',
  'iam:ResourceTag/env',
];

test.each<[name: string, resource: Partial<NaiveRequest['resource']>, values: readonly Value[]]>([
  ['of a member account', { tags: { Env: 'prod' } }, [A, ORG, PATH, 'prod', 'prod']],
  ['without tags', { tags: {} }, [A, ORG, PATH, undefined, undefined]],
  [
    'of no organization',
    { accountId: X, organization: null, tags: {} },
    [X, undefined, undefined, undefined, undefined],
  ],
])('a resource %s: the request does not say whose it is, nor how it is tagged', (_name, resource, values) => {
  for (const [i, key] of RESOURCE_KEYS.entries()) {
    for (const context of [new Map<string, string>(), forged(RESOURCE_KEYS, 'forged')]) {
      expect([key, asking(user(A), resource, exactly(key, values[i]), context)]).toEqual([key, true]);
    }
    const lie = asking(
      user(A),
      resource,
      { 'ForAnyValue:StringEquals': { [key]: 'forged' } },
      forged(RESOURCE_KEYS, 'forged'),
    );
    expect([key, lie]).toEqual([key, false]);
  }
});

test('what the directory does not know of a resource may come with the request', () => {
  const unknown = { accountId: null, organization: null, tags: null };
  for (const key of RESOURCE_KEYS) {
    expect(asking(user(A), unknown, exactly(key, undefined), new Map())).toBe(true);
    const given = { 'ForAnyValue:StringEquals': { [key]: 'given' } };
    expect([key, asking(user(A), unknown, given, forged([key], 'given'))]).toEqual([key, true]);
  }
});

test('the time is that of the gateway, as a date and in seconds', () => {
  const context = forged(['aws:CurrentTime', 'aws:EpochTime'], '2000-01-01T00:00:00Z');
  expect(asking(user(A), {}, exactly('aws:CurrentTime', '2026-11-23T17:30:00.250Z'), context)).toBe(true);
  expect(asking(user(A), {}, exactly('aws:EpochTime', '1795455000'), context)).toBe(true);
  for (const key of ['aws:CurrentTime', 'aws:EpochTime']) {
    expect(
      asking(
        user(A),
        {},
        { DateGreaterThan: { [key]: '2026-11-23T17:29:59Z' }, DateLessThan: { [key]: '1795455001' } },
        context,
      ),
    ).toBe(true);
  }
});

test('a role keeps its tags beside those of its session, keys without case', () => {
  const facts = {
    ...session(A),
    role: role(A, '/team/', { team: 'red', Stage: 'one' }),
    tags: { TEAM: 'blue' },
  } as PrincipalFacts;
  expect(asking(facts, {}, exactly('aws:PrincipalTag/Team', 'blue'), new Map())).toBe(true);
  expect(asking(facts, {}, exactly('aws:PrincipalTag/stage', 'one'), new Map())).toBe(true);
});
