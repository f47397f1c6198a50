import type { PublicAccessBlock } from '../../directory/document.ts';
import { isAccountId } from '../../policy/principal-id.ts';
import { exceededLimit } from '../bounded-json.ts';
import type { Entry } from '../entry.ts';
import { type Answer, argument, at } from './answer.ts';

const LIMITS = { characters: 100_000, depth: 16, values: 10_000 };

/** All settings at once: an organization's S3 policy can set no single one. */
const ALL: PublicAccessBlock = {
  blockPublicAcls: true,
  ignorePublicAcls: true,
  blockPublicPolicy: true,
  restrictPublicBuckets: true,
};

/**
 * What the organization's S3 policies set for an account; an answer on a policy of another type decides nothing here.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_s3_syntax.html
 */
export function readEffectivePolicy(answer: Answer): void {
  const { entry, facts } = answer;
  if (answer.error !== null) {
    if (answer.name.arguments.length > 1 && !answer.name.arguments.includes('S3_POLICY')) return;
    const account = argument(answer, 'account', answer.name.arguments[0] === 'S3_POLICY' ? 1 : 0);
    if (account !== null && isAccountId(account)) {
      facts.accounts.say(account, { organizationPublicAccessBlock: null }, at(answer));
    }
    return;
  }
  const policy = entry.child('EffectivePolicy');
  if (policy?.text('PolicyType') !== 'S3_POLICY') return;
  const account = policy.text('TargetId') ?? argument(answer, 'account');
  if (account === null || !isAccountId(account)) {
    policy.warn('TargetId', 'expected the id of an account');
    return;
  }
  const block = blockOf(policy);
  if (block !== undefined) facts.accounts.say(account, { organizationPublicAccessBlock: block }, at(answer, account));
}

/** Undefined, with a note: it is not understood. */
function blockOf(policy: Entry): PublicAccessBlock | null | undefined {
  const content = policy.text('PolicyContent') ?? '';
  let setting: unknown;
  try {
    const json: unknown = exceededLimit(content, LIMITS) === null ? JSON.parse(content) : null;
    const attributes = isObject(json) ? json['s3_attributes'] : undefined;
    setting = isObject(attributes) ? attributes['public_access_block_configuration'] : undefined;
  } catch {
    setting = undefined;
  }
  if (setting === 'all') return ALL;
  if (setting === 'none') return null;
  policy.warn('PolicyContent', 's3_attributes.public_access_block_configuration is neither `all` nor `none`');
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
