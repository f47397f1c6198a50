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
} as const;
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

export function hostileWorld(roles: number): DirectoryDocument {
  return {
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
        inlinePolicies: [{ name: 'Everything', document: EVERYTHING }],
      })),
      { arn: VICTIM.role, trustPolicy: TRUST, inlinePolicies: [{ name: 'Many', document: manyAllows(30, 'own') }] },
    ],
    resources: [{ arn: BUCKET, accountId: ACCOUNT, policy: OPEN }],
    accessKeys: [
      { id: HOSTILE_KEY, user: HOSTILE },
      { id: PLAIN_KEY, user: PLAIN },
      { id: VICTIM.key, user: VICTIM.user },
    ],
  };
}
