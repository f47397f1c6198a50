import { canBeAbout } from '../access/effective-permissions-filter.ts';
import type { KnownResource } from '../directory/directory.ts';
import type { GuardContext } from './context.ts';
import { decideInRequest } from './decision-loader.ts';
import { fromMemory } from './from-memory.ts';
import { allOf, andThen, type MaybePromise } from './maybe-promise.ts';
import { callerSubject, mayDo, ownContext, type Permission } from './permission.ts';

/** AWS Config is where AWS shows resources of all services with their owner, tags and policies. */
export function resourcePermission(accountId: string): Permission {
  return { action: 'config:GetResourceConfigHistory', resource: '*', account: accountId };
}

/** The action with which AWS lists the VPC endpoints of an account, with their policies. */
export function endpointPermission(accountId: string): Permission {
  return { action: 'ec2:DescribeVpcEndpoints', resource: '*', account: accountId };
}

/** What of a resource can be read with an action of its service, too. */
export type ResourcePart =
  | 'abacEnabled'
  | 'accessPoint'
  | 'grants'
  | 'objectOwnership'
  | 'publicAccessBlock'
  | 'region';

const PART_READS: Readonly<Record<ResourcePart, string>> = {
  accessPoint: 's3:GetAccessPoint',
  region: 's3:GetBucketLocation',
  publicAccessBlock: 's3:GetBucketPublicAccessBlock',
  objectOwnership: 's3:GetBucketOwnershipControls',
  abacEnabled: 's3:GetBucketAbac',
  grants: 'kms:ListGrants',
};

/** A bucket's ARN names no account; access points have one, and other actions. */
const IS_BUCKET = /^arn:[^:]+:s3:::[^/]+$/;

const isBucket = (arn: string): boolean => IS_BUCKET.test(arn);

/** Of which resources the service shows the part. s3:GetAccessPoint has no resource types. */
const TAKES: Readonly<Record<ResourcePart, (arn: string) => boolean>> = {
  accessPoint: (arn) => arn.includes(':accesspoint/'),
  region: isBucket,
  publicAccessBlock: isBucket,
  objectOwnership: isBucket,
  abacEnabled: isBucket,
  grants: (arn) => arn.split(':', 3)[2] === 'kms',
};

/** Any one of these lets the caller read a part of a resource: in AWS Config, or at its service. */
export function resourcePartPermissions(part: ResourcePart, arn: string, accountId: string): readonly Permission[] {
  const action = PART_READS[part];
  const atConfig = resourcePermission(accountId);
  return TAKES[part](arn)
    ? [atConfig, { action, resource: part === 'accessPoint' ? '*' : arn, account: accountId }]
    : [atConfig];
}

/** The action of each service that reads the policies of its resources, where it is one action on the resource. */
const POLICY_READS: Readonly<Record<string, string>> = {
  'acm-pca': 'acm-pca:GetPolicy',
  backup: 'backup:GetBackupVaultAccessPolicy',
  dynamodb: 'dynamodb:GetResourcePolicy',
  ecr: 'ecr:GetRepositoryPolicy',
  elasticfilesystem: 'elasticfilesystem:DescribeFileSystemPolicy',
  events: 'events:DescribeEventBus',
  glacier: 'glacier:GetVaultAccessPolicy',
  kinesis: 'kinesis:GetResourcePolicy',
  kms: 'kms:GetKeyPolicy',
  lambda: 'lambda:GetPolicy',
  s3: 's3:GetBucketPolicy',
  secretsmanager: 'secretsmanager:GetResourcePolicy',
  sns: 'sns:GetTopicAttributes',
  sqs: 'sqs:GetQueueAttributes',
};

/** Any one of these lets the caller read the policy of a resource: in AWS Config, or at its service. */
export function resourcePolicyPermissions(arn: string, accountId: string): readonly Permission[] {
  const action = POLICY_READS[arn.split(':', 3)[2] ?? ''];
  const atConfig = resourcePermission(accountId);
  return action === undefined ? [atConfig] : [atConfig, { action, resource: arn, account: accountId }];
}

/** Whether the caller may read the policy of a resource of the directory: at once if what is needed is in memory. */
export function mayReadResourcePolicy(context: GuardContext, arn: string): MaybePromise<boolean> {
  return andThen(storedResource(context, arn), ({ value }) => {
    const { accountId } = value.facts;
    if (accountId === null) return false;
    const permissions = resourcePolicyPermissions(arn, accountId);
    const verdicts = allOf(permissions.map((permission) => mayDo(context, permission)));
    return andThen(verdicts, (allowed) => allowed.includes(true));
  });
}

/** A resource of the directory as it is known. */
function storedResource(context: GuardContext, arn: string): MaybePromise<KnownResource> {
  const known = fromMemory(context, (memory) => memory.resource(arn, null));
  if (known !== undefined) return known;
  const gathered = context.directory.gather({ principals: [], roles: [], resources: [{ arn, accountId: null }] });
  return gathered.then((found) => found.resource(arn, null));
}

/**
 * Whoever may list or read something of a resource at its own service knows that it exists: alice knows the bucket of
 * another account that gives her access, though AWS Config of that account shows her nothing. Its policy and tags need more.
 */
export function mayReadAtItsService(context: GuardContext, arn: string): MaybePromise<boolean> {
  const { caller, catalog } = context;
  if (caller.kind !== 'principal') return false;
  const subject = callerSubject(caller);
  const reads = catalog
    .actionsOf(arn.split(':', 3)[2] ?? '')
    .filter(({ accessLevel }) => accessLevel === 'LIST' || accessLevel === 'READ')
    .filter(canBeAbout(catalog, arn));
  const questions = reads.map(({ name }) => ({
    subject,
    action: name,
    resource: arn,
    resourceAccount: null,
    context: ownContext(context),
    path: '',
  }));
  return andThen(decideInRequest(context, questions), (answers) =>
    answers.some((answer) => !(answer instanceof Error) && answer.decision.allowed),
  );
}
