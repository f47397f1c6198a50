import type {
  DirectoryDocument,
  GroupInput,
  ManagedPolicyInput,
  ResourceInput,
  RoleInput,
  UserInput,
} from '../../../src/directory/document.ts';

/** How big the organization is. */
export interface OrganizationSize {
  readonly accounts: number;
  /** Of each account, as everything below. */
  readonly roles: number;
  readonly users: number;
  readonly groups: number;
  readonly policies: number;
  readonly buckets: number;
  /** Managed policies of the account that are attached to each role and user; left out: one to each role, with one of AWS's. */
  readonly attachments?: number;
}

export const FULL_SIZE: OrganizationSize = {
  accounts: 50,
  roles: 300,
  users: 40,
  groups: 5,
  policies: 40,
  buckets: 40,
};

const ORGANIZATION = 'o-bench';
const UNITS = Array.from({ length: 9 }, (_, i) => ({
  id: `ou-${i}`,
  name: `unit ${i}`,
  parentId: i < 3 ? null : `ou-${(i - 3) % 3}`,
}));

function list<T>(count: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function policy(...statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

/** About as long as those of real accounts. */
function identityPolicy(account: string, seed: number): string {
  return policy(
    {
      Sid: 'Objects',
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:PutObject', 's3:ListBucket', 's3:GetObjectTagging'],
      Resource: [`arn:aws:s3:::data-${account}-${seed % 40}`, `arn:aws:s3:::data-${account}-${seed % 40}/*`],
    },
    {
      Sid: 'Queues',
      Effect: 'Allow',
      Action: ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage'],
      Resource: `arn:aws:sqs:eu-west-1:${account}:work-${seed}`,
      Condition: { StringEquals: { 'aws:PrincipalTag/team': `team-${seed % 7}` } },
    },
  );
}

function trustPolicy(account: string, seed: number): string {
  const principal =
    seed % 3 === 0 ? { Service: 'ec2.amazonaws.com' } : { AWS: `arn:aws:iam::${account}:role/app/role-${seed - 1}` };
  return policy({ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' });
}

function idOf(prefix: string, account: number, index: number): string {
  return `${prefix}${String(account)
    .padStart(5, 'A')
    .replace(/\d/g, (digit) => 'BCDEFGHIJK'[Number(digit)] ?? '')}${String(index)
    .padStart(12, '2')
    .replace(/[0189]/g, (digit) => `${'ABCDEFGHIJ'[Number(digit)]}`)}`;
}

/** A document that holds an organization, always the same one. */
export function organizationOf(size: OrganizationSize): DirectoryDocument {
  const accounts = list(size.accounts, (index) => ({ id: String(100_000_000_000 + index), index }));
  const createdAt = '2024-05-01T10:00:00Z';
  const managed = (id: string, index: number): string => `arn:aws:iam::${id}:policy/team/policy-${index}`;
  const attached = (id: string, seed: number): readonly string[] =>
    size.attachments === undefined
      ? [managed(id, seed % size.policies), 'arn:aws:iam::aws:policy/ReadOnlyAccess']
      : list(size.attachments, (i) => managed(id, (seed + i) % size.policies));
  const policies = accounts.flatMap(({ id, index }) =>
    list(
      size.policies,
      (i): ManagedPolicyInput => ({
        arn: managed(id, i),
        id: idOf('ANPA', index, i),
        createdAt,
        defaultVersionId: 'v2',
        versions: [
          { versionId: 'v1', document: identityPolicy(id, i), createdAt },
          { versionId: 'v2', document: identityPolicy(id, i + 1000), createdAt },
        ],
      }),
    ),
  );
  const groups = accounts.flatMap(({ id, index }) =>
    list(
      size.groups,
      (i): GroupInput => ({
        arn: `arn:aws:iam::${id}:group/group-${i}`,
        id: idOf('AGPA', index, i),
        createdAt,
        inlinePolicies: [],
        attachedPolicies: attached(id, i),
      }),
    ),
  );
  const users = accounts.flatMap(({ id, index }) =>
    list(
      size.users,
      (i): UserInput => ({
        arn: `arn:aws:iam::${id}:user/people/user-${i}`,
        id: idOf('AIDA', index, i),
        createdAt,
        tags: { team: `team-${i % 7}` },
        groups: [`arn:aws:iam::${id}:group/group-${i % size.groups}`],
        inlinePolicies: [],
        attachedPolicies: size.attachments === undefined ? [] : attached(id, i),
      }),
    ),
  );
  const roles = accounts.flatMap(({ id, index }) =>
    list(
      size.roles,
      (i): RoleInput => ({
        arn: `arn:aws:iam::${id}:role/app/role-${i}`,
        id: idOf('AROA', index, i),
        createdAt,
        trustPolicy: trustPolicy(id, i),
        tags: { team: `team-${i % 7}`, stage: 'production' },
        inlinePolicies: size.attachments === undefined ? [{ name: 'own', document: identityPolicy(id, 2000 + i) }] : [],
        attachedPolicies: attached(id, i),
        permissionsBoundary: i % 5 === 0 ? managed(id, 0) : null,
      }),
    ),
  );
  const resources = accounts.flatMap(({ id }) =>
    list(size.buckets, (i): ResourceInput => {
      const arn = `arn:aws:s3:::data-${id}-${i}`;
      const principal = { AWS: `arn:aws:iam::${id}:root` };
      const statement = { Effect: 'Allow', Principal: principal, Action: 's3:GetObject', Resource: `${arn}/*` };
      return { arn, accountId: id, region: 'eu-west-1', tags: { kind: 'data' }, policy: policy(statement) };
    }),
  );
  return {
    organizations: [
      {
        id: ORGANIZATION,
        rootId: 'r-bench',
        managementAccountId: accounts[0]?.id ?? '',
        units: UNITS,
        controlPolicies: [
          {
            id: 'p-FullAWSAccess',
            type: 'SERVICE_CONTROL_POLICY',
            name: 'FullAWSAccess',
            document: policy({ Effect: 'Allow', Action: '*', Resource: '*' }),
            targets: ['r-bench', ...UNITS.map(({ id }) => id), ...accounts.map(({ id }) => id)],
          },
        ],
      },
    ],
    accounts: accounts.map(({ id, index }) => ({
      id,
      name: `account ${index}`,
      membership: { organizationId: ORGANIZATION, unitId: UNITS[index % UNITS.length]?.id ?? null },
    })),
    policies,
    groups,
    users,
    roles,
    resources,
  };
}

/** Users, groups, roles, policies, resources and accounts. */
export function entitiesIn(document: DirectoryDocument): number {
  const { accounts, policies, groups, users, roles, resources } = document;
  return [accounts, policies, groups, users, roles, resources].reduce((sum, each) => sum + (each?.length ?? 0), 0);
}
