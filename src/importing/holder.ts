import type { InlinePolicyInput } from '../directory/document.ts';
import { optional, uniqueId } from './collection.ts';
import type { Entry } from './entry.ts';
import { type Home, referredArn } from './home.ts';
import { formatIamArn, type IamArn } from './iam-arn.ts';
import { policyText } from './policy-text.ts';

/** Names of the members that users, groups and roles have in common under different names. */
interface HolderKeys {
  readonly id: string;
  readonly inlinePolicies: string;
}

/** The part of the input that users, groups and roles have in common. */
export function readHolder(entry: Entry, arn: IamArn, keys: HolderKeys, home: Home) {
  return {
    arn: formatIamArn(arn),
    ...uniqueId(entry, keys.id),
    ...optional('createdAt', entry.date('CreateDate')),
    ...optional('inlinePolicies', inlinePolicies(entry, keys.inlinePolicies)),
    ...optional('attachedPolicies', attachedPolicies(entry, home)),
  };
}

/** Characters. https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html */
const MAX_POLICY_NAME_LENGTH = 128;

function inlinePolicies(entry: Entry, key: string): readonly InlinePolicyInput[] | undefined {
  const entries = entry.entries(key);
  if (entries === undefined) return undefined;
  const documents = new Map<string, string>();
  for (const [index, policy] of entries.entries()) {
    const written = policy.text('PolicyName');
    const name = (written ?? `unnamed-${index + 1}`).slice(0, MAX_POLICY_NAME_LENGTH);
    if (written !== null && written !== name) {
      policy.warn('PolicyName', `it has ${written.length} characters; the first ${name.length} are stored`);
    }
    if (written === null) policy.warn('PolicyName', `the name is missing; stored as \`${name}\``);
    if (documents.has(name)) policy.warn('PolicyName', `\`${name}\` occurs twice; the later one counts`);
    documents.set(name, policyText(policy, 'PolicyDocument', 'identity'));
  }
  return Array.from(documents, ([name, document]) => ({ name, document }));
}

function attachedPolicies(entry: Entry, home: Home): readonly string[] | undefined {
  const entries = entry.entries('AttachedManagedPolicies');
  if (entries === undefined) return undefined;
  const arns = entries.map((policy) => referredArn(policy, 'PolicyArn', 'policy', home));
  return [...new Set(arns.filter((arn) => arn !== null))];
}

/**
 * The ARN of the permissions boundary; null where there is none: AWS then leaves the member out. Undefined, with a
 * warning, where it is not understood: what is stored stays.
 */
export function permissionsBoundary(entry: Entry, home: Home): string | null | undefined {
  if (entry.get('PermissionsBoundary') === undefined) return null;
  const boundary = entry.child('PermissionsBoundary');
  return (boundary && referredArn(boundary, 'PermissionsBoundaryArn', 'policy', home)) ?? undefined;
}
