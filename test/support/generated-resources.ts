/** What resources have besides their policies: S3 Block Public Access, and grants of KMS keys. */
import * as fc from 'fast-check';
import type { KmsGrant } from '../../src/evaluation/key-grant.ts';
import type { PublicAccessBlock, PublicAccessBlocks } from '../../src/evaluation/public-access.ts';
import type { Doc, Json, NaiveBucket, NaiveRequest } from './naive-request.ts';
import { A, B, organizationOf } from './world.ts';

type Resource = NaiveRequest['resource'];

const block: fc.Arbitrary<PublicAccessBlock | null> = fc.option(
  fc.boolean().map((restrictPublicBuckets) => ({
    blockPublicAcls: true,
    ignorePublicAcls: false,
    blockPublicPolicy: true,
    restrictPublicBuckets,
  })),
  { nil: null, freq: 2 },
);

const publicAccess: fc.Arbitrary<PublicAccessBlocks> = fc.record(
  { organization: block, account: block, accessPoint: block, bucket: block },
  { requiredKeys: [] },
);

const BUCKETS = [
  'arn:aws:s3:::b',
  'arn:aws:s3:::b/x',
  `arn:aws:s3:us-east-1:${B}:accesspoint/p`,
  `arn:aws:s3:us-east-1:${A}:accesspoint/p/object/x`,
  `arn:aws:sqs:us-east-1:${B}:q`,
];

const bucketPrincipals = fc.constantFrom<Json>(
  '*',
  '*',
  { AWS: '*' },
  { AWS: [A, '*'] },
  { AWS: A },
  { AWS: [A, `arn:aws:iam::${B}:role/team/App`] },
  { AWS: `arn:aws:iam::${A}:user/alice` },
  { Service: 'sns.amazonaws.com' },
  { Federated: 'accounts.google.com' },
  { AWS: A, Federated: `arn:aws:iam::${A}:saml-provider/P` },
);

