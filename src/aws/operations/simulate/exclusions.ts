import type * as iam from '@aws-sdk/client-iam';
import type { AttachedPolicy, PrincipalPolicies } from '../../../evaluation/applicable-policies.ts';
import { parseArn } from '../../../policy/arn.ts';
import { type Glob, globOf } from '../../../policy/pattern.ts';
import type { Given } from '../operation.ts';
import { invalidInput } from './invalid-input.ts';

type Excludes = (policy: AttachedPolicy) => boolean;

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html */
const MOST_EXCLUSIONS = 256;
const TYPES = ['inline', 'aws-managed', 'user-managed', 'permission-boundary', 'scp', 'rcp'] as const;

/** An identifier as it is read: the SDK has a union of three. */
interface Identifier {
  readonly PolicyType?: string | undefined;
  readonly PolicyArn?: string | undefined;
  readonly InlinePolicyIdentifier?: Given<iam.InlinePolicyIdentifierType> | undefined;
}

/**
 * The policies without those that are excluded. Identifiers that name no policy of these are ignored, as AWS does, and so is
 * `rcp`: no resource control policy takes part. Throws InvalidInput.
 */
export function withoutExcluded(policies: PrincipalPolicies, list: readonly iam.PolicyIdentifier[]): PrincipalPolicies {
  if (list.length > MOST_EXCLUSIONS) {
    throw invalidInput(`Invalid Input PolicyExclusionList: ${list.length} entries; the limit is ${MOST_EXCLUSIONS}`);
  }
  const types = new Set<string>();
  const excluding: Excludes[] = [];
  for (const [index, identifier] of list.entries()) {
    const at = `Invalid Input PolicyExclusionList.${index + 1}`;
    const { PolicyType, PolicyArn, InlinePolicyIdentifier }: Identifier = identifier as Identifier; // as: see Identifier
    const given = [PolicyType, PolicyArn, InlinePolicyIdentifier].filter((one) => one !== undefined);
    if (given.length !== 1) {
      throw invalidInput(`${at}: give exactly one of PolicyType, PolicyArn and InlinePolicyIdentifier`);
    }
    if (PolicyType !== undefined) types.add(checkedType(PolicyType, at));
    if (PolicyArn !== undefined) excluding.push(byArn(PolicyArn, at));
    if (InlinePolicyIdentifier !== undefined) excluding.push(byInlineName(InlinePolicyIdentifier, at));
  }
  const stays = (policy: AttachedPolicy): boolean =>
    !types.has(typeOf(policy)) && !excluding.some((one) => one(policy));
  const { identity, boundary, serviceControl } = policies;
  const levels = serviceControl?.map((level) => ({
    ...level,
    policies: level.policies.filter((policy) => !excluding.some((one) => one(policy))),
  }));
  return {
    identity: identity.filter(stays),
    boundary: types.has('permission-boundary') ? null : boundary,
    serviceControl: types.has('scp') ? null : (levels ?? null),
  };
}

function typeOf({ arn }: AttachedPolicy): (typeof TYPES)[number] {
  if (arn === null) return 'inline';
  return parseArn(arn)?.accountId === 'aws' ? 'aws-managed' : 'user-managed';
}

function checkedType(type: string, at: string): string {
  if (TYPES.some((one) => one === type)) return type;
  throw invalidInput(`${at}: a policy type is one of ${TYPES.join(', ')}`);
}

const WILDCARD = /[*?]/;

/** A text with at most one `*`, and any number of `?`. */
function nameGlob(text: string, at: string): Glob {
  if (text.split('*').length <= 2) return globOf(text);
  throw invalidInput(`${at}: a name has at most one \`*\``);
}

function byArn(text: string, at: string): Excludes {
  const parts = parseArn(text);
  if (parts === null || WILDCARD.test(text.slice(0, text.length - parts.resource.length))) {
    throw invalidInput(`${at}: not the ARN of a policy; wildcards are for the name of the policy`);
  }
  const glob = nameGlob(text, at);
  return ({ arn }) => arn !== null && glob.matches(arn);
}

const HOLDERS = ['user', 'group', 'role'] as const;

function byInlineName(
  { PolicyName, AttachmentType, AttachmentName }: Given<iam.InlinePolicyIdentifierType>,
  at: string,
): Excludes {
  if (!HOLDERS.some((kind) => kind === AttachmentType)) {
    throw invalidInput(`${at}: an attachment type is one of ${HOLDERS.join(', ')}`);
  }
  const glob = nameGlob(AttachmentName, at);
  return ({ arn, name, holder }) => {
    if (arn !== null || name !== PolicyName || holder === undefined) return false;
    const [kind, ...path] = (parseArn(holder)?.resource ?? '').split('/');
    return kind === AttachmentType && glob.matches(path.at(-1) ?? '');
  };
}
