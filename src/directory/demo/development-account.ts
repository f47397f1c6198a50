import type { DirectoryDocument } from '../document.ts';
import { newBucket } from './new-bucket.ts';
import { DATA_ACCOUNT, DEVELOPMENT_ACCOUNT } from './organization.ts';
import { policyText } from './policy-text.ts';
import { viewOwnPermissions } from './view-own-permissions.ts';

const iam = (resource: string) => `arn:aws:iam::${DEVELOPMENT_ACCOUNT}:${resource}`;

const ALICE = iam('user/alice');
const DEVELOPERS = iam('group/developers');
const DEVELOPER_ACCESS = iam('policy/DeveloperAccess');
const DEVELOPER_BOUNDARY = iam('policy/DeveloperBoundary');
const WEB_SERVER = iam('role/WebServer');
const DEPLOYER = iam('role/Deployer');
const AUDITOR = iam('role/Auditor');

/** A policy variable of IAM: each developer has the bucket with their own name. */
const BUCKET_OF_THE_USER = `arn:aws:s3:::dev-\${aws:username}`;

/** Permissions of developers. */
const developerAccess = policyText(
  {
    Sid: 'OwnBucket',
    Effect: 'Allow',
    Action: 's3:*',
    Resource: [BUCKET_OF_THE_USER, `${BUCKET_OF_THE_USER}/*`],
  },
  {
    Sid: 'SharedDatasets',
    Effect: 'Allow',
    Action: ['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
    Resource: ['arn:aws:s3:::shared-datasets', 'arn:aws:s3:::shared-datasets/*'],
  },
  {
    Sid: 'SwitchRoles',
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Resource: [DEPLOYER, `arn:aws:iam::${DATA_ACCOUNT}:role/DataWriter`],
  },
  { Sid: 'LaunchServers', Effect: 'Allow', Action: ['ec2:Describe*', 'ec2:RunInstances'], Resource: '*' },
  { Sid: 'GiveServersTheirRole', Effect: 'Allow', Action: 'iam:PassRole', Resource: WEB_SERVER },
);

/** The most that a developer can get, whatever policies are attached. */
const developerBoundary = policyText({
  Sid: 'DevelopersAtMost',
  Effect: 'Allow',
  Action: ['s3:*', 'ec2:*', 'sts:AssumeRole', 'iam:PassRole', 'iam:Get*', 'iam:List*'],
  Resource: '*',
});

/** 111111111111: alice's account. */
export const developmentAccount: DirectoryDocument = {
  policies: [
    {
      arn: DEVELOPER_ACCESS,
      defaultVersionId: 'v1',
      versions: [{ versionId: 'v1', document: developerAccess }],
    },
    {
      arn: DEVELOPER_BOUNDARY,
      defaultVersionId: 'v1',
      versions: [{ versionId: 'v1', document: developerBoundary }],
    },
  ],
  groups: [
    {
      arn: DEVELOPERS,
      attachedPolicies: [DEVELOPER_ACCESS],
      inlinePolicies: [{ name: 'ViewOwnPermissions', document: viewOwnPermissions }],
    },
  ],
  users: [
    {
      arn: ALICE,
      groups: [DEVELOPERS],
      tags: { team: 'analytics' },
      permissionsBoundary: DEVELOPER_BOUNDARY,
      attachedPolicies: [],
      // Without the boundary she could give herself every permission.
      inlinePolicies: [
        {
          name: 'ManageMyself',
          document: policyText({ Sid: 'ManageMyself', Effect: 'Allow', Action: 'iam:*', Resource: ALICE }),
        },
      ],
    },
  ],
  roles: [
    {
      arn: DEPLOYER,
      description: 'Assumed by alice, within her own account, when she puts something into service',
      maxSessionDuration: 14_400,
      trustPolicy: policyText({
        Sid: 'AliceDeploys',
        Effect: 'Allow',
        Principal: { AWS: ALICE },
        Action: 'sts:AssumeRole',
      }),
      inlinePolicies: [
        {
          name: 'Deploy',
          document: policyText({
            Sid: 'Deploy',
            Effect: 'Allow',
            Action: ['lambda:GetFunction', 'lambda:UpdateFunctionCode', 'lambda:PublishVersion'],
            Resource: `arn:aws:lambda:eu-central-1:${DEVELOPMENT_ACCOUNT}:function:website`,
          }),
        },
      ],
      attachedPolicies: [],
    },
    {
      arn: WEB_SERVER,
      description: 'Assumed by EC2 for the instances that serve the website',
      trustPolicy: policyText({
        Sid: 'InstancesOnly',
        Effect: 'Allow',
        Principal: { Service: 'ec2.amazonaws.com' },
        Action: 'sts:AssumeRole',
      }),
      inlinePolicies: [
        {
          name: 'ServeWebsite',
          document: policyText({
            Sid: 'ServeWebsite',
            Effect: 'Allow',
            Action: 's3:GetObject',
            Resource: 'arn:aws:s3:::dev-alice/website/*',
          }),
        },
      ],
      attachedPolicies: ['arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore'],
    },
    {
      arn: AUDITOR,
      description: 'Assumed by people of the data account; whom exactly is for that account to say',
      trustPolicy: policyText({
        Sid: 'DataAccountAudits',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${DATA_ACCOUNT}:root` },
        Action: 'sts:AssumeRole',
      }),
      inlinePolicies: [
        {
          name: 'LookAtBuckets',
          document: policyText({
            Sid: 'LookAtBuckets',
            Effect: 'Allow',
            Action: ['s3:GetBucketPolicy', 's3:ListAllMyBuckets', 's3:ListBucket'],
            Resource: '*',
          }),
        },
      ],
      attachedPolicies: [],
    },
  ],
  instanceProfiles: [{ arn: iam('instance-profile/WebServer'), role: WEB_SERVER }],
  resources: [
    {
      arn: 'arn:aws:s3:::dev-alice',
      accountId: DEVELOPMENT_ACCOUNT,
      tags: { owner: 'alice' },
      policy: null,
      ...newBucket,
    },
  ],
};
