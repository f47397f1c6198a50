import type {
  AccountInput,
  ControlPolicyInput,
  DelegatedAdministratorInput,
  KnowledgeInput,
  OrganizationInput,
  PublicAccessBlock,
  WholeAttachments,
  WholeList,
} from '../../directory/document.ts';
import { isJsonObject } from '../entry.ts';
import { policyDocument } from './policy-document.ts';
import { list, may, must, named, object, oneOf, orNull, type Shape } from './shape.ts';
import { accountId, boolean, instant, text } from './texts.ts';

const STAYS = 'Left out: what is stored stays';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html */
const settings = object<PublicAccessBlock>('Settings of S3 Block Public Access', {
  blockPublicAcls: must(boolean, 'BlockPublicAcls'),
  ignorePublicAcls: must(boolean, 'IgnorePublicAcls'),
  blockPublicPolicy: must(boolean, 'BlockPublicPolicy'),
  restrictPublicBuckets: must(boolean, 'RestrictPublicBuckets'),
});

export const publicAccessBlock = named('publicAccessBlock', settings);

type Unit = NonNullable<OrganizationInput['units']>[number];

const unit = object<Unit>('An organizational unit', {
  id: must(text, 'ou-…'),
  name: must(text, 'Name'),
  parentId: must(orNull(text), 'ou-… of the unit above it; null: it is directly under the root'),
});

const scp = policyDocument('scp');
const rcp = policyDocument('rcp');

/** What can be read in a control policy depends on its type. */
const controlPolicyType = oneOf('SERVICE_CONTROL_POLICY', 'RESOURCE_CONTROL_POLICY');

const controlPolicyMembers = (document: Shape<string>): Shape<ControlPolicyInput> =>
  object<ControlPolicyInput>('A service control policy or a resource control policy', {
    id: must(text, 'p-…; those of AWS are p-FullAWSAccess and p-RCPFullAWSAccess'),
    type: must(controlPolicyType, 'Type of policy'),
    name: must(text, 'Name'),
    description: may(text, 'Description'),
    targets: must(list(text), 'Ids of the roots, units and accounts that it is attached to, all of them'),
    document: must(document, 'Policy document, as an object or as its text'),
  });

const ofServices = controlPolicyMembers(scp);
const ofResources = controlPolicyMembers(rcp);

const controlPolicy: Shape<ControlPolicyInput> = {
  ...ofServices,
  read: (value, place) =>
    (isJsonObject(value) && value['type'] === 'RESOURCE_CONTROL_POLICY' ? ofResources : ofServices).read(value, place),
};

const delegatedAdministrator = object<DelegatedAdministratorInput>(
  'A member account that administers a service for the organization',
  {
    accountId: must(accountId, 'Id of the account'),
    servicePrincipal: must(text, 'iam.amazonaws.com …'),
  },
);

const wholeAttachments = object<WholeAttachments>('A target of which all control policies of a type are named', {
  targetId: must(text, 'Id of a root, unit or account'),
  type: must(controlPolicyType, 'The type of control policy'),
});

export const organization = object<OrganizationInput>('An organization, with its units and control policies', {
  id: must(text, 'o-…'),
  rootId: must(text, 'r-…'),
  rootName: may(text, `Name of the root. ${STAYS}, or \`Root\``),
  managementAccountId: must(accountId, 'Id of the management account'),
  scpEnabled: may(boolean, `Whether service control policies are enabled. ${STAYS}, or true`),
  rcpEnabled: may(boolean, `Whether resource control policies are enabled. ${STAYS}, or true`),
  units: may(list(unit), `Organizational units, all of them, parents before children. ${STAYS}`),
  controlPolicies: may(list(controlPolicy), `Control policies, all of them. ${STAYS}`),
  delegatedAdministrators: may(list(delegatedAdministrator), `Delegated administrators, all of them. ${STAYS}`),
  allAccounts: may(
    list(accountId),
    'Ids of its accounts, all of them: stored accounts that are not named here left it. Left out: they stay',
  ),
  keepsUnnamed: may(
    boolean,
    'True: stored units, control policies and attachments that are not named here stay. Left out: they are removed',
  ),
  wholeAttachments: may(
    list(wholeAttachments),
    'Targets of which all control policies of a type are named here: other stored attachments to them are removed',
  ),
});

