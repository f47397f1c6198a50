import * as fc from 'fast-check';
import type { Governed } from '../../src/analysis/entry.ts';
import type { AttachedPolicy, ControlLevel } from '../../src/evaluation/applicable-policies.ts';
import type { KmsGrant } from '../../src/evaluation/key-grant.ts';
import {
  type PreparedPrincipal,
  type PreparedResource,
  type PreparedRole,
  preparePolicies,
  preparePrincipal,
  prepareResource,
  roleSession,
} from '../../src/evaluation/prepare.ts';
import type { OrganizationFacts, PrincipalFacts, RoleFacts, UserFacts } from '../../src/evaluation/principal.ts';
import type { PublicAccessBlocks } from '../../src/evaluation/public-access.ts';
import type { ActionFacts, ContextValue } from '../../src/evaluation/request.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { readPolicy } from '../../src/policy/load.ts';
import type { PolicyKind } from '../../src/policy/policy-kind.ts';
import { controlLevel } from '../support/control-level.ts';

export const A = '111111111111';
export const B = '222222222222';
export const NOW = Date.UTC(2026, 10, 23, 12);
export const ORGANIZATION: OrganizationFacts = {
  id: 'o-exampleorg1',
  managementAccountId: '999999999999',
  path: 'o-exampleorg1/r-ab12/ou-ab12-11111111/',
};

export function action(name: string, wildcardOnly = false): ActionFacts {
  const service = name.slice(0, name.indexOf(':'));
  return { name, service, wildcardOnly, resourceControlSupported: ['s3', 'sqs', 'kms', 'sts'].includes(service) };
}

export const ACTIONS: readonly ActionFacts[] = [
  action('s3:GetObject'),
  action('s3:PutObject'),
  action('s3:PutBucketPolicy'),
  action('s3:ListBucket'),
  { ...action('s3:ListAllMyBuckets', true), askedOn: { arn: 'arn:$P:s3:::*', named: false } },
  { ...action('dynamodb:ListTables', true), askedOn: { arn: 'arn:$P:dynamodb:$R:$A:table/*', named: true } },
  action('sqs:SendMessage'),
  action('kms:Decrypt'),
  action('kms:RetireGrant'),
  action('kms:CreateGrant'),
  action('sts:AssumeRole'),
  action('sts:GetCallerIdentity', true),
  action('iam:GetRole'),
  action('ec2:DescribeInstances', true),
];

export function attached(document: JsonObject, kind: PolicyKind, id: string): AttachedPolicy {
  return { policy: readPolicy(document, kind), id, name: null, arn: null };
}

export const ALICE: UserFacts = {
  kind: 'user',
  arn: `arn:aws:iam::${A}:user/team/alice`,
  id: 'AIDAALICE00000000001',
  name: 'alice',
  tags: { team: 'red', Star: 'a*' },
  accountId: A,
  partition: 'aws',
  organization: ORGANIZATION,
};

export const APP: RoleFacts = {
  arn: `arn:aws:iam::${A}:role/team/App`,
  id: 'AROAAPP0000000000001',
  name: 'App',
  path: '/team/',
  tags: { team: 'blue' },
  accountId: A,
  partition: 'aws',
  organization: ORGANIZATION,
};

/** Resources that are asked about, the bearers of policies first. */
export interface Place {
  readonly arn: string;
  readonly accountId: string | null;
  readonly tags: Readonly<Record<string, string>> | null;
  /** Index of the bearer whose policy governs it; null: none does. */
  readonly bearer: number | null;
}

export const BEARERS: readonly (Place & { readonly governed: Governed })[] = [
  bearer('arn:aws:s3:::b', A, { env: 'prod' }, ['arn:aws:s3:::b', 'arn:aws:s3:::b/*']),
  bearer('arn:aws:s3:::bb', B, {}, ['arn:aws:s3:::bb', 'arn:aws:s3:::bb/*']),
  bearer(`arn:aws:sqs:us-east-1:${A}:q`, A, {}, [`arn:aws:sqs:us-east-1:${A}:q`]),
  bearer(`arn:aws:kms:us-east-1:${A}:key/k`, A, {}, [`arn:aws:kms:us-east-1:${A}:key/k`]),
  bearer(`arn:aws:kms:us-east-1:${B}:key/k`, B, {}, [`arn:aws:kms:us-east-1:${B}:key/k`]),
  bearer(`arn:aws:iam::${A}:role/R`, A, { env: 'prod' }, [`arn:aws:iam::${A}:role/R`]),
  bearer(`arn:aws:iam::${B}:role/R`, B, {}, [`arn:aws:iam::${B}:role/R`]),
];

