import type { Gathered, KnownResource } from '../directory/directory.ts';
import { comesThrough } from '../evaluation/access-point.ts';
import type { Decision } from '../evaluation/decision.ts';
import { GRANT_OPERATIONS } from '../evaluation/key-grant.ts';
import type { PolicyLayer } from '../evaluation/layer.ts';
import type { PreparedPrincipal } from '../evaluation/prepare.ts';
import { isPublic, isPublicBehind } from '../evaluation/public-access.ts';
import type { ActionFacts, RequestContext } from '../evaluation/request.ts';
import { parseArn } from '../policy/arn.ts';
import type { PrincipalRef } from '../policy/principal-id.ts';
import { isShareable } from './shareable-resources.ts';
import { endpointAccountOf, knownEndpoint } from './vpc-endpoint.ts';

/**
 * The actions that an ACL can allow, in lower case.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#acl-access-policy-permission-mapping
 */
const ALLOWED_BY_ACL: ReadonlySet<string> = new Set([
  's3:deleteobject',
  's3:getbucketacl',
  's3:getobject',
  's3:getobjectacl',
  's3:getobjectversion',
  's3:getobjectversionacl',
  's3:listbucket',
  's3:listbucketmultipartuploads',
  's3:listbucketversions',
  's3:putbucketacl',
  's3:putobject',
  's3:putobjectacl',
  's3:putobjectversionacl',
]);

const ABOVE_ACLS: ReadonlySet<PolicyLayer> = new Set([
  'SERVICE_CONTROL_POLICY',
  'VPC_ENDPOINT_POLICY',
  'BLOCK_PUBLIC_ACCESS',
]);

const NONE: readonly string[] = [];

/** The decision on one of the resources of a call. */
export interface Decided {
  readonly arn: string;
  readonly decision: Decision;
  readonly resource: KnownResource;
}

/**
 * Gaps for what grants or denies beside the policies that were considered, and that the directory does not know: each only if
 * it could change the outcome of the call, which is `outcome`.
 */
export function unknownTo(
  all: readonly Decided[],
  outcome: Pick<Decision, 'effect' | 'deniedBy'>,
  acting: PreparedPrincipal,
  action: ActionFacts,
): readonly string[] {
  switch (outcome.effect) {
    case 'ALLOWED':
      if (action.service !== 's3') return NONE;
      return all.flatMap((one) => [...publicAccessGaps(acting, one), ...behindGaps(action, one)]);
    case 'IMPLICIT_DENY':
      // AWS itself denies, whatever policies say.
      if (outcome.deniedBy === null) return NONE;
      return all.flatMap((one) => [
        ...grantGaps(acting, action, one),
        ...aclGaps(action, one),
        ...shareGaps(acting, one),
      ]);
    case 'EXPLICIT_DENY':
      return NONE;
    default:
      return outcome.effect satisfies never;
  }
}

/**
 * The gap of an allowed request that comes through a VPC endpoint, whose policy is not known. Such a policy could deny
 * the request, but never grants anything, so that a denial has no such gap.
 */
export function endpointGaps(
  principal: Pick<PrincipalRef, 'kind'>,
  context: RequestContext,
  gathered: Pick<Gathered, 'endpoint' | 'knows'>,
): readonly string[] {
  const given = context.get('aws:sourcevpce');
  // Calls by AWS services do not come through VPC endpoints.
  if (given === undefined || given.length === 0 || principal.kind === 'service') return NONE;
  const known = knownEndpoint(context, gathered);
  if (known !== null) return known.gaps;
  const account = endpointAccountOf(context);
  if (account !== null && gathered.knows(account, 'VPC_ENDPOINTS')) return NONE;
  const endpoint = typeof given === 'string' ? given : given.join(', ');
  return [`the policy of the VPC endpoint \`${endpoint}\` is not known: it is not considered`];
}

/** The parts of the endpoint's policy that cannot be read, which could have denied the request. */
export function unreadEndpoint(
  principal: Pick<PrincipalRef, 'kind'>,
  context: RequestContext,
  gathered: Pick<Gathered, 'endpoint'>,
): readonly string[] {
  return principal.kind === 'service' ? NONE : (knownEndpoint(context, gathered)?.gaps ?? NONE);
}