type Membership = Exclude<NonNullable<AccountInput['membership']>, 'NONE'>;

const member = object<Membership>('The place of an account in its organization', {
  organizationId: must(text, 'o-…'),
  unitId: must(orNull(text), 'ou-…; null: directly under the root'),
});

const membership: Shape<Membership | 'NONE'> = {
  schema: { anyOf: [{ enum: ['NONE'] }, member.schema] },
  read: (value, place) => (value === 'NONE' ? value : member.read(value, place)),
  write: (value) => (value === 'NONE' ? value : member.write(value)),
};

export const account = object<AccountInput>('An account', {
  id: must(accountId, 'Twelve digits'),
  partition: may(text, `aws, aws-cn, aws-us-gov … ${STAYS}, or aws`),
  name: may(text, `Name. ${STAYS}`),
  alias: may(orNull(text), `Account alias; null: none. ${STAYS}`),
  membership: may(
    membership,
    `Place in an organization; \`NONE\`: the account is in none. ${STAYS}, or it is not known`,
  ),
  publicAccessBlock: may(
    orNull(publicAccessBlock),
    `S3 Block Public Access of the account; null: none is configured. ${STAYS}`,
  ),
  organizationPublicAccessBlock: may(
    orNull(publicAccessBlock),
    `S3 Block Public Access that the organization sets for the account; null: none. ${STAYS}`,
  ),
});

export const knowledge = object<KnowledgeInput>('What is known of one layer of an account’s policies', {
  accountId: must(accountId, 'Id of the account'),
  layer: must(
    oneOf(
      'IDENTITY_POLICIES',
      'TRUST_POLICIES',
      'PERMISSIONS_BOUNDARIES',
      'ORGANIZATION',
      'CONTROL_POLICIES',
      'RESOURCE_POLICIES',
      'VPC_ENDPOINTS',
      'BLOCK_PUBLIC_ACCESS',
      'GRANTS',
    ),
    'The layer',
  ),
  service: may(text, 'For RESOURCE_POLICIES: the service prefix of the resources'),
  state: must(oneOf('COMPLETE', 'PARTIAL', 'NONE'), 'How much of it is known'),
  missing: may(list(text), 'For PARTIAL: what is missing, as sentences'),
  concerns: may(
    list(oneOf('ALL', 'UNKNOWN', 'STORED', 'UNSTORED')),
    'Which resources each of `missing` concerns: ALL; those of which nothing says that it is known (`known` of a resource): UNKNOWN, ' +
      'of these those in the directory (STORED) or those that are not in it (UNSTORED). Left out: all concern every one',
  ),
  at: may(orNull(instant), 'When it became complete; null: not known. Left out: now'),
});

type EntityList = Exclude<WholeList, { readonly kind: 'resources' }>;
type ResourceList = Extract<WholeList, { readonly kind: 'resources' }>;

const entityList = object<EntityList>('A list of an account that is whole', {
  accountId: must(accountId, 'Id of the account'),
  kind: must(
    oneOf('users', 'groups', 'roles', 'policies', 'instanceProfiles', 'oidcProviders', 'vpcEndpoints'),
    'The list',
  ),
  region: may(text, 'For vpcEndpoints: the Region. Left out: all'),
});

const resourceList = object<ResourceList>('The resources of a service in an account', {
  accountId: must(accountId, 'Id of the account'),
  kind: must(oneOf('resources'), 'The list'),
  service: must(text, 'Service prefix: s3, kms …'),
  resourcePrefix: may(text, 'The beginning of the ARN’s resource part (`key/`). Left out: all of the service'),
  keepsParts: may(boolean, 'True: what is within such a resource stays: streams of tables, aliases of functions'),
  region: may(text, 'The Region. Left out: all'),
});

export const wholeList: Shape<WholeList> = {
  schema: { anyOf: [entityList.schema, resourceList.schema] },
  read: (value, place) =>
    (isJsonObject(value) && value['kind'] === 'resources' ? resourceList : entityList).read(value, place),
  write: (value) => (value.kind === 'resources' ? resourceList.write(value) : entityList.write(value)),
};
