import { valueInArn } from '../policy/arn-keys.ts';
import type { ContextKey } from '../policy/context-key.ts';
import { homeRegion } from './home-regions.ts';
import type { PreparedPrincipal, PreparedResource } from './prepare.ts';
import type { ActionFacts } from './request.ts';

/**
 * Condition keys of services that follow from the action, the caller and the resource. All condition keys of the services in
 * the catalogue were reviewed, and stand with their class in evaluation/condition-keys.json; the keys that are not here are parameters of the request (sns:Endpoint,
 * iam:PassedToService), properties of the resource that only the service knows (ec2:InstanceType, rds:DatabaseEngine) or
 * facts of the credentials that no directory holds (lambda:SourceFunctionArn, ec2:SourceInstanceARN). Tags are separate
 * keys: see policy/tag-keys.ts. `iam:PermissionsBoundary` is a parameter of the operations that set a boundary; for the
 * others that have it, it is the boundary of the user or role. Of these iam:GetRole alone reads, and is asked everywhere.
 *
 * | Key                          | Value                                   | Why                                              |
 * | ---------------------------- | --------------------------------------- | ------------------------------------------------ |
 * | kms:CallerAccount            | account of the caller                   | filled: KMS sets it, key policies of AWS rely on it |
 * | ec2:Region                   | Region of the ARN or of the request     | filled: EC2 sets it in every call                |
 * | s3:ResourceAccount, s3express:ResourceAccount | owner of the resource  | filled, as aws:ResourceAccount, in their service alone |
 * | s3:DataAccessPointArn, …Account (s3express, s3-outposts) | of the ARN  | filled where the ARN is that of an access point  |
 * | s3:AccessPointNetworkOrigin  | VPC or Internet                         | filled where the directory knows the access point |
 * | iam:PermissionsBoundary      | boundary of the role                    | filled for iam:GetRole where the directory has the role |
 * | aws:SecureTransport          | true                                    | assumed: AWS's endpoints are called with TLS     |
 * | aws:ViaAWSService            | false                                   | assumed: a call by the principal itself          |
 * | aws:RequestedRegion          | Region of the ARN, or of the service    | assumed: a resource is called in its Region (a bucket in its own) |
 * | secretsmanager:SecretId      | ARN of the secret                       | assumed: a caller can also give its name         |
 * | ecs:cluster                  | ARN of the cluster that the ARN names   | assumed: elsewhere a parameter                   |
 * | lambda:FunctionArn           | ARN of the function                     | assumed, for function URLs only                  |
 * | ec2:InstanceID and similar   | part of the ARN (policy/arn-keys.ts)    | assumed: what AWS derives from the resource      |
 *
 * Filled: no request can override it. Assumed: a value in the request counts, and the answer names the assumed keys.
 */
export interface Call {
  readonly principal: PreparedPrincipal;
  readonly action: ActionFacts;
  readonly resource: PreparedResource;
}

/** KMS's operations without the key. https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-caller-account */
const WITHOUT_CALLER_ACCOUNT: ReadonlySet<string> = new Set([
  'kms:createkey',
  'kms:generaterandom',
  'kms:listaliases',
  'kms:listkeys',
  'kms:listretirablegrants',
  'kms:retiregrant',
]);

/** Actions with other keys than the rest of their service, in lower case. */
export const ACTIONS_WITH_OWN_KEYS = WITHOUT_CALLER_ACCOUNT;

/**
 * The value of a filled key. Undefined: such a call has no such key, whatever the request says. Null: no value follows, and
 * the value in the request counts.
 */