function bearer(
  arn: string,
  accountId: string,
  tags: Readonly<Record<string, string>>,
  resources: readonly string[],
): Place & { readonly governed: Governed } {
  return { arn, accountId, tags, bearer: null, governed: { resources, notResources: [] } };
}

export const PLACES: readonly Place[] = [
  ...BEARERS.map((place, i) => ({ ...place, bearer: i })),
  { arn: 'arn:aws:s3:::b/alice/x', accountId: A, tags: null, bearer: 0 },
  { arn: `arn:aws:s3:::b/${APP.id}:bob/x`, accountId: A, tags: null, bearer: 0 },
  { arn: 'arn:aws:s3:::b/a*/x', accountId: A, tags: null, bearer: 0 },
  { arn: 'arn:aws:s3:::b/ab/x', accountId: A, tags: { env: 'dev' }, bearer: 0 },
  { arn: 'arn:aws:s3:::b/${aws:username}/x', accountId: A, tags: null, bearer: 0 },
  { arn: 'arn:aws:s3:::bb/red/x', accountId: B, tags: null, bearer: 1 },
  { arn: 'arn:aws:s3:::unknown/x', accountId: null, tags: null, bearer: null },
  { arn: `arn:aws:sqs:us-east-1:${B}:q`, accountId: null, tags: null, bearer: null },
  { arn: `arn:aws:sqs:us-east-1:${A}:other`, accountId: null, tags: null, bearer: null },
  { arn: `arn:aws:kms:us-east-1:${A}:key/unknown`, accountId: null, tags: null, bearer: null },
  { arn: `arn:aws:kms:us-east-1:${A}:alias/x`, accountId: null, tags: null, bearer: null },
  { arn: '*', accountId: null, tags: null, bearer: null },
];

const RESOURCES = [
  '*',
  'arn:aws:s3:::b',
  'arn:aws:s3:::b/*',
  'arn:aws:s3:::b*',
  'arn:aws:s3:::*/x',
  'arn:aws:s3:::b/${aws:username}/*',
  'arn:aws:s3:::b/${aws:userid}/*',
  'arn:aws:s3:::b/${aws:PrincipalTag/Star}/*',
  "arn:aws:s3:::bb/${aws:PrincipalTag/team, 'none'}/*",
  'arn:aws:s3:::b/${s3:prefix}/*',
  "arn:aws:s3:::b/${s3:prefix, 'ab'}/x",
  'arn:*:sqs:*:*:q',
  `arn:aws:sqs:us-east-1:${A}:*`,
  'arn:aws:sqs:*',
  `arn:aws:kms:*:${A}:key/*`,
  'arn:aws:kms:*:*:key/k',
  'arn:aws:iam::*:role/*',
  `arn:aws:iam::${B}:role/R`,
  'arn:aws:s3:::*',
  'arn:aws:s3:::${s3:prefix}',
  'arn:aws:dynamodb:*:*:table/*',
  `arn:aws:dynamodb:us-east-1:${A}:table/*`,
  'arn:aws:dynamodb:us-*:*:table/${*}',
];

const ACTION_TEXTS = [
  '*',
  's3:*',
  's3:Get*',
  's3:*Object',
  's3:ListBucket',
  'S3:listall*',
  'sqs:*',
  'kms:*',
  'kms:Decrypt',
  'sts:*',
  'sts:AssumeRole',
  'iam:*',
  'ec2:*',
  'dynamodb:*',
];