/** What can make an Allow non-public, and what cannot. */
const bucketConditions = fc.constantFrom<Doc>(
  {},
  {},
  {},
  { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorg1' } },
  { StringLike: { 'aws:PrincipalOrgID': 'o-*' } },
  { StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-exampleorg1' } },
  { StringNotEquals: { 'aws:PrincipalAccount': A } },
  { 'ForAnyValue:StringEquals': { 'aws:PrincipalAccount': [A, B] } },
  { 'ForAllValues:StringEquals': { 'aws:SourceVpce': 'vpce-1' } },
  { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${A}:*` } },
  { StringEquals: { 'aws:userid': `AIDAALICE${A}` }, Bool: { 'aws:SecureTransport': 'true' } },
  { StringLike: { 'aws:userid': `AROAAPP${A}:*` } },
  { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '2001:db8::/32'] } },
  { IpAddress: { 'aws:SourceIp': ['10.0.0.0/7'] } },
  { IpAddress: { 'aws:SourceIp': ['10.1.2.3', '2001::/16'] } },
  { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
  { ArnLike: { 's3:DataAccessPointArn': `arn:aws:s3:us-east-1:${B}:accesspoint/*` } },
  { ArnLike: { 's3:DataAccessPointArn': 'arn:aws:s3:us-east-1:*:accesspoint/p' } },
  { StringEquals: { 's3:DataAccessPointAccount': B } },
  { Null: { 'aws:SourceVpce': 'false' } },
  { StringEquals: { 'aws:PrincipalTag/team': 'red' } },
);

const bucketStatements: fc.Arbitrary<Doc> = fc
  .record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
    Principal: bucketPrincipals,
    Action: fc.constantFrom<Json>('*', 's3:*', ['s3:GetObject', 's3:ListBucket'], 'sqs:*'),
    Resource: fc.constantFrom<Json>('*', 'arn:aws:s3:::b/*', 'arn:aws:s3:::*'),
    Condition: bucketConditions,
  })
  .map(({ Condition, ...statement }) =>
    Object.keys(Condition).length === 0 ? statement : { ...statement, Condition },
  );

const bucketPolicies: fc.Arbitrary<Doc> = fc
  .array(bucketStatements, { minLength: 1, maxLength: 3 })
  .map((Statement) => ({ Version: '2012-10-17', Statement }));

/** Control policies say what they deny of buckets, of their access points, or of all. */
const controlling = fc
  .record({
    Action: fc.constantFrom<Json>('*', 's3:*', 's3:GetObject'),
    names: fc.constantFrom('Resource', 'Resource', 'Resource', 'NotResource'),
    resources: fc.constantFrom<Json>(
      '*',
      'arn:aws:s3:::b/*',
      ['arn:aws:s3:::b', 'arn:aws:s3:::b/${aws:username}/*'],
      `arn:aws:s3:us-east-1:${A}:accesspoint/p/*`,
      ['arn:aws:s3:::b/*', `arn:aws:s3:*:*:accesspoint/p/object/x`],
    ),
    Condition: bucketConditions,
  })
  .map(({ Action, names, resources, Condition }) => ({
    Effect: 'Deny',
    Principal: '*',
    Action,
    [names]: resources,
    Condition,
  }));
const controlPolicies: fc.Arbitrary<Doc> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .array(controlling, { minLength: 1, maxLength: 2 })
      .map((Statement) => ({ Version: '2012-10-17', Statement })),
  },
  // Not known.
  { weight: 1, arbitrary: fc.constant({}) },
);

const controls: fc.Arbitrary<NaiveBucket['rcp']> = fc.option(
  fc.array(fc.array(controlPolicies, { maxLength: 2 }), { minLength: 1, maxLength: 2 }),
  { nil: null },
);

function bucketsBehind(policies: fc.Arbitrary<Doc>): fc.Arbitrary<NaiveBucket> {
  return fc.record({
    arn: fc.constant('arn:aws:s3:::b'),
    accountId: fc.constantFrom(A, A, B),
    policy: fc.option(policies, { nil: null }),
    bindings: fc.constantFrom({}, {}, { [`arn:aws:iam::${A}:user/alice`]: 'AIDAOLD' }),
    rcp: controls,
  });
}

/** Above the access point and above a bucket of the same account stand the same policies. */
function withControl(resource: Resource, bucket: NaiveBucket | null): NaiveBucket | null {
  return bucket === null || bucket.accountId !== resource.accountId ? bucket : { ...bucket, rcp: resource.rcp };
}

/** AWS's ways to let an access point have a bucket, and what is near. */
const delegating = fc
  .record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    Principal: bucketPrincipals,
    Action: fc.constantFrom<Json>('*', 's3:GetObject', ['s3:GetObject', 's3:ListBucket']),
    Resource: fc.constantFrom<Json>(
      ['arn:aws:s3:::b', 'arn:aws:s3:::b/*'],
      'arn:aws:s3:::b',
      'arn:aws:s3:::b/${aws:username}/*',
      'arn:aws:s3:::?',
      'arn:aws:s3:::*',
      'arn:aws:s3:::*/x',
      'arn:aws:s3:::b*x',
      `arn:aws:s3:us-east-1:${A}:accesspoint/p/*`,
    ),
    Condition: fc.constantFrom<Doc>(
      {},
      { StringEquals: { 's3:DataAccessPointAccount': A } },
      { StringEquals: { 's3:DataAccessPointArn': `arn:aws:s3:us-east-1:${B}:accesspoint/p` } },
      { StringNotEquals: { 's3:DataAccessPointArn': `arn:aws:s3:us-east-1:${A}:accesspoint/p` } },
      { StringEquals: { 's3:AccessPointNetworkOrigin': 'Internet' } },
    ),
  })
  .map(({ Condition, Resource, ...statement }) => ({ ...statement, Resource, Condition }));
const delegations: fc.Arbitrary<Doc> = fc
  .tuple(
    fc.constantFrom('2012-10-17', '2012-10-17', '2008-10-17'),
    fc.array(delegating, { minLength: 1, maxLength: 2 }),
  )
  .map(([Version, Statement]) => ({ Version, Statement }));

const POINTS = ['accesspoint/p', 'accesspoint/p/object/x', 'accesspoint/p/object/alice/x'];

