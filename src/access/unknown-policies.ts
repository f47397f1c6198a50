import type { Decision } from '../evaluation/decision.ts';
import type { PreparedPrincipal } from '../evaluation/prepare.ts';
import type { ActionFacts, RequestContext } from '../evaluation/request.ts';
import { parseArn } from '../policy/arn.ts';

/**
 * The operations that a grant of a KMS key can allow, in lower case.
 * https://docs.aws.amazon.com/kms/latest/developerguide/grants.html#terms-grant-operations
 */
const GRANTED: ReadonlySet<string> = new Set([
  'kms:creategrant',
  'kms:decrypt',
  'kms:derivesharedsecret',
  'kms:describekey',
  'kms:encrypt',
  'kms:generatedatakey',
  'kms:generatedatakeypair',
  'kms:generatedatakeypairwithoutplaintext',
  'kms:generatedatakeywithoutplaintext',
  'kms:generatemac',
  'kms:getpublickey',
  'kms:reencryptfrom',
  'kms:reencryptto',
  'kms:retiregrant',
  'kms:sign',
  'kms:verify',
  'kms:verifymac',
]);

const NONE: readonly string[] = [];

/**
 * The gap of an allowed request that comes through a VPC endpoint, whose policy the directory does not hold. Such a policy could
 * the request, but never grants anything, so that a denial has no such gap.
 */
export function endpointGaps(principal: PreparedPrincipal, context: RequestContext): readonly string[] {
  const given = context.get('aws:sourcevpce');
  // Calls by AWS services do not come through VPC endpoints.
  if (given === undefined || given.length === 0 || principal.caller === 'service') return NONE;
  const endpoint = typeof given === 'string' ? given : given.join(', ');
  return [`the policy of the VPC endpoint \`${endpoint}\` is not known: it is not considered`];
}

/**
 * The gap of a request on a bucket that its tags could allow: whether they count is a setting of the bucket that no directory
 * knows. https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
 */
export function bucketTagsGap(bucket: string): string {
  return `whether ABAC is enabled for ${bucket} is not known: its tags are taken to allow nothing`;
}

/** The gap of a denied request on a KMS key that a grant, which the directory does not hold, could allow. */
export function grantGaps(
  principal: PreparedPrincipal,
  action: ActionFacts,
  resource: string,
  { effect, deniedBy }: Decision,
): readonly string[] {
  if (action.service !== 'kms' || effect !== 'IMPLICIT_DENY' || !GRANTED.has(action.name.toLowerCase())) return NONE;
  // Control policies also apply to grantees, and anonymous callers cannot be grantees.
  if (deniedBy === 'SERVICE_CONTROL_POLICY' || principal.caller === 'anonymous') return NONE;
  const key = parseArn(resource);
  if (key === null || key.service !== 'kms' || !key.resource.startsWith('key/')) return NONE;
  if (principal.partition !== '' && key.partition !== principal.partition) return NONE;
  return [`the grants of ${resource} are not known: one could allow ${action.name}`];
}
