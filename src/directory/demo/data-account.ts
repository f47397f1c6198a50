import type { DirectoryDocument } from '../document.ts';
import { newBucket } from './new-bucket.ts';
import { DATA_ACCOUNT, DEVELOPMENT_ACCOUNT } from './organization.ts';
import { policyText } from './policy-text.ts';
import { viewOwnPermissions } from './view-own-permissions.ts';

const BUCKET = 'arn:aws:s3:::shared-datasets';
const ALICE = { AWS: `arn:aws:iam::${DEVELOPMENT_ACCOUNT}:user/alice` };

/**
 * The other way across accounts: a principal named by the bucket's policy comes as itself and keeps its own permissions.
 * Only the resource control policy of the organization keeps PublicReadme from being public.
 */
const bucketPolicy = policyText(
  {
    Sid: 'AliceReadsAndWrites',
    Effect: 'Allow',
    Principal: ALICE,
    Action: ['s3:GetObject', 's3:PutObject'],
    Resource: `${BUCKET}/*`,
  },
  { Sid: 'AliceLists', Effect: 'Allow', Principal: ALICE, Action: 's3:ListBucket', Resource: BUCKET },
  { Sid: 'PublicReadme', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `${BUCKET}/public/*` },
);

/** 222222222222: bob's account, which owns the data. */
export const dataAccount: DirectoryDocument = {
  users: [
    {
      arn: `arn:aws:iam::${DATA_ACCOUNT}:user/bob`,
      tags: { team: 'data' },
      attachedPolicies: [],
      inlinePolicies: [
        { name: 'ViewOwnPermissions', document: viewOwnPermissions },
        {
          name: 'DataOwner',
          document: policyText(
            { Sid: 'OwnsDatasets', Effect: 'Allow', Action: 's3:*', Resource: [BUCKET, `${BUCKET}/*`] },
            {
              Sid: 'AuditsDevelopment',
              Effect: 'Allow',
              Action: 'sts:AssumeRole',
              Resource: `arn:aws:iam::${DEVELOPMENT_ACCOUNT}:role/Auditor`,
            },
          ),
        },
      ],
    },
  ],
  roles: [
    {
      arn: `arn:aws:iam::${DATA_ACCOUNT}:role/DataWriter`,
      description: 'Assumed by the analytics team of the development account to write datasets',
      tags: { team: 'data' },
      trustPolicy: policyText({
        Sid: 'AnalyticsTeamOfDevelopment',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${DEVELOPMENT_ACCOUNT}:root` },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'aws:PrincipalTag/team': 'analytics' } },
      }),
      inlinePolicies: [
        {
          name: 'WriteDatasets',
          document: policyText({
            Sid: 'WriteDatasets',
            Effect: 'Allow',
            Action: ['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
            Resource: [BUCKET, `${BUCKET}/*`],
          }),
        },
      ],
      attachedPolicies: [],
    },
  ],
  resources: [
    { arn: BUCKET, accountId: DATA_ACCOUNT, tags: { classification: 'shared' }, policy: bucketPolicy, ...newBucket },
  ],
};