export function filledValue({ name }: ContextKey, call: Call): string | undefined | null {
  const { principal, action, resource } = call;
  switch (name) {
    case 'kms:calleraccount':
      if (action.service !== 'kms' || WITHOUT_CALLER_ACCOUNT.has(action.name.toLowerCase())) return undefined;
      return principal.accountId === '' ? undefined : principal.accountId;
    case 'ec2:region':
      if (action.service !== 'ec2') return undefined;
      return regionOf(resource) ?? null;
    case 's3:resourceaccount':
    case 's3express:resourceaccount':
      return name.startsWith(`${action.service}:`) ? resource.accountId : undefined;
    case 'iam:permissionsboundary':
      if (resource.facts.boundary === undefined || !isGetRole(action)) return null;
      return resource.facts.boundary ?? undefined;
    case 's3:accesspointnetworkorigin': {
      const { accessPoint } = resource.facts;
      if (accessPoint === undefined) return null;
      return accessPoint.vpcId === null ? 'Internet' : 'VPC';
    }
    default: {
      const accessPoint = accessPointOf(resource);
      if (accessPoint === null) return null;
      return name.endsWith('account') ? accountOf(resource) : accessPoint;
    }
  }
}

/**
 * The one reading that AWS gives the key.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
function isGetRole({ service, name }: ActionFacts): boolean {
  return service === 'iam' && name.toLowerCase() === 'iam:getrole';
}

/** Assumed keys with values for some actions of a service only. */
export const ASSUMED_BY_ACTION: ReadonlySet<string> = new Set(['lambda:functionarn']);

/** The value of an assumed key if the request does not give one; undefined: no value can be assumed. */
export function assumedValue({ name }: ContextKey, call: Call): string | undefined {
  const { principal, action, resource } = call;
  switch (name) {
    case 'aws:securetransport':
      return 'true';
    case 'aws:viaawsservice':
      return 'false';
    case 'aws:requestedregion':
      return (
        regionOf(resource) ??
        bucketRegion(resource, action) ??
        homeRegion(resource.partition || principal.partition, action.service)
      );
    case 'secretsmanager:secretid':
      return action.service === 'secretsmanager' && resource.rest.startsWith('secret:') ? resource.text : undefined;
    case 'lambda:functionarn':
      return isFunctionUrl(action) && resource.rest.startsWith('function:') ? resource.text : undefined;
    case 'ecs:cluster':
      return action.service === 'ecs' ? clusterOf(resource) : undefined;
    default:
      return valueInArn(name, action.service, resource.rest);
  }
}

const REGION = 3;
const ACCOUNT = 4;

/** The Region in the ARN of a resource; undefined: none. */
function regionOf({ segments }: PreparedResource): string | undefined {
  const region = segments[REGION];
  return region === '' ? undefined : region;
}

/** The Region of the bucket that a call is about: S3's ARNs name none. */
function bucketRegion({ facts }: PreparedResource, { service }: ActionFacts): string | undefined {
  return service === 's3' ? facts.region : undefined;
}

function accountOf({ segments }: PreparedResource): string | undefined {
  const account = segments[ACCOUNT];
  return account === '' ? undefined : account;
}

/** The access point in the ARN, of the access point itself or of something behind it; null: none. */
function accessPointOf({ text, rest }: PreparedResource): string | null {
  if (!rest.startsWith('accesspoint/')) return null;
  const end = rest.indexOf('/', 'accesspoint/'.length);
  return end < 0 ? text : text.slice(0, text.length - rest.length + end);
}

/** `lambda:InvokeFunctionUrl`, `lambda:CreateFunctionUrlConfig` … */
function isFunctionUrl({ service, name }: ActionFacts): boolean {
  return service === 'lambda' && name.toLowerCase().includes('functionurl');
}

/** Resources whose ARN contains their cluster, in the form that AWS has used since 2021: `task/CLUSTER/ID`. */
const IN_CLUSTER: ReadonlySet<string> = new Set([
  'container-instance',
  'daemon',
  'service',
  'service-deployment',
  'service-revision',
  'task',
  'task-set',
]);

function clusterOf({ text, rest }: PreparedResource): string | undefined {
  const [type = '', cluster = '', ...more] = rest.split('/');
  if (type === 'cluster' && cluster !== '') return text;
  if (!IN_CLUSTER.has(type) || more.length === 0) return undefined;
  return `${text.slice(0, text.length - rest.length)}cluster/${cluster}`;
}
