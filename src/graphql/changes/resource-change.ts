import { builder } from '../builder.ts';
import { readableResource } from '../entities/readable-entities.ts';
import { Resource } from '../entities/resource.ts';
import { ObjectOwnership } from '../entities/resource-details.ts';
import { TagInput } from '../entities/tag.ts';
import {
  EntityExistsFailure,
  LimitFailure,
  MalformedPolicyFailure,
  NoSuchEntityFailure,
  ValidationFailure,
} from '../failures.ts';
import { type Changed, changedFields } from './changed-fields.ts';
import { changeMutation, deletedParts } from './entity-change.ts';
import { said } from './said.ts';

const ResourceChangeSuccess = builder.objectRef<Changed>('ResourceChangeSuccess').implement({
  description: 'The resource was changed; the change takes effect at the next request',
  fields: (t) => ({
    resource: t.field({
      type: Resource,
      nullable: true,
      description: 'The resource after the change, in a dry run before it; null if the caller may not read it',
      resolve: ({ arn }, _args, context) => readableResource(context, arn),
    }),
    ...changedFields(t),
  }),
});

const DeleteResourceSuccess = builder.objectRef<Changed>('DeleteResourceSuccess').implement({
  description: 'The resource was removed from the directory; in a dry run, it would be',
  fields: (t) => ({
    deletedResourceArn: t.field({ type: 'Arn', description: 'ARN of the resource', resolve: ({ arn }) => arn }),
    ...changedFields(t),
  }),
});

const RESOURCE = 'The resource';
const TAG_RULES =
  'A key has 1 to 128 characters, a value 0 to 256: letters, digits, spaces and _ . : / = + - @. Keys that begin with `aws:` belong to AWS';

const AccessPointInput = builder.inputType('AccessPointInput', {
  description: 'What an access point of S3 leads to, and from where it is reached',
  fields: (t) => ({
    bucketArn: t.field({ type: 'Arn', required: true, description: 'Its bucket' }),
    vpcId: t.string({
      description: 'The VPC that its requests must come from: vpc-…. Left out: they may come from anywhere',
    }),
  }),
});

changeMutation('putResource', {
  description:
    'A gateway extension: enters a resource of any service in the directory, with its owner and its tags, or changes what is said of ' +
    'it. Its policy is written by `putResourcePolicy`. Needs rolegate:PutResource on the resource, with aws:RequestTag and aws:TagKeys; ' +
    'with `tags` also what `tagResource` needs, and what `untagResource` needs where it has others that go',
  input: builder.inputType('PutResourceInput', {
    description: 'What is said of a resource. What is left out stays as it is; of a new resource it is not known',
    fields: (t) => ({
      resourceArn: t.field({
        type: 'Arn',
        required: true,
        description:
          'The resource: an ARN without wildcards. IAM’s entities, organizations and VPC endpoints have operations of their own',
      }),
      accountId: t.field({
        type: 'AccountId',
        description:
          'Its owner, which does not change later. Left out: the account that the ARN names. ARNs of buckets name none',
      }),
      tags: t.field({ type: [TagInput], description: `All of its tags, at most 50. ${TAG_RULES}` }),
      region: t.string({ description: 'Region of a bucket' }),
      leadsTo: t.field({ type: AccessPointInput, description: 'Of an access point of S3' }),
      objectOwnership: t.field({ type: ObjectOwnership, description: 'S3 Object Ownership of a bucket' }),
      abacEnabled: t.boolean({ description: 'Whether attribute-based access control is enabled for a bucket' }),
    }),
  }),
  success: ResourceChangeSuccess,
  failures: [NoSuchEntityFailure, EntityExistsFailure, ValidationFailure, LimitFailure],
  changeOf: (input, context) => {
    const { leadsTo, ...given } = said(input);
    // The tags that go are those that were asked about.
    const rest = given.tags === undefined ? given : { ...given, ...deletedParts(context, given.resourceArn) };
    if (leadsTo === undefined) return rest;
    return { ...rest, accessPoint: { bucket: leadsTo.bucketArn, vpcId: leadsTo.vpcId ?? null } };
  },
});

