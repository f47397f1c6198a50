import { type CompiledPolicy, loadPolicy } from '../policy/load.ts';
import { PolicySource } from '../policy/policy-source.ts';
import type { AttachedPolicy } from './applicable-policies.ts';
import type { UnderlyingBucket } from './underlying-bucket.ts';

/** What is behind an access point of S3, and who reaches it. */
export interface AccessPointFacts {
  /** The VPC that all its requests must come from; null: they may come from the internet. */
  readonly vpcId: string | null;
  /** Its bucket, whose policy has to allow, too; null: not known. */
  readonly bucket: UnderlyingBucket | null;
}

/**
 * Calls about an access point, which do not come through it. Those of the control plane of S3 in the catalogue, and the calls that
 * S3's list of operations for access points leaves out.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-service-api-support.html
 */
const ABOUT_ITSELF = ['s3:*AccessPoint*', 's3:ListTagsForResource', 's3:TagResource', 's3:UntagResource'];

/** The Sid of the statement that stands for the network origin of an access point. */
export const NETWORK_ORIGIN = 'NetworkOriginVPC';

/** The ARN of the access point that `arn`, its own or that of an object behind it, begins with; null: it is neither. */
export function accessPointIn(arn: string): string | null {
  return /^arn:[^:]+:[^:]+:[^:]*:[^:]*:accesspoint\/[^/]+/.exec(arn)?.[0] ?? null;
}

/** Whether a call on the ARN of an access point, or of an object behind it, comes through the access point. */
export function comesThrough(action: string): boolean {
  return !/^s3:(?:.*accesspoint.*|listtagsforresource|tagresource|untagresource)$/i.test(action);
}

const made = new WeakMap<AttachedPolicy, { readonly vpcId: string; readonly policy: AttachedPolicy }>();
const NO_POLICY: CompiledPolicy = loadPolicy({ Version: '2012-10-17', Statement: [] }, 'resource');
/** Of access points without a policy. Everything behind one has its policy as one object, so that it is planned once. */
const withoutPolicy = new Map<string, AttachedPolicy>();
const MOST_WITHOUT_POLICY = 1_000;

/**
 * The policy of an access point whose requests must come from a VPC. S3 rejects all others, whatever policies say; decisions,
 * lists and conditions need that in the form of a statement, which no document contains. Without a VPC: the policy itself.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-vpc.html
 */
export function withNetworkOrigin(
  attached: AttachedPolicy | null,
  arn: string,
  vpcId: string | null,
): AttachedPolicy | null {
  if (vpcId === null) return attached;
  if (attached === null) {
    const key = `${vpcId} ${arn}`;
    const known = withoutPolicy.get(key) ?? {
      policy: limited(NO_POLICY, arn, vpcId),
      id: arn,
      name: null,
      arn: null,
      holder: arn,
    };
    if (withoutPolicy.size >= MOST_WITHOUT_POLICY) withoutPolicy.clear();
    withoutPolicy.set(key, known);
    return known;
  }
  const known = made.get(attached);
  if (known?.vpcId === vpcId) return known.policy;
  const policy = { ...attached, policy: limited(attached.policy, arn, vpcId) };
  made.set(attached, { vpcId, policy });
  return policy;
}

function limited(policy: CompiledPolicy, arn: string, vpcId: string): CompiledPolicy {
  const given = policy.source.document['Statement'] ?? [];
  const before = Array.isArray(given) ? given : [given];
  const statement = {
    Sid: NETWORK_ORIGIN,
    Effect: 'Deny',
    Principal: '*',
    NotAction: ABOUT_ITSELF,
    Resource: [arn, `${arn}/*`],
    Condition: { StringNotEquals: { 'aws:SourceVpc': vpcId } },
  };
  const [compiled] = loadPolicy({ Version: '2012-10-17', Statement: [statement] }, 'resource').statements;
  if (compiled === undefined) throw new Error('a policy without its statement');
  const source = new PolicySource({ ...policy.source.document, Statement: [...before, statement] });
  return { ...policy, source, statements: [...policy.statements, { ...compiled, index: before.length }] };
}
