/** Generated documents for the checks of policies, and requests on them: few names, so that statements and requests meet. */
import * as fc from 'fast-check';
import type { CheckedRequest } from '../../../src/access/policy-checks/request.ts';
import type { ContextValue } from '../../../src/evaluation/request.ts';
import type { JsonObject, JsonValue } from '../../../src/policy/json.ts';
import type { PolicyKind } from '../../../src/policy/policy-kind.ts';
import { parsePrincipalRef } from '../../../src/policy/principal-id.ts';

export const A = '111111111111';
export const B = '222222222222';
/** Named nowhere. */
export const C = '333333333333';
const PROVIDER = `arn:aws:iam::${A}:oidc-provider/token.actions.githubusercontent.com`;

export const KINDS: readonly PolicyKind[] = [
  'identity',
  'boundary',
  'session',
  'resource',
  'trust',
  'vpce',
  'scp',
  'rcp',
];

const someOf = (values: readonly string[], most = 2): fc.Arbitrary<JsonValue> =>
  fc
    .subarray([...values], { minLength: 1, maxLength: most })
    .map((list) => (list.length === 1 ? (list[0] ?? '') : list));

const ACTIONS = [
  's3:GetObject',
  's3:Get*',
  's3:*',
  's3:ListBucket',
  's3:ListAllMyBuckets',
  'sqs:SendMessage',
  'kms:Decrypt',
  'dynamodb:List*',
  '*',
];
const RESOURCES = [
  '*',
  'arn:aws:s3:::b',
  'arn:aws:s3:::b/*',
  'arn:aws:s3:::b*',
  'arn:aws:s3:::b/home/*',
  'arn:aws:s3:::*/x?',
  'arn:aws:s3:::b/${aws:username}/*',
  'arn:aws:s3:::b/${aws:PrincipalTag/team}/*',
  `arn:aws:sqs:*:${A}:q`,
  `arn:aws:sqs:us-east-1:*:q*`,
  `arn:aws:kms:*:${B}:key/*`,
  'arn:aws:dynamodb:eu-west-1:*:table/*',
];

const condition = (operators: readonly string[], key: string, values: readonly string[]): fc.Arbitrary<JsonObject> =>
  fc
    .tuple(fc.constantFrom(...operators), someOf(values))
    .map(([operator, value]) => ({ [operator]: { [key]: value } }));

const TEXTS = [
  'StringEquals',
  'StringNotEquals',
  'StringLike',
  'StringNotLike',
  'StringEqualsIgnoreCase',
  'StringEqualsIfExists',
  'StringLikeIfExists',
];
const NUMBERS = [
  'NumericEquals',
  'NumericLessThan',
  'NumericGreaterThanEquals',
  'NumericGreaterThanIfExists',
  'NumericLessThanEqualsIfExists',
];
const ARNS = ['ArnLike', 'ArnNotLike', 'StringLike', 'ArnEquals'];
const SETS = [
  'ForAnyValue:StringEquals',
  'ForAllValues:StringEquals',
  'ForAnyValue:StringLike',
  'ForAllValues:StringNotEquals',
];

const conditions: fc.Arbitrary<JsonObject> = fc.oneof(
  condition(TEXTS, 's3:prefix', ['home/', 'home/*', 'Home/', '*', '${aws:username}/*', 'h?me/']),
  condition(NUMBERS, 's3:max-keys', ['5', '10', '11']),
  condition(['IpAddress', 'NotIpAddress', 'IpAddressIfExists'], 'aws:SourceIp', [
    '203.0.113.0/24',
    '203.0.113.128/25',
    '0.0.0.0/0',
    '2001:db8::/32',
  ]),
  condition(TEXTS, 'aws:PrincipalOrgID', ['o-exampleorg1', 'o-exampleorg2', 'o-*']),
  condition(['Bool', 'BoolIfExists'], 'aws:SecureTransport', ['true', 'false']),
  condition(['Bool', 'BoolIfExists'], 'aws:MultiFactorAuthPresent', ['true', 'false']),
  condition(TEXTS, 'aws:PrincipalAccount', [A, B]),
  condition(ARNS, 'aws:PrincipalArn', [
    `arn:aws:iam::${A}:role/App`,
    `arn:aws:iam::*:role/*`,
    `arn:aws:iam::${B}:user/bob`,
  ]),
  condition(['StringEquals', 'StringNotEqualsIfExists'], 'aws:PrincipalTag/team', ['red', 'blue', '${s3:prefix}']),
  condition(SETS, 'aws:TagKeys', ['red', 'blue', 'r*']),
  condition(['StringEquals', 'StringNotEquals', 'StringLike'], 'aws:RequestedRegion', [
    'us-east-1',
    'eu-*',
    'eu-west-1',
  ]),
  condition(['ArnLike', 'ArnNotLike'], 'aws:SourceArn', [
    'arn:aws:sns:*:*:t',
    `arn:aws:sns:us-east-1:${A}:*`,
    'arn:aws:s3:::b',
  ]),
  condition(['DateGreaterThan', 'DateLessThan'], 'aws:CurrentTime', ['2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z']),
  condition(['StringEquals', 'StringNotEquals'], 'aws:ResourceAccount', [A, B, '${aws:PrincipalAccount}']),
  condition(['StringLike', 'StringNotEquals'], 'aws:username', ['bob', 'b*']),
  condition(['Null'], 's3:prefix', ['true', 'false']),
);