const CONDITIONS: readonly JsonObject[] = [
  {},
  {},
  {},
  {},
  { StringEquals: { 'aws:PrincipalTag/team': 'red' } },
  { StringNotEquals: { 'aws:PrincipalTag/team': 'red' } },
  { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${A}:user/*` } },
  { ArnEquals: { 'aws:PrincipalArn': APP.arn } },
  { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorg1' } },
  { StringLike: { 's3:prefix': ['a*', '${aws:username}/*'] } },
  { StringLike: { 's3:prefix': ['*b', 'x?'] } },
  { StringNotLike: { 's3:prefix': '${aws:PrincipalTag/Star}' } },
  { StringEquals: { 'aws:ResourceTag/env': 'prod' } },
  { StringEqualsIfExists: { 'aws:ResourceTag/env': ['prod', 'dev'] } },
  { StringNotEquals: { 'aws:ResourceTag/env': ['prod'] } },
  { StringEquals: { 'aws:ResourceAccount': A } },
  { StringNotEquals: { 'aws:ResourceAccount': A } },
  { StringEquals: { 'aws:ResourceAccount': [A, B] } },
  { StringNotEqualsIfExists: { 'aws:ResourceOrgID': 'o-exampleorg1' } },
  { Bool: { 'aws:SecureTransport': 'false' } },
  { Bool: { 'aws:SecureTransport': 'true', 'aws:ViaAWSService': 'false' } },
  { StringEquals: { 'kms:CallerAccount': A } },
  { StringNotEquals: { 'kms:CallerAccount': [A], 'aws:RequestedRegion': ['eu-west-1'] } },
  { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } },
  { StringNotEquals: { 'aws:RequestedRegion': ['us-east-1', 'eu-west-1'] } },
  { StringEqualsIfExists: { 'ec2:Region': 'us-east-1' } },
  { StringEquals: { 's3:ResourceAccount': A } },
  { StringNotEquals: { 's3:ResourceAccount': A } },
  { StringLike: { 'aws:userid': [`${APP.id}:*`, 'AIDA*'] } },
  { StringNotLike: { 'aws:userid': `${APP.id}:s1` } },
  { StringEquals: { 'aws:userid': `${APP.id}:bob` } },
  { StringNotEquals: { 'sts:RoleSessionName': 'bob' } },
  { StringLike: { 'sts:RoleSessionName': ['bob', '${aws:username}'] } },
  { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
  { Null: { 's3:prefix': 'true' } },
  { Null: { 'aws:TokenIssueTime': 'false' } },
  { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } },
  { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a'] } },
  { 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': ['a'] } },
  { StringEquals: { 'aws:PrincipalTag/team': '${aws:ResourceTag/env}' } },
  { StringNotEquals: { 'aws:PrincipalTag/team': '${s3:prefix}' } },
  { NumericLessThan: { 's3:max-keys': '10' } },
  { NumericLessThan: { 's3:max-keys': 5 }, StringEquals: { 's3:prefix': ['ab', 'red'] } },
  { DateGreaterThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } },
  { IpAddress: { 'aws:SourceIp': ['203.0.113.0/24'] } },
  { StringEquals: { 'S3:Prefix': ['ab', 'red'] }, StringLike: { 's3:prefix': 'a*' } },
];

const CONTEXT_VALUES: readonly (readonly [string, readonly ContextValue[]])[] = [
  ['s3:prefix', ['ab', 'red', 'a*', '*', 'alice/x', '', ['ab']]],
  ['aws:securetransport', ['true', 'false']],
  ['aws:requestedregion', ['us-east-1', 'ap-south-1']],
  ['sts:rolesessionname', ['bob', 'alice']],
  ['aws:multifactorauthpresent', ['true', 'false']],
  ['aws:tagkeys', [['a'], ['a', 'b'], ['c'], []]],
  ['s3:max-keys', ['3', '7', '20', 'many']],
  ['aws:sourceip', ['203.0.113.9', '198.51.100.1']],
  ['aws:requestedregion', ['us-east-1', 'eu-west-1']],
  ['kms:encryptioncontext:department', ['IT', 'HR']],
  ['kms:encryptioncontextkeys', [['Department'], ['Department', 'Stage']]],
  ['kms:grantoperations', [['Decrypt'], ['Encrypt', 'Decrypt']]],
];

/** Some of the keys; the rest is absent. */
export const contexts: fc.Arbitrary<ReadonlyMap<string, ContextValue>> = fc
  .tuple(
    ...CONTEXT_VALUES.map(([key, values]) =>
      fc.option(
        fc.constantFrom(...values).map((value) => [key, value] as const),
        { nil: null },
      ),
    ),
  )
  .map((pairs) => new Map(pairs.filter((pair) => pair !== null)));

function oneOrNot<T>(name: string, value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> {
  return fc.tuple(value, fc.nat(3)).map(([one, not]) => ({ [not === 0 ? `Not${name}` : name]: one }));
}

const actions = oneOrNot('Action', fc.subarray(ACTION_TEXTS, { minLength: 1, maxLength: 3 }));
const resources = oneOrNot('Resource', fc.subarray(RESOURCES, { minLength: 1, maxLength: 3 }));
const effects = fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny');
const conditions = fc.constantFrom(...CONDITIONS).map((block) => ({ Condition: block }));

function document(statement: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  return fc
    .tuple(
      fc.constantFrom('2012-10-17', '2012-10-17', '2012-10-17', '2008-10-17'),
      fc.array(statement, { minLength: 1, maxLength: 3 }),
    )
    .map(([Version, Statement]) => ({ Version, Statement }));
}

const plain = fc
  .tuple(effects, actions, resources, conditions)
  .map(([Effect, ...parts]): JsonObject => Object.assign({ Effect }, ...parts));
/** A statement that leaves everything open, so that layers often let something through. */
const generous: JsonObject = { Effect: 'Allow', Action: '*', Resource: '*' };
const documents = document(fc.oneof({ weight: 2, arbitrary: plain }, { weight: 1, arbitrary: fc.constant(generous) }));

const PRINCIPALS: readonly JsonObject[string][] = [
  '*',
  { AWS: A },
  { AWS: ALICE.arn },
  { AWS: APP.arn },
  { AWS: `arn:aws:sts::${A}:assumed-role/App/s1` },
  { AWS: [`arn:aws:iam::${A}:root`, ALICE.arn] },
  { AWS: `arn:aws:sts::${A}:federated-user/fed` },
  { Service: 'sns.amazonaws.com' },
  { AWS: B },
];

const naming = fc
  .tuple(effects, fc.constantFrom(...PRINCIPALS), fc.nat(3), actions, fc.option(resources, { nil: {} }), conditions)
  .map(
    ([Effect, who, not, ...parts]): JsonObject =>
      Object.assign({ Effect, [Effect === 'Deny' && not === 0 ? 'NotPrincipal' : 'Principal']: who }, ...parts),
  );
const resourceDocuments = document(naming);
const controls = document(
  fc
    .tuple(actions, resources, conditions)
    .map((parts): JsonObject => Object.assign({ Effect: 'Deny', Principal: '*' }, ...parts)),
);

function levels(one: fc.Arbitrary<JsonObject>, kind: PolicyKind): fc.Arbitrary<readonly ControlLevel[] | null> {
  const level = fc.array(one, { minLength: 1, maxLength: 2 });
  return fc.option(fc.array(level, { minLength: 1, maxLength: 2 }), { nil: null }).map((all) =>
    all === null
      ? null
      : all.map((policies, i) =>
          controlLevel(
            `level-${i}`,
            policies.map((one, j) => attached(one, kind, `p-${kind}${i}${j}`)),
          ),
        ),
  );
}

/** Of one pair at most, so that no pair that a constraint does not name comes without its list of keys. */
const pairs = fc.constantFrom<Record<string, string>>({}, { Department: 'IT' });

const grants: fc.Arbitrary<KmsGrant> = fc
  .record(
    {
      granteePrincipal: fc.constantFrom(
        ALICE.arn,
        APP.arn,
        `arn:aws:sts::${A}:assumed-role/App/s1`,
        `arn:aws:sts::${A}:federated-user/fed`,
        `arn:aws:iam::${A}:root`,
        'sns.amazonaws.com',
      ),
      retiringPrincipal: fc.constantFrom(ALICE.arn, APP.arn),
      operations: fc.subarray(['Decrypt', 'RetireGrant', 'CreateGrant']),
      encryptionContextSubset: pairs,
      encryptionContextEquals: pairs,
    },
    { requiredKeys: ['granteePrincipal', 'operations'] },
  )
  .map((grant) => ({ id: 'g', ...grant }));

const RESTRICTING: PublicAccessBlocks = {
  bucket: { blockPublicAcls: false, ignorePublicAcls: false, blockPublicPolicy: false, restrictPublicBuckets: true },
};

export interface World {
  readonly principal: PreparedPrincipal;
  /** As PLACES. */
  readonly places: readonly PreparedResource[];
  readonly bearers: readonly PreparedResource[];
  readonly home: PreparedResource | null;
}

const callers = fc.constantFrom(
  'user',
  'user',
  'roleSession',
  'roleSession',
  'federatedUser',
  'root',
  'service',
  'anonymous',
);

export const worlds: fc.Arbitrary<World> = fc
  .record({
    caller: callers,
    identity: fc.array(documents, { minLength: 1, maxLength: 3 }),
    boundary: fc.option(documents, { nil: null, freq: 1 }),
    session: fc.option(documents, { nil: null, freq: 1 }),
    serviceControl: levels(documents, 'scp'),
    resourceControl: levels(controls, 'rcp'),
    policies: fc.array(fc.option(resourceDocuments, { nil: null, freq: 3 }), {
      minLength: BEARERS.length,
      maxLength: BEARERS.length,
    }),
    restricts: fc.subarray([0, 1]),
    grants: fc.array(grants, { maxLength: 2 }),
    sessionName: fc.constantFrom('s1', 's2', null),
    management: fc.nat(9).map((n) => n === 0),
  })
  .map((given): World => {
    const organization = given.management ? { ...ORGANIZATION, managementAccountId: A } : ORGANIZATION;
    const policies = preparePolicies({
      identity:
        given.caller === 'root' ? [] : given.identity.map((one, i) => attached(one, 'identity', `identity-${i}`)),
      boundary:
        given.caller === 'root' || given.boundary === null ? null : attached(given.boundary, 'boundary', 'boundary'),
      serviceControl: given.serviceControl,
      resourceControl: given.management ? null : given.resourceControl,
    });
    const session = given.session === null ? null : [attached(given.session, 'session', 'session')];
    const principal = principalOf(given.caller, organization, policies, session, given.sessionName);
    const control = given.resourceControl;
    const place = (one: Place): PreparedResource => {
      const document = one.bearer === null ? null : (given.policies[one.bearer] ?? null);
      const policy =
        document === null ? null : attached(document, one.arn.includes(':role/') ? 'trust' : 'resource', one.arn);
      const known = one.accountId ?? /:(\d{12}):/.exec(one.arn)?.[1] ?? null;
      const resourceControl = known === A || known === B ? control : null;
      return prepareResource({
        ...one,
        organization: known === null ? null : organization,
        policy,
        policyBindings: {},
        resourceControl,
        ...(one.bearer !== null && given.restricts.includes(one.bearer) ? { publicAccess: RESTRICTING } : {}),
        ...(one.arn.endsWith(':key/k') ? { grants: given.grants } : {}),
      });
    };
    return {
      principal,
      places: PLACES.map(place),
      bearers: BEARERS.map((one, i) => place({ ...one, bearer: i })),
      home:
        given.caller === 'service' || given.caller === 'anonymous'
          ? null
          : place({ arn: `arn:aws:sqs:us-east-1:${A}:home`, accountId: A, tags: null, bearer: null }),
    };
  });

function principalOf(
  caller: PrincipalFacts['kind'],
  organization: OrganizationFacts,
  policies: PreparedRole['policies'],
  session: readonly AttachedPolicy[] | null,
  sessionName: string | null,
): PreparedPrincipal {
  const account = { accountId: A, partition: 'aws', organization };
  switch (caller) {
    case 'user':
      return preparePrincipal({ ...ALICE, organization }, policies, null);
    case 'roleSession': {
      const role: PreparedRole = {
        facts: { ...APP, organization },
        policies,
        trust: NO_TRUST,
        maxSessionDuration: 3600,
      };
      return roleSession(role, {
        sessionName,
        tags: { team: 'red' },
        sourceIdentity: null,
        issuedAt: null,
        sessionPolicies: session,
      });
    }
    case 'federatedUser':
      return preparePrincipal(
        {
          kind: 'federatedUser',
          arn: `arn:aws:sts::${A}:federated-user/fed`,
          name: 'fed',
          issuer: ALICE,
          tags: {},
          issuedAt: null,
          ...account,
        },
        policies,
        session,
      );
    case 'root':
      return preparePrincipal({ kind: 'root', arn: `arn:aws:iam::${A}:root`, ...account }, policies, null);
    case 'service':
      return preparePrincipal({ kind: 'service', service: 'sns.amazonaws.com' }, null, null);
    case 'anonymous':
      return preparePrincipal({ kind: 'anonymous' }, null, null);
    default:
      return caller satisfies never;
  }
}

const NO_TRUST = prepareResource({
  arn: APP.arn,
  accountId: A,
  organization: ORGANIZATION,
  tags: {},
  policy: null,
  policyBindings: {},
  resourceControl: null,
});
