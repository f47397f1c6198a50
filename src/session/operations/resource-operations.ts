import { policyRemoval, policyWrite, tagWrite } from '../../catalog/resource-writes.ts';
import type { OperationsOf } from './described.ts';
import * as check from './resource-checks.ts';

type Name =
  | 'putResource'
  | 'deleteResource'
  | 'putResourcePolicy'
  | 'deleteResourcePolicy'
  | 'tagResource'
  | 'untagResource'
  | 'putPublicAccessBlock'
  | 'deletePublicAccessBlock'
  | 'createGrant'
  | 'revokeGrant'
  | 'retireGrant'
  | 'createVpcEndpoint'
  | 'modifyVpcEndpoint'
  | 'deleteVpcEndpoint';

const ofResource = ({ resourceArn }: { readonly resourceArn: string }): string => resourceArn;
const ofKey = ({ keyArn }: { readonly keyArn: string }): string => keyArn;
const ofEndpoint = ({ endpointId }: { readonly endpointId: string }): string => endpointId;

type Place = { readonly accountId: string } | { readonly resourceArn: string };

const ofPlace = (place: Place): string => ('accountId' in place ? place.accountId : place.resourceArn);

/** S3 has one action to configure Block Public Access and to remove it. */
function blocking(place: Place): string {
  if ('accountId' in place) return 's3:PutAccountPublicAccessBlock';
  return place.resourceArn.includes(':accesspoint/')
    ? 's3:PutAccessPointPublicAccessBlock'
    : 's3:PutBucketPublicAccessBlock';
}

function checkPlace(place: Place): void {
  if ('resourceArn' in place) check.checkResourceArn(place.resourceArn);
}

function checkNamedGrant({ keyArn, grantId }: { readonly keyArn: string; readonly grantId: string }): void {
  check.checkResourceArn(keyArn, 'keyArn');
  check.checkText(grantId, 'grantId', 128);
}

/** Operations on resources, their policies, tags and grants, and on VPC endpoints. */
export const RESOURCE_OPERATIONS: OperationsOf<Name> = {
  putResource: {
    action: 'rolegate:PutResource',
    target: ofResource,
    check: (input) => {
      check.checkEntry(input);
      check.checkResourceTags(input.tags);
    },
  },
  deleteResource: {
    action: 'rolegate:DeleteResource',
    target: ofResource,
    check: ({ resourceArn }) => check.checkText(resourceArn, 'resourceArn', check.ARN_CHARACTERS),
    ends: true,
  },
  putResourcePolicy: {
    action: ({ resourceArn }, catalog) => policyWrite(catalog, resourceArn).action,
    target: ofResource,
    check: ({ resourceArn, policyDocument }) => {
      check.checkResourceArn(resourceArn);
      check.checkPolicyOf(policyDocument, 'resource');
    },
  },
  deleteResourcePolicy: {
    // Where none can be removed, the action that would replace it says so.
    action: ({ resourceArn: arn }, catalog) => (policyRemoval(catalog, arn) ?? policyWrite(catalog, arn)).action,
    target: ofResource,
    check: ({ resourceArn }) => check.checkResourceArn(resourceArn),
  },
  tagResource: {
    action: ({ resourceArn }, catalog) => tagWrite(catalog, resourceArn, 'tag').action,
    target: ofResource,
    check: ({ resourceArn, tags }) => {
      check.checkTaggedArn(resourceArn);
      check.checkResourceTags(tags);
    },
  },
  untagResource: {
    action: ({ resourceArn }, catalog) => tagWrite(catalog, resourceArn, 'untag').action,
    target: ofResource,
    check: ({ resourceArn, tagKeys }) => {
      check.checkTaggedArn(resourceArn);
      check.checkResourceTagKeys(tagKeys);
    },
  },
  putPublicAccessBlock: { action: blocking, target: ofPlace, check: checkPlace },
  deletePublicAccessBlock: { action: blocking, target: ofPlace, check: checkPlace },
  createGrant: { action: 'kms:CreateGrant', target: ofKey, check: check.checkGrant },
  revokeGrant: { action: 'kms:RevokeGrant', target: ofKey, check: checkNamedGrant },
  retireGrant: { action: 'kms:RetireGrant', target: ofKey, check: checkNamedGrant },
  createVpcEndpoint: {
    action: 'ec2:CreateVpcEndpoint',
    target: ({ endpointId, vpcId, accountId }) => endpointId ?? vpcId ?? accountId,
    check: check.checkEndpoint,
  },
  modifyVpcEndpoint: {
    action: 'ec2:ModifyVpcEndpoint',
    target: ofEndpoint,
    check: ({ endpointId, policyDocument }) => {
      check.checkEndpointId(endpointId);
      check.checkPolicyOf(policyDocument, 'vpce');
    },
  },
  deleteVpcEndpoint: {
    action: 'ec2:DeleteVpcEndpoints',
    target: ofEndpoint,
    check: ({ endpointId }) => check.checkEndpointId(endpointId),
    ends: true,
  },
};
