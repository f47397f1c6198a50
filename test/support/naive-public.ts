/**
 * S3 Block Public Access, for the naive evaluator.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
import type { Doc, Json, NaiveRequest } from './naive-request.ts';
import { list, object, textOf } from './naive-text.ts';

/** Of which a fixed value makes a grant non-public. */
const KEYS =
  /^(aws:(principal(account|arn|orgid|servicename)|source(account|arn|owner|vpce?)|userid)|s3:(dataaccesspointaccount|x-amz-server-side-encryption-aws-kms-key-id))$/;

const isFixed = (text: string): boolean =>
  text !== '' && !text.includes('*') && !text.includes('?') && !text.includes('${');

/** An ARN of access points of one account in one Region, whatever they are called. */
const ACCESS_POINTS = /^arn:[\w-]+:s3:[\w-]+:\d{12}:accesspoint\/[^$]*$/;

function isNarrow(range: string): boolean {
  const [address = '', bits] = range.split('/');
  const least = address.includes(':') ? 32 : 8;
  return isFixed(address) && (bits === undefined || Number(bits) >= least);
}

function limits(operator: string, key: string, values: readonly string[], isAccessPoint: boolean): boolean {
  const name = operator.toLowerCase().replace(/^foranyvalue:/, '');
  const lower = key.toLowerCase();
  if (values.length === 0) return false;
  if (lower === 'aws:sourceip') return name === 'ipaddress' && values.every(isNarrow);
  if (!['stringequals', 'stringequalsignorecase', 'stringlike', 'arnequals', 'arnlike'].includes(name)) return false;
  if (lower === 's3:dataaccesspointarn') {
    return values.every((one) => isFixed(one) || (!isAccessPoint && ACCESS_POINTS.test(one)));
  }
  return KEYS.test(lower) && values.every(isFixed);
}

function isLimited(statement: Doc, isAccessPoint: boolean): boolean {
  const principal = statement['Principal'];
  if (typeof principal === 'object') {
    const named = Object.entries(object(principal)).flatMap(([type, values]) =>
      list(values).map((value): readonly [string, Json] => [type, value]),
    );
    if (named.length > 0 && named.every(([type, value]) => type !== 'Federated' && value !== '*')) return true;
  }
  return Object.entries(object(statement['Condition'])).some(([operator, keys]) =>
    Object.entries(object(keys)).some(([key, values]) =>
      limits(operator, key, list(values).map(textOf), isAccessPoint),
    ),
  );
}

/** Some Allow of it is for the public. */
export function isPublic(doc: Doc, isAccessPoint: boolean): boolean {
  const allows = list(doc['Statement'])
    .map(object)
    .filter((statement) => statement['Effect'] === 'Allow');
  return !allows.every((statement) => isLimited(statement, isAccessPoint));
}

/** RestrictPublicBuckets is on somewhere; what the organization says replaces what the account says. */
function isRestricted({ publicAccess = {} }: NaiveRequest['resource'], isAccessPoint: boolean): boolean {
  const { organization, account, accessPoint, bucket } = publicAccess;
  const counting = [organization ?? account, isAccessPoint ? accessPoint : null, bucket];
  return counting.some((one) => one?.restrictPublicBuckets === true);
}

/**
 * The statement that stands for what S3 does with requests through an access point that do not come from its VPC.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-vpc.html
 */
export function fromElsewhere(q: NaiveRequest): Doc | null {
  const { arn, accessPoint } = q.resource;
  const point = /^arn:[^:]+:s3:[^:]*:\d{12}:accesspoint\/[^/]+/.exec(arn)?.[0];
  const vpc = accessPoint?.vpcId ?? null;
  if (point === undefined || vpc === null || q.context.get('aws:sourcevpc') === vpc) return null;
  // About the access point, not through it.
  if (/accesspoint|^s3:(un)?tagresource$|^s3:listtagsforresource$/i.test(q.action.name)) return null;
  return {
    Sid: 'NetworkOriginVPC',
    Effect: 'Deny',
    Principal: '*',
    NotAction: ['s3:*AccessPoint*', 's3:ListTagsForResource', 's3:TagResource', 's3:UntagResource'],
    Resource: [point, `${point}/*`],
    Condition: { StringNotEquals: { 'aws:SourceVpc': vpc } },
  };
}

/** Whether S3 keeps the caller out, whatever the bucket's policy says; `same`: the caller is of the bucket's account. */
export function isKeptOut(q: NaiveRequest, same: boolean): boolean {
  const { arn, policy } = q.resource;
  if (same || q.principal.kind === 'service' || !q.action.name.startsWith('s3:') || !/^arn:[^:]+:s3:/.test(arn))
    return false;
  const isAccessPoint = /^arn:[^:]+:s3:[^:]*:\d{12}:accesspoint\//.test(arn);
  const { vpcId = null, bucket = null } = (isAccessPoint ? q.resource.accessPoint : undefined) ?? {};
  // Users of the bucket owner's account are not kept out either:
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-options
  if (bucket !== null && q.principal.kind !== 'anonymous' && q.principal.accountId === bucket.accountId) return false;
  // What only a VPC reaches is not public, whatever is written; the bucket has to let the request in, too.
  if (policy !== null && vpcId === null && isRestricted(q.resource, isAccessPoint) && isPublic(policy, isAccessPoint))
    return true;
  return bucket?.policy != null && isRestricted(q.resource, false) && isPublic(bucket.policy, false);
}
