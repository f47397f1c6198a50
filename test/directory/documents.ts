import type { DirectoryDocument } from '../../src/directory/document.ts';
import type { PrincipalRef } from '../../src/policy/principal-id.ts';
import { parsePrincipalRef } from '../../src/policy/principal-id.ts';

export const HERE = '111111111111';
export const THERE = '222222222222';
export const ALICE = `arn:aws:iam::${HERE}:user/alice`;
export const BOB = `arn:aws:iam::${HERE}:user/team/bob`;
export const DEVS = `arn:aws:iam::${HERE}:group/devs`;
export const APP = `arn:aws:iam::${HERE}:role/team/App`;
export const POLICY = `arn:aws:iam::${HERE}:policy/Own`;
export const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
export const BUCKET = 'arn:aws:s3:::example-bucket';

export function allow(action: string, resource = '*'): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: action, Resource: resource }],
  });
}

export function grant(principal: string, action: string, resource?: string): string {
  const statement = { Effect: 'Allow', Principal: { AWS: principal }, Action: action };
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [resource === undefined ? statement : { ...statement, Resource: resource }],
  });
}

export function ref(text: string): PrincipalRef {
  const parsed = parsePrincipalRef(text);
  if (parsed === null) throw new Error(`${text} names no principal`);
  return parsed;
}

/** Two users, one with everything a user can have; a role that trusts it; a bucket of another account. */
export const BASE: DirectoryDocument = {
  accounts: [{ id: HERE, name: 'here', membership: 'NONE' }],
  policies: [
    {
      arn: POLICY,
      id: 'ANPAOWN',
      defaultVersionId: 'v2',
      versions: [
        { versionId: 'v1', document: allow('sns:*') },
        { versionId: 'v2', document: allow('sqs:SendMessage') },
      ],
    },
  ],
  groups: [
    {
      arn: DEVS,
      id: 'AGPADEVS',
      inlinePolicies: [{ name: 'logs', document: allow('logs:*') }],
      attachedPolicies: [POLICY],
    },
  ],
  users: [
    {
      arn: ALICE,
      id: 'AIDAALICE',
      createdAt: '2024-05-01T10:00:00+02:00',
      tags: { Team: 'blue' },
      groups: [DEVS],
      inlinePolicies: [{ name: 'own', document: allow('s3:GetObject') }],
      attachedPolicies: [READ_ONLY],
      permissionsBoundary: POLICY,
    },
    { arn: BOB, id: 'AIDABOB' },
  ],
  roles: [
    {
      arn: APP,
      id: 'AROAAPP',
      trustPolicy: grant(ALICE, 'sts:AssumeRole'),
      inlinePolicies: [{ name: 'app', document: allow('ec2:*') }],
      tags: { app: 'x' },
      maxSessionDuration: 7200,
    },
  ],
  resources: [
    { arn: BUCKET, accountId: THERE, tags: { kind: 'data' }, policy: grant(ALICE, 's3:GetObject', `${BUCKET}/*`) },
  ],
};