const block = fc.array(conditions, { maxLength: 2 }).map((list) => Object.assign({}, ...list) as JsonObject);

const principals: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constant<JsonValue>('*'),
  someOf([A, `arn:aws:iam::${B}:root`, `arn:aws:iam::${A}:role/App`, `arn:aws:iam::${B}:user/bob`, '*']).map((AWS) => ({
    AWS,
  })),
  fc.constant<JsonValue>({ Service: 'sns.amazonaws.com' }),
);

const TRUST = ['sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity', 'sts:TagSession'];
const trustConditions = fc.oneof(
  condition(['StringEquals', 'StringLike'], 'sts:ExternalId', ['a', 'b', 'a*']),
  condition(['StringEquals', 'StringLike'], 'token.actions.githubusercontent.com:sub', [
    'repo:octo/*',
    'repo:octo/app:*',
    '*',
  ]),
  conditions,
);

function statements(kind: PolicyKind): fc.Arbitrary<JsonObject> {
  const effect = kind === 'rcp' ? fc.constant('Deny') : fc.constantFrom('Allow', 'Allow', 'Deny');
  if (kind === 'trust') {
    const who = fc.oneof(principals, fc.constant<JsonValue>({ Federated: PROVIDER }));
    const when = fc.array(trustConditions, { maxLength: 1 }).map((list) => Object.assign({}, ...list) as JsonObject);
    return fc
      .record({ Effect: effect, Principal: who, Action: someOf(TRUST), Condition: when })
      .map((statement) => ({ ...statement }));
  }
  const negated = (name: string, of: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonObject> =>
    fc.tuple(fc.boolean(), of).map(([plain, value]) => ({ [plain || kind === 'rcp' ? name : `Not${name}`]: value }));
  const often = (name: string, of: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonObject> =>
    fc.oneof(
      { weight: 5, arbitrary: of.map((value) => ({ [name]: value })) },
      { weight: 1, arbitrary: negated(name, of) },
    );
  const whom = kind === 'resource' || kind === 'vpce' ? principals : fc.constant<JsonValue>('*');
  return fc
    .tuple(effect, often('Action', someOf(ACTIONS)), often('Resource', someOf(RESOURCES)), block, whom)
    .map(([Effect, action, resource, Condition, Principal]) => {
      const named = kind === 'resource' || kind === 'vpce' || kind === 'rcp' ? { Principal } : {};
      return {
        Effect,
        ...named,
        ...action,
        ...resource,
        ...(Object.keys(Condition).length === 0 ? {} : { Condition }),
      };
    });
}

function textOf(list: readonly JsonObject[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: list });
}

export interface Pair {
  readonly kind: PolicyKind;
  readonly before: string;
  readonly after: string;
}

/** Two documents, of which the second mostly has much of the first. */
export const pairs: fc.Arbitrary<Pair> = pairsOf(KINDS);

export function pairsOf(kinds: readonly PolicyKind[]): fc.Arbitrary<Pair> {
  return fc.constantFrom(...kinds).chain(pairOf);
}

function pairOf(kind: PolicyKind): fc.Arbitrary<Pair> {
  const some = fc.array(statements(kind), { minLength: 1, maxLength: 3 });
  return fc
    .tuple(some, some, fc.constantFrom('other', 'less', 'more', 'same'), fc.nat())
    .map(([one, other, how, at]) => {
      const kept = one.filter((_, i) => i !== at % one.length);
      const after = {
        other,
        less: kept.length === 0 ? one : kept,
        more: [...one, ...other.slice(0, 1)],
        same: one.toReversed(),
      }[how];
      return { kind, before: textOf(one), after: textOf(after) };
    });
}

const CALLERS = [
  `arn:aws:iam::${A}:user/alice`,
  `arn:aws:iam::${B}:user/bob`,
  `arn:aws:iam::${C}:user/bob`,
  `arn:aws:sts::${A}:assumed-role/App/s`,
  `arn:aws:sts::${B}:assumed-role/Other/s`,
  `arn:aws:sts::${C}:assumed-role/App/s`,
  'anonymous',
  'sns.amazonaws.com',
];

const ASKED: Readonly<Record<string, readonly string[]>> = {
  's3:GetObject': [
    'arn:aws:s3:::b/x1',
    'arn:aws:s3:::b/home/x',
    'arn:aws:s3:::b/bob/x',
    'arn:aws:s3:::b/red/y',
    'arn:aws:s3:::bb/x1',
    'arn:aws:s3:::other/z',
  ],
  's3:PutObject': ['arn:aws:s3:::b/home/x', 'arn:aws:s3:::b/x2'],
  's3:ListBucket': ['arn:aws:s3:::b', 'arn:aws:s3:::bb', 'arn:aws:s3:::other'],
  's3:ListAllMyBuckets': ['*'],
  'sqs:SendMessage': [`arn:aws:sqs:us-east-1:${A}:q`, `arn:aws:sqs:eu-west-1:${A}:q`, `arn:aws:sqs:us-east-1:${C}:q1`],
  'kms:Decrypt': [`arn:aws:kms:us-east-1:${B}:key/k`, `arn:aws:kms:us-east-1:${C}:key/k`],
  'dynamodb:ListTables': ['*'],
  'ec2:DescribeInstances': ['*'],
};
const TRUSTED = [`arn:aws:iam::${A}:role/R`, `arn:aws:iam::${C}:role/R`];

const VALUES: Readonly<Record<string, readonly ContextValue[]>> = {
  's3:prefix': ['', 'home/', 'home/x', 'Home/', 'HOME/', 'bob/x', 'x'],
  's3:max-keys': ['4', '5', '7', '10', '11', '12'],
  'aws:sourceip': ['203.0.113.1', '203.0.113.200', '198.51.100.1', '2001:db8::1', '2001:db9::1'],
  'aws:principalorgid': ['o-exampleorg1', 'o-exampleorg2', 'o-x', 'x'],
  'aws:principaltag/team': ['red', 'blue', 'home/', 'x'],
  'aws:tagkeys': [['red'], ['blue'], ['red', 'blue'], ['x'], ['red', 'x'], ['rx']],
  'aws:sourcearn': [
    'arn:aws:sns:us-east-1:111111111111:t',
    'arn:aws:sns:eu-west-1:333333333333:t',
    'arn:aws:s3:::b',
    'arn:aws:s3:::c',
  ],
  'sts:externalid': ['a', 'b', 'ab', 'x'],
  'token.actions.githubusercontent.com:sub': ['repo:octo/app:x', 'repo:octo/y', 'x'],
  'aws:multifactorauthpresent': ['true', 'false'],
};

const context = fc
  .tuple(
    fc.record(Object.fromEntries(Object.entries(VALUES).map(([key, values]) => [key, fc.constantFrom(...values)])), {
      requiredKeys: [],
    }),
    fc.constantFrom('true', 'true', 'false'),
    fc.constantFrom('2025-06-01T00:00:00Z', '2026-06-01T00:00:00Z', '2027-06-01T00:00:00Z'),
    fc.constantFrom('us-east-1', 'eu-west-1'),
  )
  .map(([chosen, tls, time, region]) => ({
    ...chosen,
    'aws:securetransport': tls,
    'aws:currenttime': time,
    'aws:requestedregion': region,
  }));

/** Requests that AWS could see: what follows from a caller or a resource is not said otherwise. */
export function requestsFor(kind: PolicyKind): fc.Arbitrary<CheckedRequest> {
  const callers = kind === 'session' ? CALLERS.filter((id) => id.includes('assumed-role')) : CALLERS;
  const named = kind === 'resource' || kind === 'trust' || kind === 'vpce' || kind === 'rcp';
  // Services do not call through VPC endpoints: what an endpoint lets through does not concern them.
  const usable = callers.filter((id) => id.startsWith('arn:') || (named && (kind !== 'vpce' || id === 'anonymous')));
  return fc
    .tuple(
      fc.constantFrom(...usable),
      fc.constantFrom(...(kind === 'trust' ? TRUST : Object.keys(ASKED))),
      fc.nat(),
      fc.constantFrom(null, C, B),
      context,
    )
    .map(([id, action, at, owner, given]) => {
      const list = kind === 'trust' ? TRUSTED : (ASKED[action] ?? []);
      const resource = list[at % list.length] ?? '*';
      const principal = parsePrincipalRef(id) ?? { kind: 'anonymous' as const };
      const role =
        principal.kind === 'roleSession' ? `arn:aws:iam::${principal.accountId}:role/${principal.roleName}` : null;
      const provider =
        action === 'sts:AssumeRoleWithWebIdentity' && principal.kind === 'anonymous'
          ? { federatedProvider: PROVIDER }
          : {};
      const region = resource.split(':')[3] ?? '';
      const isUser = principal.kind === 'user';
      const entries = Object.entries(given).filter(([key]) => {
        if (key === 'aws:requestedregion') return region === '' && resource !== '*';
        if (key === 'aws:multifactorauthpresent') return isUser;
        return !key.startsWith('aws:principal') || principal.kind === 'user' || principal.kind === 'roleSession';
      });
      const isUnowned = resource.startsWith('arn:aws:s3:');
      return {
        caller: { principal, roleArn: role, tags: {}, ...provider },
        action,
        resource,
        resourceAccount: isUnowned ? (owner ?? (named ? C : null)) : null,
        context: new Map(entries),
      };
    });
}
