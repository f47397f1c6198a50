import type { DirectoryDocument } from '../../../src/directory/document.ts';

/** A user whose permissions are as expensive as can be, and another one who only asks. */
export const ACCOUNT = '111111111111';
export const HOSTILE = `arn:aws:iam::${ACCOUNT}:user/hostile`;
export const PLAIN = `arn:aws:iam::${ACCOUNT}:user/plain`;
export const HOSTILE_KEY = 'AKIAHOSTILEAAAAAAAAA';
export const PLAIN_KEY = 'AKIAPLAINAAAAAAAAAAA';
export const BUCKET = 'arn:aws:s3:::bucket';
export const TRUSTING = `arn:aws:iam::${ACCOUNT}:role/trusting-0`;
/** What mutations are made on. */
export const VICTIM = {
  user: `arn:aws:iam::${ACCOUNT}:user/victim`,
  role: `arn:aws:iam::${ACCOUNT}:role/victim`,
  group: `arn:aws:iam::${ACCOUNT}:group/victims`,
  policy: `arn:aws:iam::${ACCOUNT}:policy/victims`,
  key: 'AKIAVICTIMAAAAAAAAAA',
  device: `arn:aws:iam::${ACCOUNT}:mfa/x0`,
  provider: `arn:aws:iam::${ACCOUNT}:oidc-provider/x0.example.com`,
  profile: `arn:aws:iam::${ACCOUNT}:instance-profile/victim`,
  kmsKey: `arn:aws:kms:us-east-1:${ACCOUNT}:key/11111111-1111-1111-1111-111111111111`,
} as const;
/** The organization above the account, with control policies that deny as much as can be. */
export const ORGANIZATION = { id: 'o-hostileorg1', rootId: 'r-host', policyId: 'p-hostile1' } as const;
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/boundary`;

/** Statements of which no two can be joined: what each leaves out differs, in actions, resources and conditions. */
function manyAllows(count: number, mark: string): string {
  const Statement = Array.from({ length: count }, (_, n) => ({
    Effect: 'Allow',
    NotAction: [`ec2:Run${mark}${n}*`],
    NotResource: [`arn:aws:s3:::${mark}-${n}-*/a*b*c`, `arn:aws:sqs:*:*:${mark}${n}*x*y`],
    Condition: {
      StringLike: { 'aws:UserAgent': `*${mark}${n}*` },
      NumericLessThan: { 's3:max-keys': String(100 + n) },
    },
  }));
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

/** Denies under conditions that no request has. */
function manyDenies(count: number): string {
  const Statement = Array.from({ length: count }, (_, n) => ({
    Effect: 'Deny',
    NotAction: [`iam:Get${n}*`],
    Resource: [`arn:aws:sqs:*:*:denied${n}*x*y`, `arn:aws:s3:::denied-${n}-*/a*b*c`],
    Condition: { StringLike: { 'aws:UserAgent': `*denied${n}*` } },
  }));
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

export const EVERYTHING = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
});

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' }],
});

const OPEN = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 's3:*', Resource: `${BUCKET}/*` }],
});

const KEY_POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' }],
});

function control(id: string, name: string, document: string, targets: readonly string[]) {
  return { id, type: 'SERVICE_CONTROL_POLICY' as const, name, document, targets };
}

/** The policy of a bucket, in which each statement lets in another role under another condition. */
function openTo(bucket: number, roles: number): string {
  const Statement = Array.from({ length: 10 }, (_, n) => ({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/trusting-${(bucket * 7 + n * 13) % roles}` },
    Action: ['s3:Get*', `s3:*Object${n}*`],
    Resource: `arn:aws:s3:::hostile-${bucket}/${n}*`,
    Condition: { StringLike: { 'aws:UserAgent': `*b${bucket}n${n}*` } },
  }));
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

/** One in so many roles has as many statements as the hostile user. */
const ONE_IN = 10;

export function hostileWorld(roles: number): DirectoryDocument {
  const everything = [{ name: 'Everything', document: EVERYTHING }];
  return {
    organizations: [
      {
        ...ORGANIZATION,
        managementAccountId: '999999999999',
        controlPolicies: [
          control('p-hostile0', 'All', EVERYTHING, [ORGANIZATION.rootId, ACCOUNT]),
          control(ORGANIZATION.policyId, 'Denies', manyDenies(20), [ORGANIZATION.rootId]),
        ],
      },
    ],
    accounts: [{ id: ACCOUNT, membership: { organizationId: ORGANIZATION.id, unitId: null } }],
    instanceProfiles: [{ arn: VICTIM.profile, role: null }],
    policies: [
      { arn: VICTIM.policy, defaultVersionId: 'v1', versions: [{ versionId: 'v1', document: EVERYTHING }] },
      { arn: BOUNDARY, defaultVersionId: 'v1', versions: [{ versionId: 'v1', document: manyAllows(30, 'bound') }] },
    ],
    users: [
      {
        arn: HOSTILE,
        inlinePolicies: [{ name: 'Many', document: manyAllows(30, 'own') }],
        permissionsBoundary: BOUNDARY,
      },
      { arn: PLAIN, inlinePolicies: [{ name: 'Everything', document: EVERYTHING }] },
      {
        arn: VICTIM.user,
        inlinePolicies: [{ name: 'Many', document: manyAllows(30, 'own') }],
        permissionsBoundary: BOUNDARY,
      },
    ],
    groups: [{ arn: VICTIM.group, inlinePolicies: [{ name: 'Everything', document: EVERYTHING }] }],
    roles: [
      ...Array.from({ length: roles }, (_, n) => ({
        arn: `arn:aws:iam::${ACCOUNT}:role/trusting-${n}`,
        trustPolicy: TRUST,
        inlinePolicies: n % ONE_IN === 1 ? [{ name: 'Many', document: manyAllows(30, `r${n}`) }] : everything,
      })),
      { arn: VICTIM.role, trustPolicy: TRUST, inlinePolicies: [{ name: 'Many', document: manyAllows(30, 'own') }] },
    ],
    resources: [
      { arn: BUCKET, accountId: ACCOUNT, policy: OPEN },
      { arn: VICTIM.kmsKey, accountId: ACCOUNT, policy: KEY_POLICY },
      ...Array.from({ length: roles / 2 }, (_, n) => ({
        arn: `arn:aws:s3:::hostile-${n}`,
        accountId: ACCOUNT,
        policy: openTo(n, roles),
      })),
    ],
    accessKeys: [
      { id: HOSTILE_KEY, user: HOSTILE },
      { id: PLAIN_KEY, user: PLAIN },
      { id: VICTIM.key, user: VICTIM.user },
    ],
  };
}
