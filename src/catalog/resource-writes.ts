import { splitArn } from '../policy/arn.ts';
import type { Catalog } from './catalog.ts';
import { GATEWAY_PREFIX } from './gateway-service.ts';

/**
 * The actions of a service that write and remove the policy of its resources. `begins`: how the part of the ARN after the account
 * begins; the first that fits counts. One action: the service has no other to remove a policy. Null: it cannot be removed. The name
 * of an action of another service has its prefix.
 */
type PolicyWrite = readonly [begins: string, put: string, remove?: string | null];

const RESOURCE_POLICY: readonly PolicyWrite[] = [['', 'PutResourcePolicy', 'DeleteResourcePolicy']];
const FILE_SYSTEM: readonly PolicyWrite[] = [['', 'PutFileSystemPolicy', 'DeleteFileSystemPolicy']];
const REPOSITORY: readonly PolicyWrite[] = [['', 'SetRepositoryPolicy', 'DeleteRepositoryPolicy']];
const ACCESS_POINT: PolicyWrite = ['accesspoint/', 'PutAccessPointPolicy', 'DeleteAccessPointPolicy'];
const BUCKET: PolicyWrite = ['', 'PutBucketPolicy', 'DeleteBucketPolicy'];

/**
 * By service: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html,
 * the page of each service. Services that are not here have PutResourcePolicy and DeleteResourcePolicy, or no such action.
 */
const POLICY_WRITES: Readonly<Record<string, readonly PolicyWrite[]>> = {
  'acm-pca': [['', 'PutPolicy', 'DeletePolicy']],
  // The policy of an API stands with API Gateway.
  'execute-api': [['', 'apigateway:UpdateRestApiPolicy']],
  apigateway: [
    ['/restapis/', 'UpdateRestApiPolicy'],
    ['/domainnames/', 'UpdateDomainNamePolicy'],
  ],
  backup: [['', 'PutBackupVaultAccessPolicy', 'DeleteBackupVaultAccessPolicy']],
  codeartifact: [
    ['domain/', 'PutDomainPermissionsPolicy', 'DeleteDomainPermissionsPolicy'],
    ['', 'PutRepositoryPermissionsPolicy', 'DeleteRepositoryPermissionsPolicy'],
  ],
  ecr: REPOSITORY,
  'ecr-public': REPOSITORY,
  elasticfilesystem: FILE_SYSTEM,
  // https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html
  es: [['', 'UpdateDomainConfig']],
  events: [
    ['event-busv2/', 'PutResourcePolicy', 'DeleteResourcePolicy'],
    ['', 'PutPermission', 'RemovePermission'],
  ],
  glacier: [['', 'SetVaultAccessPolicy', 'DeleteVaultAccessPolicy']],
  // A key always has a policy. https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
  kms: [['', 'PutKeyPolicy', null]],
  lambda: [
    ['layer:', 'AddLayerVersionPermission', 'RemoveLayerVersionPermission'],
    ['', 'PutResourcePolicy', 'DeleteResourcePolicy'],
  ],
  lex: [['', 'CreateResourcePolicy', 'DeleteResourcePolicy']],
  logs: [
    ['delivery-destination:', 'PutDeliveryDestinationPolicy', 'DeleteDeliveryDestinationPolicy'],
    ['destination:', 'PutDestinationPolicy'],
    ['', 'PutResourcePolicy', 'DeleteResourcePolicy'],
  ],
  mediastore: [['', 'PutContainerPolicy', 'DeleteContainerPolicy']],
  rekognition: [['', 'PutProjectPolicy', 'DeleteProjectPolicy']],
  s3: [
    ACCESS_POINT,
    ['access-grants/', 'PutAccessGrantsInstanceResourcePolicy', 'DeleteAccessGrantsInstanceResourcePolicy'],
    BUCKET,
  ],
  's3-object-lambda': [['', 's3:PutAccessPointPolicyForObjectLambda', 's3:DeleteAccessPointPolicyForObjectLambda']],
  's3-outposts': [
    // `outpost/op-1/accesspoint/a`: what kind it is, its ARN says behind the Outpost.
    ['outpost/*/accesspoint/', 'PutAccessPointPolicy', 'DeleteAccessPointPolicy'],
    BUCKET,
  ],
  s3express: [ACCESS_POINT, BUCKET],
  s3files: FILE_SYSTEM,
  s3tables: [
    ['bucket/*/table/', 'PutTablePolicy', 'DeleteTablePolicy'],
    ['', 'PutTableBucketPolicy', 'DeleteTableBucketPolicy'],
  ],
  s3vectors: [['', 'PutVectorBucketPolicy', 'DeleteVectorBucketPolicy']],
  serverlessrepo: [['', 'PutApplicationPolicy']],
  ses: [['', 'CreateEmailIdentityPolicy', 'DeleteEmailIdentityPolicy']],
  signer: [['', 'AddProfilePermission', 'RemoveProfilePermission']],
  // https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
  sns: [['', 'SetTopicAttributes']],
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
  sqs: [['', 'SetQueueAttributes']],
  'ssm-contacts': [['', 'PutContactPolicy']],
  'vpc-lattice': [
    ['resourceconfiguration/', 'PutResourcePolicy', 'DeleteResourcePolicy'],
    ['', 'PutAuthPolicy', 'DeleteAuthPolicy'],
  ],
};

