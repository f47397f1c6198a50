/** Condition keys that hang on what is called: those of services that follow from it, and those of every request. */
import { type Known, type NaiveRequest, ownerOf, type Value } from './naive-request.ts';

/** KMS operations without kms:CallerAccount. https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html */
const WITHOUT_CALLER_ACCOUNT = new Set([
  'kms:createkey',
  'kms:generaterandom',
  'kms:listaliases',
  'kms:listkeys',
  'kms:listretirablegrants',
  'kms:retiregrant',
]);

const regionOf = (q: NaiveRequest): string => q.resource.arn.split(':')[3] ?? '';

/** Keys of one service, which no other has and nobody can forge. */
export function serviceKeyValue(q: NaiveRequest, key: string): Known {
  const { name, service } = q.action;
  if (key === 'kms:calleraccount') {
    const isThere = service === 'kms' && !WITHOUT_CALLER_ACCOUNT.has(name.toLowerCase());
    return { value: isThere && 'accountId' in q.principal ? q.principal.accountId : undefined };
  }
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
  if (key === 's3:resourceaccount') {
    if (service !== 's3') return { value: undefined };
    const owner = ownerOf(q);
    return owner === null ? 'fromRequest' : { value: owner };
  }
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
  if (key === 's3:accesspointnetworkorigin') {
    const { accessPoint } = q.resource;
    return accessPoint === undefined ? 'fromRequest' : { value: accessPoint.vpcId === null ? 'Internet' : 'VPC' };
  }
  // What comes through an access point has its ARN: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
  if (key === 's3:dataaccesspointarn' || key === 's3:dataaccesspointaccount') {
    const point = /^arn:[^:]+:[^:]+:[^:]*:([^:]*):accesspoint\/[^/]+/.exec(q.resource.arn);
    return point === null ? 'fromRequest' : { value: key.endsWith('arn') ? point[0] : point[1] };
  }
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
  if (key === 'ec2:region') {
    if (service !== 'ec2') return { value: undefined };
    const region = regionOf(q) === '' ? q.context.get('aws:requestedregion') : regionOf(q);
    return region === undefined ? 'fromRequest' : { value: region };
  }
  return 'fromRequest';
}

/** Where requests to services go that are one for the whole partition: https://docs.aws.amazon.com/general/latest/gr/iam-service.html */
const HOME_REGIONS = new Map([
  ['aws:iam', 'us-east-1'],
  ['aws-cn:iam', 'cn-north-1'],
  ['aws-us-gov:iam', 'us-gov-west-1'],
]);

function homeRegionOf(q: NaiveRequest): string | undefined {
  const ofCaller = 'partition' in q.principal ? q.principal.partition : 'aws';
  const partition = q.resource.arn.split(':')[1] ?? ofCaller;
  return HOME_REGIONS.get(`${partition}:${q.action.service}`);
}

/** What AWS puts into every request. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
export function assumedValue(q: NaiveRequest, key: string): Value {
  if (key === 'aws:viaawsservice') return 'false';
  if (key === 'aws:securetransport') return 'true';
  const { arn } = q.resource;
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
  if (key === 'secretsmanager:secretid')
    return /^arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:/.test(arn) ? arn : undefined;
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html#ecs-resource-ids
  if (key === 'ecs:cluster') {
    const [, head, cluster] =
      /^(arn:[^:]+:ecs:[^:]*:[^:]*:)(?:task|service|container-instance)\/([^/]+)\/./.exec(arn) ?? [];
    return head === undefined ? undefined : `${head}cluster/${cluster}`;
  }
  if (key !== 'aws:requestedregion') return undefined;
  // A listing that is tried in every Region is a request in that Region.
  if (q.askedRegion !== undefined) return q.askedRegion;
  return regionOf(q) === '' ? homeRegionOf(q) : regionOf(q);
}
