import type { DirectoryDocument, UserInput } from '../../src/directory/document.ts';

// Two organizations. In the first, 900… manages, 100… administers IAM Access Analyzer, 200… is a member like any other and
// 300… administers another service; 800… is an organization of its own.

export const MANAGEMENT = '900000000000';
export const DELEGATED = '100000000000';
export const MEMBER = '200000000000';
export const OTHER_DELEGATED = '300000000000';
export const STRANGER = '800000000000';

const ORGANIZATION = 'o-first00000';
const ROOT = 'r-fir1';

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: unknown;
}

export function policy(...statements: readonly Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

export function arn(account: string, resource: string): string {
  return `arn:aws:iam::${account}:${resource}`;
}

const EVERYTHING = policy({ Effect: 'Allow', Action: '*', Resource: '*' });
const EVERYTHING_TO_ALL = policy({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' });

export const READS_ALL: Statement = {
  Sid: 'ReadsAll',
  Effect: 'Allow',
  Action: [
    'iam:Get*',
    'iam:List*',
    'iam:SimulatePrincipalPolicy',
    'account:Get*',
    'config:*',
    'organizations:Describe*',
  ],
  Resource: '*',
};

/** A user with one inline policy, `Own`. */
export function user(account: string, name: string, ...statements: readonly Statement[]) {
  return {
    arn: arn(account, `user/${name}`),
    inlinePolicies: statements.length === 0 ? [] : [{ name: 'Own', document: policy(...statements) }],
    attachedPolicies: [],
  };
}

const trustOf = (account: string): string =>
  policy({ Sid: 'Trusts', Effect: 'Allow', Principal: { AWS: arn(account, 'root') }, Action: 'sts:AssumeRole' });

function control(
  id: string,
  type: 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY',
  document: string,
  targets: string[],
) {
  return { id, type, name: id.slice(2), document, targets };
}

export const SECRETS: Statement = { Sid: 'NoSecrets', Effect: 'Deny', Action: 'secretsmanager:*', Resource: '*' };

export function guardedWorld(...more: readonly UserInput[]): DirectoryDocument {
  const everywhere = [ROOT, MANAGEMENT, DELEGATED, MEMBER, OTHER_DELEGATED];
  return {
    organizations: [
      {
        id: ORGANIZATION,
        rootId: ROOT,
        managementAccountId: MANAGEMENT,
        scpEnabled: true,
        rcpEnabled: true,
        controlPolicies: [
          control('p-FullAWSAccess', 'SERVICE_CONTROL_POLICY', EVERYTHING, everywhere),
          control('p-RCPFullAWSAccess', 'RESOURCE_CONTROL_POLICY', EVERYTHING_TO_ALL, everywhere),
          control('p-nosecrets', 'SERVICE_CONTROL_POLICY', policy(SECRETS), [ROOT]),
          control(
            'p-nogroups',
            'SERVICE_CONTROL_POLICY',
            policy({ Effect: 'Deny', Action: 'iam:ListGroups', Resource: '*' }),
            [ROOT],
          ),
        ],
        delegatedAdministrators: [
          { accountId: DELEGATED, servicePrincipal: 'access-analyzer.amazonaws.com' },
          { accountId: OTHER_DELEGATED, servicePrincipal: 'guardduty.amazonaws.com' },
        ],
      },
      { id: 'o-second0000', rootId: 'r-sec2', managementAccountId: STRANGER },
    ],
    accounts: [
      ...[MANAGEMENT, DELEGATED, MEMBER, OTHER_DELEGATED].map((id) => ({
        id,
        name: `Account ${id.slice(0, 3)}`,
        membership: { organizationId: ORGANIZATION, unitId: null },
      })),
      { id: STRANGER, membership: { organizationId: 'o-second0000', unitId: null } },
    ],
    policies: [
      {
        arn: arn(MEMBER, 'policy/ReadsLogs'),
        defaultVersionId: 'v1',
        versions: [
          {
            versionId: 'v1',
            document: policy({
              Sid: 'ReadsLogs',
              Effect: 'Allow',
              Action: 's3:GetObject',
              Resource: 'arn:aws:s3:::logs/*',
            }),
          },
        ],
      },
      {
        arn: arn(MEMBER, 'policy/AtMost'),
        defaultVersionId: 'v1',
        versions: [
          {
            versionId: 'v1',
            document: policy(
              { Effect: 'Allow', Action: '*', Resource: '*' },
              { Sid: 'NoQueues', Effect: 'Deny', Action: 'sqs:*', Resource: '*' },
            ),
          },
        ],
      },
    ],
    groups: [
      {
        arn: arn(MEMBER, 'group/people'),
        inlinePolicies: [
          {
            name: 'Lists',
            document: policy({ Sid: 'Lists', Effect: 'Allow', Action: 's3:ListBucket', Resource: '*' }),
          },
        ],
        attachedPolicies: [arn(MEMBER, 'policy/ReadsLogs')],
      },
    ],
    users: [
      ...[MANAGEMENT, DELEGATED, MEMBER, OTHER_DELEGATED, STRANGER].map((id) => user(id, 'reader', READS_ALL)),
      user(MEMBER, 'nobody'),
      {
        ...user(MEMBER, 'worker', {
          Sid: 'Works',
          Effect: 'Allow',
          Action: ['s3:PutObject', 'sqs:SendMessage', 'sts:AssumeRole', 'secretsmanager:GetSecretValue'],
          Resource: '*',
        }),
        groups: [arn(MEMBER, 'group/people')],
        permissionsBoundary: arn(MEMBER, 'policy/AtMost'),
        tags: { team: 'logs' },
      },
      user(STRANGER, 'somebody'),
      ...more,
    ],
    roles: [
      {
        arn: arn(MEMBER, 'role/team/Writer'),
        trustPolicy: trustOf(MEMBER),
        description: 'Writes',
        tags: { team: 'logs' },
        inlinePolicies: [
          {
            name: 'Writes',
            document: policy({ Sid: 'Writes', Effect: 'Allow', Action: 's3:PutObject', Resource: '*' }),
          },
        ],
        attachedPolicies: [],
      },
      {
        arn: arn(MEMBER, 'role/Closed'),
        trustPolicy: policy({
          Sid: 'OnlyLambda',
          Effect: 'Allow',
          Principal: { Service: 'lambda.amazonaws.com' },
          Action: 'sts:AssumeRole',
        }),
        inlinePolicies: [{ name: 'Own', document: EVERYTHING }],
        attachedPolicies: [],
      },
      { arn: arn(STRANGER, 'role/Far'), trustPolicy: trustOf(STRANGER), inlinePolicies: [], attachedPolicies: [] },
    ],
    resources: [
      {
        arn: 'arn:aws:s3:::logs',
        accountId: MEMBER,
        tags: { kind: 'logs' },
        policy: policy({
          Sid: 'WorkerDeletes',
          Effect: 'Allow',
          Principal: { AWS: arn(MEMBER, 'user/worker') },
          Action: 's3:DeleteObject',
          Resource: 'arn:aws:s3:::logs/*',
        }),
      },
      { arn: 'arn:aws:s3:::far', accountId: STRANGER, policy: null },
    ],
  };
}
