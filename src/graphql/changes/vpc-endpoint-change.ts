import type { EndpointName } from '../../directory/entities/resource-inputs.ts';
import { accountOfEndpoints } from '../../guard/resource-attempts.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { readableEndpoint } from '../entities/readable-entities.ts';
import { TagInput } from '../entities/tag.ts';
import { VpcEndpoint } from '../entities/vpc-endpoint.ts';
import {
  EntityExistsFailure,
  LimitFailure,
  MalformedPolicyFailure,
  NoSuchEntityFailure,
  ValidationFailure,
} from '../failures.ts';
import { type Changed, changedFields, created } from './changed-fields.ts';
import { changeMutation } from './entity-change.ts';
import { said } from './said.ts';

const CreateVpcEndpointSuccess = builder.objectRef<Changed>('CreateVpcEndpointSuccess').implement({
  description: 'The VPC endpoint is there; in a dry run, it would be',
  fields: (t) => ({
    vpcEndpoint: t.field({
      type: VpcEndpoint,
      nullable: true,
      description: 'The new endpoint; null in a dry run, or if the caller may not read it (ec2:DescribeVpcEndpoints)',
      resolve: (change, _args, context) => created(change, () => readableEndpoint(context, change.arn)),
    }),
    ...changedFields(t),
  }),
});

const VpcEndpointChangeSuccess = builder.objectRef<Changed>('VpcEndpointChangeSuccess').implement({
  description: 'The VPC endpoint was changed; the change takes effect at the next request',
  fields: (t) => ({
    vpcEndpoint: t.field({
      type: VpcEndpoint,
      nullable: true,
      description:
        'The endpoint after the change, in a dry run before it; null if the caller may not read it (ec2:DescribeVpcEndpoints)',
      resolve: ({ arn }, _args, context) => readableEndpoint(context, arn),
    }),
    ...changedFields(t),
  }),
});

const DeleteVpcEndpointSuccess = builder.objectRef<Changed>('DeleteVpcEndpointSuccess').implement({
  description: 'The VPC endpoint was deleted; in a dry run, it would be',
  fields: (t) => ({
    deletedEndpointId: t.string({ description: 'Id of the endpoint', resolve: ({ arn }) => arn }),
    ...changedFields(t),
  }),
});

const ENDPOINT = 'Id of the endpoint: vpce-…';
const POLICY =
  'An endpoint policy of at most 20,480 characters. Left out: none, so that the endpoint lets everything through';

changeMutation('createVpcEndpoint', {
  description:
    'ec2:CreateVpcEndpoint: enters a VPC endpoint in the directory. Needs ec2:CreateVpcEndpoint on the VPC and on endpoints of the ' +
    'account, with ec2:VpceServiceName, aws:RequestTag and aws:TagKeys; with tags also ec2:CreateTags on the latter, with ' +
    'ec2:CreateAction. Only the operator may choose the id, or leave the VPC out',
  input: builder.inputType('CreateVpcEndpointInput', {
    description: 'The parameters of ec2:CreateVpcEndpoint that the directory holds',
    fields: (t) => ({
      accountId: t.field({ type: 'AccountId', required: true, description: 'The account that owns the endpoint' }),
      region: t.string({ required: true, description: 'The Region that it is in' }),
      endpointId: t.string({ description: `${ENDPOINT}. Left out: one is made` }),
      vpcId: t.string({ description: 'The VPC that it is in: vpc-…. Left out: not known' }),
      serviceName: t.string({
        required: true,
        description: 'The service that it leads to: com.amazonaws.us-east-1.s3 …',
      }),
      endpointType: t.string({
        required: true,
        description: 'Gateway, Interface, GatewayLoadBalancer, Resource or ServiceNetwork',
      }),
      tags: t.field({ type: [TagInput], description: 'Its tags, at most 50' }),
      policyDocument: t.field({ type: 'PolicyDocument', description: POLICY }),
    }),
  }),
  success: CreateVpcEndpointSuccess,
  failures: [NoSuchEntityFailure, EntityExistsFailure, ValidationFailure, MalformedPolicyFailure, LimitFailure],
  changeOf: (input) => {
    const { policyDocument, endpointType: type, ...rest } = said(input);
    return { ...rest, type, ...(policyDocument === undefined ? {} : { policyDocument: policyDocument.text }) };
  },
});

/** Whoever is of an account finds its endpoints alone. */
function named(endpointId: string, context: GatewayContext): EndpointName {
  const ofAccount = accountOfEndpoints(context);
  return ofAccount === undefined ? { endpointId } : { endpointId, ofAccount };
}

changeMutation('modifyVpcEndpoint', {
  description:
    'ec2:ModifyVpcEndpoint: replaces the policy of a VPC endpoint. Needs ec2:ModifyVpcEndpoint on the endpoint',
  input: builder.inputType('ModifyVpcEndpointInput', {
    description: 'The parameters of ec2:ModifyVpcEndpoint that the directory holds',
    fields: (t) => ({
      endpointId: t.string({ required: true, description: ENDPOINT }),
      policyDocument: t.field({ type: 'PolicyDocument', description: POLICY }),
    }),
  }),
  success: VpcEndpointChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure, MalformedPolicyFailure, LimitFailure],
  changeOf: ({ endpointId, policyDocument }, context) => ({
    ...named(endpointId, context),
    ...(policyDocument == null ? {} : { policyDocument: policyDocument.text }),
  }),
});

changeMutation('deleteVpcEndpoint', {
  description: 'ec2:DeleteVpcEndpoints, for one endpoint. Needs ec2:DeleteVpcEndpoints on the endpoint',
  input: builder.inputType('DeleteVpcEndpointInput', {
    description: 'The endpoint to delete',
    fields: (t) => ({ endpointId: t.string({ required: true, description: ENDPOINT }) }),
  }),
  success: DeleteVpcEndpointSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure],
  changeOf: ({ endpointId }, context) => named(endpointId, context),
});