/** Access points of one account, buckets of the same or another, and policies of both. */
export function throughAccessPoints(
  resources: fc.Arbitrary<Resource>,
  policies: fc.Arbitrary<Doc>,
): fc.Arbitrary<Resource> {
  const behind = fc.oneof({ weight: 3, arbitrary: delegations }, { weight: 2, arbitrary: policies });
  return fc
    .tuple(
      resources,
      fc.constantFrom(...POINTS),
      fc.constantFrom(A, A, B),
      fc.option(bucketPolicies, { nil: null }),
      fc.record({ vpcId: fc.constantFrom('vpc-1', null, null), bucket: bucketsBehind(behind) }),
      fc.oneof(controls, fc.constant(undefined)),
    )
    .map(([given, point, accountId, policy, { vpcId, bucket }, above]) => {
      const resource = {
        ...given,
        arn: `arn:aws:s3:us-east-1:${accountId}:${point}`,
        accountId,
        organization: organizationOf(accountId),
        policy,
        ...(above === undefined ? {} : { rcp: above }),
      };
      return { ...resource, accessPoint: { vpcId, bucket: withControl(resource, bucket) } };
    });
}

/** Of policies that can be read: what cannot be read is public, as cases say. */
export function withPublicAccess(resources: fc.Arbitrary<Resource>): fc.Arbitrary<Resource> {
  return fc
    .tuple(
      resources,
      fc.constantFrom(...BUCKETS),
      fc.constantFrom(A, A, B, null),
      bucketPolicies,
      publicAccess,
      fc.option(fc.record({ vpcId: fc.constantFrom('vpc-1', null), bucket: fc.option(bucketsBehind(bucketPolicies)) })),
    )
    .map(([resource, arn, owner, policy, blocks, behind]) => {
      const named = /:(\d{12}):/.exec(arn)?.[1] ?? null;
      const accountId = named ?? owner;
      const organization = accountId === null ? null : organizationOf(accountId);
      const rcp = accountId === null ? null : resource.rcp;
      const made = { ...resource, arn, accountId, organization, rcp, policy, publicAccess: blocks };
      if (behind === null || !arn.includes(':accesspoint/')) return made;
      return { ...made, accessPoint: { ...behind, bucket: withControl(made, behind.bucket) } };
    });
}

/** Pairs of an encryption context, and what goes with them. */
export const encryptionContexts = {
  'kms:encryptioncontext:department': fc.constantFrom('IT', 'it'),
  'kms:encryptioncontext:stage': fc.constantFrom('prod'),
  'kms:encryptioncontextkeys': fc.constantFrom<string[][]>(['Department'], ['department', 'Stage'], []),
  'kms:grantoperations': fc.constantFrom<string[][]>(['Decrypt'], ['Decrypt', 'DescribeKey'], ['Encrypt']),
};

const pairs = fc.constantFrom<Record<string, string>>(
  {},
  { Department: 'IT' },
  { department: 'IT' },
  { Department: 'IT', Stage: 'prod' },
  { Department: '*' },
);

const grantees = fc.constantFrom(
  `arn:aws:iam::${A}:user/alice`,
  `arn:aws:iam::${A}:role/team/App`,
  `arn:aws:sts::${A}:assumed-role/App/s1`,
  `arn:aws:sts::${A}:federated-user/fed`,
  `arn:aws:iam::${A}:root`,
  `arn:aws:iam::${B}:user/alice`,
  `AIDAALICE${A}`,
  'sns.amazonaws.com',
  `arn:aws:iam::${A}:group/g`,
  '*',
);

const grants: fc.Arbitrary<KmsGrant> = fc
  .record(
    {
      granteePrincipal: grantees,
      retiringPrincipal: grantees,
      operations: fc.subarray(['Decrypt', 'Encrypt', 'DescribeKey', 'RetireGrant', 'CreateGrant', '*', 'PutKeyPolicy']),
      encryptionContextSubset: pairs,
      encryptionContextEquals: pairs,
    },
    { requiredKeys: ['granteePrincipal', 'operations'] },
  )
  .map((grant) => ({ id: 'g', ...grant }));

export function withGrants(resources: fc.Arbitrary<Resource>): fc.Arbitrary<Resource> {
  return fc
    .tuple(resources, fc.constantFrom(A, A, B), fc.array(grants, { minLength: 1, maxLength: 3 }))
    .map(([resource, accountId, list]) => ({
      ...resource,
      arn: `arn:aws:kms:us-east-1:${accountId}:key/k1`,
      accountId,
      organization: organizationOf(accountId),
      grants: list.map((grant, i) => ({ ...grant, id: `g${i}` })),
    }));
}