changeMutation('deleteResource', {
  description:
    'A gateway extension: removes a resource from the directory, with its policy, its tags and its grants. Needs ' +
    'rolegate:DeleteResource on the resource',
  input: builder.inputType('DeleteResourceInput', {
    description: 'The resource to remove',
    fields: (t) => ({ resourceArn: t.field({ type: 'Arn', required: true, description: RESOURCE }) }),
  }),
  success: DeleteResourceSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure],
  changeOf: (input) => input,
});

const WRITES =
  's3:PutBucketPolicy, kms:PutKeyPolicy, sqs:SetQueueAttributes …; rolegate:PutResourcePolicy where the service has no such action';

changeMutation('putResourcePolicy', {
  description:
    'Writes the resource-based policy of a resource, or replaces it. Only types of resources that have one at AWS can have one. ' +
    'Principals in it mean the users and roles that have these names now. S3 Block Public Access can prevent a public policy. Needs ' +
    `the action of the service on the resource: ${WRITES}. Lambda’s has lambda:Principal: each principal that the policy names is ` +
    'asked about',
  input: builder.inputType('PutResourcePolicyInput', {
    description: 'A resource and its policy',
    fields: (t) => ({
      resourceArn: t.field({ type: 'Arn', required: true, description: RESOURCE }),
      policyDocument: t.field({
        type: 'PolicyDocument',
        required: true,
        description: 'A resource policy of at most 32,768 bytes; of S3, Secrets Manager and Lambda at most 20,480',
      }),
    }),
  }),
  success: ResourceChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure, MalformedPolicyFailure, LimitFailure],
  changeOf: ({ resourceArn, policyDocument }) => ({ resourceArn, policyDocument: policyDocument.text }),
});

changeMutation('deleteResourcePolicy', {
  description:
    'Removes the resource-based policy of a resource. Nothing changes if it has none. KMS keys always have one. Needs the action of ' +
    'the service on the resource: s3:DeleteBucketPolicy, sqs:SetQueueAttributes …; rolegate:DeleteResourcePolicy where the service ' +
    'has no such action',
  input: builder.inputType('DeleteResourcePolicyInput', {
    description: 'The resource whose policy is to be removed',
    fields: (t) => ({ resourceArn: t.field({ type: 'Arn', required: true, description: RESOURCE }) }),
  }),
  success: ResourceChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure],
  changeOf: (input) => input,
});

changeMutation('tagResource', {
  description:
    'Adds tags to a resource, or gives them other values; its other tags stay. A resource has at most 50. Needs the tagging action of ' +
    'the service on the resource, with aws:RequestTag and aws:TagKeys: s3:TagResource, sqs:TagQueue, ec2:CreateTags …; ' +
    'rolegate:TagResource where the service has none. Also of an account, a unit, a root or a control policy of an organization, by ' +
    'its ARN of AWS Organizations (organizations:TagResource), which need not be entered',
  input: builder.inputType('TagResourceInput', {
    description: 'A resource and tags for it',
    fields: (t) => ({
      resourceArn: t.field({ type: 'Arn', required: true, description: RESOURCE }),
      tags: t.field({ type: [TagInput], required: true, description: `Tags with different keys. ${TAG_RULES}` }),
    }),
  }),
  success: ResourceChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure, LimitFailure],
  changeOf: (input) => input,
});

changeMutation('untagResource', {
  description:
    'Removes tags from a resource. Keys that it does not have are no fault. Needs the untagging action of the service on the ' +
    'resource, with aws:TagKeys: s3:UntagResource, sqs:UntagQueue, ec2:DeleteTags …; rolegate:UntagResource where the service has none',
  input: builder.inputType('UntagResourceInput', {
    description: 'A resource and keys of its tags',
    fields: (t) => ({
      resourceArn: t.field({ type: 'Arn', required: true, description: RESOURCE }),
      tagKeys: t.stringList({ required: true, description: '1 to 50 keys of tags, as they are written' }),
    }),
  }),
  success: ResourceChangeSuccess,
  failures: [NoSuchEntityFailure, ValidationFailure],
  changeOf: (input) => input,
});