/** An action that writes something of a resource, and what it is asked on. */
export interface ResourceWrite {
  /** The service's own; where it has none, one of the gateway (`rolegate:PutResourcePolicy`). */
  readonly action: string;
  /** The resource, another one that stands for it, or `*`. */
  readonly resource: string;
}

type Known = Pick<Catalog, 'action' | 'actionsOf' | 'fit' | 'policyHolders' | 'resourceTypeOf'>;

function beginsWith(resource: string, begins: string): boolean {
  const [head = '', tail] = begins.split('*');
  if (!resource.startsWith(head)) return false;
  return tail === undefined || resource.indexOf(tail, resource.indexOf('/', head.length)) > 0;
}

/** On the resource, on what stands for it at the action's service, or on `*`; null: there is no such action for it. */
function asked(catalog: Known, name: string, arn: string): ResourceWrite | null {
  const action = catalog.action(name);
  if (action === null) return null;
  if (action.wildcardOnly) return { action: action.name, resource: '*' };
  const own = [arn, ...catalog.policyHolders(arn)].find((each) => catalog.fit(action, each).kind === 'fits');
  return own === undefined ? null : { action: action.name, resource: own };
}

function ofGateway(name: string, arn: string): ResourceWrite {
  return { action: `${GATEWAY_PREFIX}:${name}`, resource: arn };
}

/** The service's own action of this name; null: it has none for the resource. */
function own(catalog: Known, service: string, name: string, arn: string): ResourceWrite | null {
  return asked(catalog, name.includes(':') ? name : `${service}:${name}`, arn);
}

function writesOf(arn: string): { readonly service: string; readonly write: PolicyWrite | undefined } {
  const [, , service = '', , , resource = ''] = splitArn(arn);
  const writes = Object.hasOwn(POLICY_WRITES, service) ? (POLICY_WRITES[service] ?? []) : RESOURCE_POLICY;
  return { service, write: writes.find(([begins]) => beginsWith(resource, begins)) };
}

/** The action with which the policy of a resource is written. */
export function policyWrite(catalog: Known, arn: string): ResourceWrite {
  const { service, write } = writesOf(arn);
  const found = write === undefined ? null : own(catalog, service, write[1], arn);
  return found ?? ofGateway('PutResourcePolicy', arn);
}

/** The action with which the policy of a resource is removed; null: it always has one. */
export function policyRemoval(catalog: Known, arn: string): ResourceWrite | null {
  const { service, write = ['', ''] } = writesOf(arn);
  const [, put, remove = put] = write;
  return remove === null ? null : (own(catalog, service, remove, arn) ?? ofGateway('DeleteResourcePolicy', arn));
}

/** How the actions begin that add and remove tags. ChangeTagsForResource and UpdateTagsForResource do both. */
const TAGS = {
  tag: /^(?:Tag|AddTags|CreateTags|CreateOrUpdateTags|ChangeTags|UpdateTags|SetTags|PutBucketTagging)/,
  untag: /^(?:Untag|RemoveTags|DeleteTags|ChangeTags|UpdateTags|SetTags|PutBucketTagging)/,
} as const;

/** Objects have tags of their own, with keys of their own. */
const OBJECT_TAGS = { tag: 's3:PutObjectTagging', untag: 's3:DeleteObjectTagging' } as const;
const OBJECTS: readonly (string | null)[] = ['object', 'accesspointobject'];

/** Whether it is an object of S3, whose tags are `s3:ExistingObjectTag`. */
export function isObject(catalog: Pick<Catalog, 'resourceTypeOf'>, arn: string): boolean {
  return splitArn(arn)[2] === 's3' && OBJECTS.includes(catalog.resourceTypeOf(arn));
}

/** The action with which tags are added to a resource or removed from it. */
export function tagWrite(catalog: Known, arn: string, kind: 'tag' | 'untag'): ResourceWrite {
  const service = splitArn(arn)[2] ?? '';
  const fits = (name: string): boolean => {
    const action = catalog.action(name);
    return action !== null && !action.wildcardOnly && catalog.fit(action, arn).kind === 'fits';
  };
  const usual = isObject(catalog, arn)
    ? OBJECT_TAGS[kind]
    : `${service}:${kind === 'tag' ? 'TagResource' : 'UntagResource'}`;
  if (fits(usual)) return { action: usual, resource: arn };
  const other = catalog
    .actionsOf(service)
    .filter(({ accessLevel, name }) => accessLevel === 'TAGGING' && TAGS[kind].test(name.slice(service.length + 1)))
    .find(({ name }) => fits(name));
  return other === undefined
    ? ofGateway(kind === 'tag' ? 'TagResource' : 'UntagResource', arn)
    : { action: other.name, resource: arn };
}

/** Bytes of a policy document. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html and others. */
const POLICY_BYTES: Readonly<Record<string, number>> = {
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
  s3: 20_480,
  // https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
  kms: 32_768,
  // https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
  secretsmanager: 20_480,
  // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  lambda: 20_480,
};

/** The most bytes that the policy of a resource can have. */
export function mostPolicyBytes(arn: string): number {
  const service = splitArn(arn)[2] ?? '';
  return (Object.hasOwn(POLICY_BYTES, service) ? POLICY_BYTES[service] : undefined) ?? 32_768;
}
