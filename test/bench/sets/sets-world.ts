import type {
  DirectoryDocument,
  ManagedPolicyInput,
  ResourceInput,
  RoleInput,
  UserInput,
} from '../../../src/directory/document.ts';

/** How big the directory is. */
export interface SetsSize {
  readonly principals: number;
  readonly accounts: number;
}

const ORGANIZATION = 'o-bench';
/** Principals that share a customer policy. */
const SHARING = 5;

function policy(...statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

function list<T>(count: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

const accountIdOf = (index: number): string => String(100_000_000_000 + index);

/** What one customer policy says; every fourth reads all buckets, and every third describes what there is in EC2. */
function customerPolicy(account: string, seed: number): string {
  const bucket = `arn:aws:s3:::data-${account}`;
  return policy(
    {
      Sid: 'Objects',
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:PutObject', 's3:ListBucket'],
      Resource: seed % 4 === 0 ? '*' : [bucket, `${bucket}/team-${seed}/*`],
    },
    {
      Sid: 'Queues',
      Effect: 'Allow',
      Action: ['sqs:SendMessage', 'sqs:ReceiveMessage'],
      Resource: `arn:aws:sqs:eu-west-1:${account}:work-${seed}`,
      Condition: { StringEquals: { 'aws:PrincipalTag/team': `team-${seed % 7}` } },
    },
    ...(seed % 3 === 0 ? [{ Sid: 'Describe', Effect: 'Allow', Action: 'ec2:Describe*', Resource: '*' }] : []),
    ...(seed % 11 === 0
      ? [{ Effect: 'Deny', Action: 's3:*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }]
      : []),
  );
}

function inlinePolicy(account: string, seed: number): string {
  return policy({
    Sid: `Own${seed}`,
    Effect: 'Allow',
    Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'kms:Decrypt'],
    Resource: `arn:aws:dynamodb:eu-west-1:${account}:table/table-${seed}`,
  });
}

/** Roles are trusted by their account, by a role of their account, or by one of the next account, in turns. */
function trustPolicy(size: SetsSize, account: number, index: number, roles: number): string {
  const here = accountIdOf(account);
  const there = accountIdOf((account + 1) % size.accounts);
  const trusted = [
    `arn:aws:iam::${here}:root`,
    `arn:aws:iam::${here}:role/app/role-${(index + 1) % roles}`,
    `arn:aws:iam::${there}:role/app/role-${index}`,
  ];
  return policy({ Effect: 'Allow', Principal: { AWS: trusted[index % 3] }, Action: 'sts:AssumeRole' });
}

/** ARN of an administrator: a user. */
export const ADMINISTRATOR = `arn:aws:iam::${accountIdOf(0)}:user/people/user-0`;
export const OBJECT = `arn:aws:s3:::data-${accountIdOf(0)}/team-7/x`;
export const A_USER = `arn:aws:iam::${accountIdOf(0)}:user/people/user-1`;

/** A directory of this size, always the same one: 40 in 100 principals are users, the others roles, and one in 100 is an administrator. */
export function setsWorld(size: SetsSize): DirectoryDocument {
  const each = size.principals / size.accounts;
  const userCount = Math.round(each * 0.4);
  const roleCount = each - userCount;
  const accounts = list(size.accounts, (index) => ({ id: accountIdOf(index), index }));
  const managed = (id: string, name: string): string => `arn:aws:iam::${id}:policy/${name}`;
  const held = (id: string, seed: number) => ({
    attachedPolicies: [managed(id, seed % 100 === 0 ? 'admin' : `team-${Math.floor(seed / SHARING)}`)],
    inlinePolicies: seed % 10 === 3 ? [{ name: 'own', document: inlinePolicy(id, seed) }] : [],
    permissionsBoundary: seed % 4 === 1 ? managed(id, 'boundary') : null,
    tags: { team: `team-${seed % 7}` },
  });
  const version = (document: string) => ({ defaultVersionId: 'v1', versions: [{ versionId: 'v1', document }] });
  const policies = accounts.flatMap(({ id }): readonly ManagedPolicyInput[] => [
    ...list(Math.ceil(each / SHARING), (seed) => ({
      arn: managed(id, `team-${seed}`),
      ...version(customerPolicy(id, seed)),
    })),
    { arn: managed(id, 'admin'), ...version(policy({ Effect: 'Allow', Action: '*', Resource: '*' })) },
    {
      arn: managed(id, 'boundary'),
      ...version(policy({ Effect: 'Allow', NotAction: ['iam:*', 'organizations:*'], Resource: '*' })),
    },
  ]);
  const users = accounts.flatMap(({ id }) =>
    list(userCount, (n): UserInput => ({ arn: `arn:aws:iam::${id}:user/people/user-${n}`, ...held(id, n) })),
  );
  const roles = accounts.flatMap(({ id, index }) =>
    list(
      roleCount,
      (n): RoleInput => ({
        arn: `arn:aws:iam::${id}:role/app/role-${n}`,
        trustPolicy: trustPolicy(size, index, n, roleCount),
        ...held(id, userCount + n),
      }),
    ),
  );
  const resources = accounts.map(({ id }): ResourceInput => {
    const arn = `arn:aws:s3:::data-${id}`;
    const letIn = {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${id}:root` },
      Action: 's3:*',
      Resource: [arn, `${arn}/*`],
    };
    return { arn, accountId: id, region: 'eu-west-1', policy: policy(letIn) };
  });
  const control = (id: string, document: string, targets: readonly string[]) => ({
    id,
    type: 'SERVICE_CONTROL_POLICY' as const,
    name: id,
    document,
    targets,
  });
  const outside = {
    StringNotEquals: { 'aws:RequestedRegion': ['eu-west-1', 'us-east-1'] },
    ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/app/role-1*' },
  };
  return {
    organizations: [
      {
        id: ORGANIZATION,
        rootId: 'r-bench',
        managementAccountId: accountIdOf(0),
        units: [],
        scpEnabled: true,
        controlPolicies: [
          control('p-full', policy({ Effect: 'Allow', Action: '*', Resource: '*' }), [
            'r-bench',
            ...accounts.map(({ id }) => id),
          ]),
          control(
            'p-regions',
            policy({ Effect: 'Deny', NotAction: ['iam:*', 'sts:*'], Resource: '*', Condition: outside }),
            ['r-bench'],
          ),
        ],
      },
    ],
    accounts: accounts.map(({ id }) => ({ id, membership: { organizationId: ORGANIZATION, unitId: null } })),
    policies,
    users,
    roles,
    resources,
  };
}
