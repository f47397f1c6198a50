import type { ControlPolicyInput, OrganizationInput } from '../document.ts';
import { policyText } from './policy-text.ts';

const ORGANIZATION = 'o-exampleorg1';
const ROOT = 'r-ab12';
const WORKLOADS = 'ou-ab12-workload';
const SHARED = 'ou-ab12-shared00';

export const MANAGEMENT_ACCOUNT = '999999999999';
export const DEVELOPMENT_ACCOUNT = '111111111111';
export const DATA_ACCOUNT = '222222222222';

/** AWS attaches its two full-access policies everywhere; they allow what nothing else restricts. */
const EVERYWHERE = [ROOT, WORKLOADS, SHARED, MANAGEMENT_ACCOUNT, DEVELOPMENT_ACCOUNT, DATA_ACCOUNT];

const controlPolicies: readonly ControlPolicyInput[] = [
  {
    id: 'p-FullAWSAccess',
    type: 'SERVICE_CONTROL_POLICY',
    name: 'FullAWSAccess',
    targets: EVERYWHERE,
    document: policyText({ Sid: 'FullAWSAccess', Effect: 'Allow', Action: '*', Resource: '*' }),
  },
  {
    id: 'p-RCPFullAWSAccess',
    type: 'RESOURCE_CONTROL_POLICY',
    name: 'RCPFullAWSAccess',
    targets: EVERYWHERE,
    document: policyText({ Sid: 'FullAWSAccess', Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }),
  },
  {
    // Binds the principals of the accounts below Workloads, whatever their own policies say.
    id: 'p-keepbuckets',
    type: 'SERVICE_CONTROL_POLICY',
    name: 'KeepBuckets',
    targets: [WORKLOADS],
    document: policyText({
      Sid: 'NobodyDeletesBuckets',
      Effect: 'Deny',
      Action: ['s3:DeleteBucket', 's3:DeleteBucketPolicy'],
      Resource: '*',
    }),
  },
  {
    // Binds the resources of all accounts, whoever asks: a bucket opened to everybody stays closed.
    id: 'p-onlyourorg',
    type: 'RESOURCE_CONTROL_POLICY',
    name: 'OnlyOurOrganization',
    targets: [ROOT],
    document: policyText({
      Sid: 'NobodyFromOutside',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: '*',
      Condition: {
        StringNotEqualsIfExists: { 'aws:PrincipalOrgID': ORGANIZATION },
        BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
      },
    }),
  },
];

export const organization: OrganizationInput = {
  id: ORGANIZATION,
  rootId: ROOT,
  managementAccountId: MANAGEMENT_ACCOUNT,
  scpEnabled: true,
  rcpEnabled: true,
  units: [
    { id: WORKLOADS, name: 'Workloads', parentId: null },
    { id: SHARED, name: 'Shared', parentId: null },
  ],
  controlPolicies,
};

/** The place of each account in the organization. */
export const memberships = {
  management: { organizationId: ORGANIZATION, unitId: null },
  development: { organizationId: ORGANIZATION, unitId: WORKLOADS },
  data: { organizationId: ORGANIZATION, unitId: SHARED },
};
