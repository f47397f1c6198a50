import type {
  GroupInput,
  InlinePolicyInput,
  InstanceProfileInput,
  ManagedPolicyInput,
  RoleInput,
  UserInput,
} from '../../directory/document.ts';
import { policyDocument } from './policy-document.ts';
import { list, may, must, object, orNull, record } from './shape.ts';
import { boolean, iamArn, instant, integer, text, uniqueId } from './texts.ts';

const REPLACED = 'Replaces what is stored; left out: that stays';

/** Of every entity that has a unique id. */
const id = may(
  uniqueId,
  'Unique id. Left out: the stored one stays, and a new entity gets a generated one. Another id than the stored one means another entity of that name',
);
const createdAt = may(instant, 'When it was created. Left out: what is stored stays; now, for a new entity');

export const tags = record(text, text);
export const boundTo = record(text, text);

const inlinePolicy = object<InlinePolicyInput>('A policy that is embedded in a user, group or role', {
  name: must(text, 'Name of the policy'),
  document: must(policyDocument('identity'), 'Policy document, as an object or as its text'),
});

const inlinePolicies = may(list(inlinePolicy), `Inline policies, all of them. ${REPLACED}`);
const attachedPolicies = may(
  list(iamArn('policy')),
  `ARNs of attached managed policies, all of them. AWS managed policies need not be in a document. ${REPLACED}`,
);
const tagged = may(tags, `Tag keys and values. ${REPLACED}`);
const permissionsBoundary = may(orNull(iamArn('policy')), `ARN of the permissions boundary; null: none. ${REPLACED}`);

export const user = object<UserInput>('A user of IAM', {
  arn: must(iamArn('user'), 'ARN, with path and name'),
  id,
  createdAt,
  tags: tagged,
  permissionsBoundary,
  groups: may(list(iamArn('group')), `ARNs of the groups that the user is in, all of them. ${REPLACED}`),
  attachedPolicies,
  inlinePolicies,
});

export const group = object<GroupInput>('A group of users; each user names its groups', {
  arn: must(iamArn('group'), 'ARN, with path and name'),
  id,
  createdAt,
  attachedPolicies,
  inlinePolicies,
});

export const role = object<RoleInput>('A role', {
  arn: must(iamArn('role'), 'ARN, with path and name'),
  id,
  createdAt,
  description: may(text, `Description. ${REPLACED}`),
  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
  maxSessionDuration: may(integer(3600, 43_200), `Longest session, in seconds; 3600 for a new role. ${REPLACED}`),
  tags: tagged,
  permissionsBoundary,
  trustPolicy: must(policyDocument('trust'), 'Trust policy, as an object or as its text'),
  trustBindings: may(
    boundTo,
    'Principals that the trust policy names and that were deleted after it was written: ARN to the unique id that they had. The policy no longer lets in who has that name now. Left out: none',
  ),
  attachedPolicies,
  inlinePolicies,
});

export const instanceProfile = object<InstanceProfileInput>('An instance profile', {
  arn: must(iamArn('instance-profile'), 'ARN, with path and name'),
  id,
  createdAt,
  role: may(orNull(iamArn('role')), `ARN of its role; null: none. ${REPLACED}`),
  tags: tagged,
});

const version = object<ManagedPolicyInput['versions'][number]>('A version of a managed policy', {
  versionId: must(text, 'v1, v2 …'),
  createdAt,
  document: must(policyDocument('identity'), 'Policy document, as an object or as its text'),
});

export const managedPolicy = object<ManagedPolicyInput>('A managed policy, of an account or of AWS', {
  arn: must(iamArn('policy'), 'ARN, with path and name'),
  id,
  createdAt,
  description: may(text, `Description. ${REPLACED}`),
  tags: tagged,
  defaultVersionId: must(
    orNull(text),
    'The version in force; null: the policy is attached somewhere, but its document is not known',
  ),
  versions: must(list(version), 'Versions. Stored ones that are not named here stay, unless these are all'),
  wholeVersions: may(boolean, 'Whether these are all versions: stored ones that are not named here are removed'),
});