/**
 * The gap of a request on a bucket that its tags could allow: whether they count is a setting of the bucket that is not
 * known. https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
 */
export function bucketTagsGap(bucket: string): string {
  return `whether ABAC is enabled for ${bucket} is not known: its tags are taken to allow nothing`;
}

/** The gap of a denied request on a KMS key that a grant, which the directory does not hold, could allow. */
function grantGaps(
  principal: PreparedPrincipal,
  action: ActionFacts,
  { arn, decision: { effect, deniedBy }, resource }: Decided,
): readonly string[] {
  if (action.service !== 'kms' || effect !== 'IMPLICIT_DENY' || !GRANT_OPERATIONS.has(action.name.toLowerCase()))
    return NONE;
  const missing = resource.unknown?.grants ?? null;
  if (missing === null) return NONE;
  // Control policies also apply to grantees, and anonymous callers cannot be grantees.
  if (deniedBy === 'SERVICE_CONTROL_POLICY' || principal.caller === 'anonymous') return NONE;
  const key = parseArn(arn);
  if (key === null || (principal.partition !== '' && key.partition !== principal.partition)) return NONE;
  return [`the grants of ${arn} are not known: one could allow ${action.name}`, ...missing];
}

/** The gap of a denied request that an ACL of S3 could allow; the directory holds no ACLs. */
function aclGaps(action: ActionFacts, { decision: { effect, deniedBy }, resource }: Decided): readonly string[] {
  const bucket = resource.unknown?.aclsOf ?? null;
  if (bucket === null || effect !== 'IMPLICIT_DENY' || !ALLOWED_BY_ACL.has(action.name.toLowerCase())) return NONE;
  // An ACL grants access, but no more than these layers let through.
  if (deniedBy !== null && ABOVE_ACLS.has(deniedBy)) return NONE;
  return [`ACLs are not considered: one of ${bucket}, or of an object in it, could allow ${action.name}`];
}

/**
 * The gap of a request of another account that a resource share of AWS RAM could allow: its permission is a resource-based
 * policy, so that everything else must allow already.
 * https://docs.aws.amazon.com/ram/latest/userguide/security-ram-permissions.html
 */
function shareGaps(principal: PreparedPrincipal, { arn, decision, resource: { value } }: Decided): readonly string[] {
  const { accountId } = principal;
  if (accountId === '' || value.accountId === null || value.accountId === accountId) return NONE;
  if (decision.deniedBy !== 'RESOURCE_POLICY' || decision.effect !== 'IMPLICIT_DENY' || !isShareable(arn)) return NONE;
  if (principal.partition !== value.partition) return NONE;
  const others = decision.layers.filter(({ layer }) => layer !== 'RESOURCE_POLICY');
  if (!others.every(({ effect }) => effect === 'ALLOWED')) return NONE;
  return [`resource shares of AWS RAM are not considered: one could share ${arn} with the account ${accountId}`];
}

/**
 * The gap of an allowed request through an access point: its bucket has to allow it, too.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
 */
function behindGaps({ name }: ActionFacts, { arn, resource }: Decided): readonly string[] {
  const behind = resource.unknown?.behind ?? null;
  if (behind === null || !comesThrough(name)) return NONE;
  return [`the policy of ${behind} also has to allow requests on ${arn}: it is not considered`];
}

/**
 * The gap of a request to S3 that a policy lets in from outside the account of the bucket: Block Public Access can restrict a bucket
 * with a public policy to its own account and to AWS services.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
function publicAccessGaps(principal: PreparedPrincipal, { decision, resource }: Decided): readonly string[] {
  const missing = resource.unknown?.publicAccess ?? null;
  const { value } = resource;
  if (missing === null || principal.caller === 'service') return NONE;
  if (value.accountId === null || value.accountId === principal.accountId) return NONE;
  if (value.bucket !== null && value.bucket.facts.accountId === principal.accountId) return NONE;
  const { policy, accessPoint } = value.facts;
  if (!isPublic(value, policy, accessPoint) && !isPublicBehind(accessPoint ?? null)) return NONE;
  if (!decision.matchedStatements.some(({ layer }) => layer === 'RESOURCE_POLICY')) return NONE;
  const what = `whether Block Public Access restricts ${value.facts.policy?.id ?? value.text} is not known`;
  return [`${what}: it is taken not to`, ...missing];
}
