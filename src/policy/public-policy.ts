import type { Condition } from './condition.ts';
import type { CompiledPolicy } from './load.ts';
import { readOperator } from './operator.ts';
import type { NamedPrincipal, PrincipalElement } from './principal-element.ts';
import { isAccountId } from './principal-id.ts';
import type { CompiledStatement } from './statement.ts';

/** The resource that has the policy: an access point is judged more strictly. */
export type PublicPolicyHolder = 'bucket' | 'accessPoint';

/**
 * Whether S3 calls the policy of a bucket or access point public: it is, unless every Allow grants access to fixed values only.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 *
 * S3 does not say how it reads conditions that need not be met. Here they fix nothing: negated operators, `IfExists`, `Null` and
 * `ForAllValues`. A policy that cannot be read completely is public, and so is every access point, because nobody says here that
 * its network is a VPC: public policies are only ever restricted for it.
 */
export function isPublicPolicy(policy: CompiledPolicy, holder: PublicPolicyHolder): boolean {
  const known = holder === 'bucket' ? ofBuckets : ofAccessPoints;
  const before = known.get(policy);
  if (before !== undefined) return before;
  const isPublic =
    policy.closed ||
    policy.faults.length > 0 ||
    policy.statements.some((statement) => statement.allows && !isFixed(statement, holder));
  known.set(policy, isPublic);
  return isPublic;
}

const ofBuckets = new WeakMap<CompiledPolicy, boolean>();
const ofAccessPoints = new WeakMap<CompiledPolicy, boolean>();

function isFixed({ principal, conditions }: CompiledStatement, holder: PublicPolicyHolder): boolean {
  return namesFixed(principal) || conditions.some((condition) => fixes(condition, holder));
}

/** Only accounts, users, roles, their sessions, and services. Whoever signs in elsewhere is public. */
function namesFixed(principal: PrincipalElement | null): boolean {
  if (principal === null || principal.negated || principal.everyone) return false;
  return principal.named.length > 0 && principal.named.every(isFixedPrincipal);
}

function isFixedPrincipal({ kind }: NamedPrincipal): boolean {
  return kind !== 'federated' && kind !== 'every';
}

/**
 * Keys whose fixed values make a statement non-public, in lower case. S3's list names the condition keys of principals by one
 * example, `aws:PrincipalOrgID`; the others are those that name an account, a user or role, or a service. Written on 2026-11-26 after
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */
export const FIXING_KEYS: ReadonlySet<string> = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalorgid',
  'aws:principalservicename',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceowner',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
  's3:dataaccesspointaccount',
  's3:x-amz-server-side-encryption-aws-kms-key-id',
]);

const COMPARING: ReadonlySet<string> = new Set([
  'StringEquals',
  'StringEqualsIgnoreCase',
  'StringLike',
  'ArnEquals',
  'ArnLike',
]);

/** Whether the condition limits access to fixed values. */
function fixes({ operator, key, values }: Condition, holder: PublicPolicyHolder): boolean {
  const use = readOperator(operator);
  if (use === null || use.operator === null || use.ifExists || use.quantifier === 'forAllValues') return false;
  if (values.length === 0) return false;
  const { name } = use.operator;
  if (key.name === 'aws:sourceip') return name === 'IpAddress' && values.every(isNarrowRange);
  if (!COMPARING.has(name)) return false;
  if (key.name === 's3:dataaccesspointarn') return values.every((value) => isFixedAccessPoint(value, holder));
  return FIXING_KEYS.has(key.name) && values.every(isFixedValue);
}

/** Without wildcards and policy variables. */
function isFixedValue(value: string): boolean {
  return value !== '' && !/[*?]|\$\{/.test(value);
}

/** Shortest prefixes of ranges that are not too broad. */
const IPV4_PREFIX = 8;
const IPV6_PREFIX = 32;

/** An address, or a range that is no broader than /8 or /32. (Private ranges of IPv4, which S3 excepts, are never broader.) */
export function isNarrowRange(range: string): boolean {
  const [address = '', length, ...more] = range.split('/');
  if (more.length > 0 || !isFixedValue(address)) return false;
  if (length === undefined) return true;
  return /^\d+$/.test(length) && Number(length) >= (address.includes(':') ? IPV6_PREFIX : IPV4_PREFIX);
}

/** Of a bucket's policy, the name of the access point may have a wildcard if the account is fixed. */
function isFixedAccessPoint(value: string, holder: PublicPolicyHolder): boolean {
  if (isFixedValue(value)) return true;
  if (holder === 'accessPoint') return false;
  const [, , , , account = ''] = value.split(':');
  const name = value.indexOf(':accesspoint/');
  return name >= 0 && isAccountId(account) && isFixedValue(value.slice(0, name)) && !value.includes('${');
}
