import {
  accountId,
  arn,
  givenAccountId,
  givenArn,
  givenPairs,
  givenTags,
  givenText,
  policyText,
  tagKeys,
  tags,
  text,
  texts,
} from './argument-reader.ts';
import { type FieldGuard, performs } from './field-guard.ts';

const RESOURCE = { resourceArn: arn };
const PLACE = { accountId: givenAccountId, resourceArn: givenArn };

/** The operations of mutations on resources, their policies, tags and grants, and on VPC endpoints. */
export const RESOURCE_MUTATION_GUARDS: Readonly<Record<string, FieldGuard>> = {
  'Mutation.putResource': performs('PutResource', { ...RESOURCE, accountId: givenAccountId, tags: givenTags }),
  'Mutation.deleteResource': performs('DeleteResource', RESOURCE),
  'Mutation.putResourcePolicy': performs('PutResourcePolicy', { ...RESOURCE, policyDocument: policyText }),
  'Mutation.deleteResourcePolicy': performs('DeleteResourcePolicy', RESOURCE),
  'Mutation.tagResource': performs('TagResource', { ...RESOURCE, tags }),
  'Mutation.untagResource': performs('UntagResource', { ...RESOURCE, tagKeys }),
  'Mutation.putPublicAccessBlock': performs('PutPublicAccessBlock', PLACE),
  'Mutation.deletePublicAccessBlock': performs('DeletePublicAccessBlock', PLACE),
  'Mutation.createGrant': performs('CreateGrant', {
    keyArn: arn,
    granteePrincipal: text,
    retiringPrincipal: givenText,
    operations: texts,
    encryptionContextSubset: givenPairs,
    encryptionContextEquals: givenPairs,
  }),
  'Mutation.revokeGrant': performs('RevokeGrant', { keyArn: arn }),
  'Mutation.retireGrant': performs('RetireGrant', { keyArn: arn, grantId: text }),
  'Mutation.createVpcEndpoint': performs('CreateVpcEndpoint', {
    accountId,
    region: text,
    endpointId: givenText,
    vpcId: givenText,
    serviceName: text,
    tags: givenTags,
  }),
  'Mutation.modifyVpcEndpoint': performs('ModifyVpcEndpoint', { endpointId: text }),
  'Mutation.deleteVpcEndpoint': performs('DeleteVpcEndpoint', { endpointId: text }),
};
