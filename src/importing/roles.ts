import type { InstanceProfileInput, RoleInput } from '../directory/document.ts';
import { optional, uniqueId } from './collection.ts';
import type { Entry } from './entry.ts';
import { permissionsBoundary, readHolder } from './holder.ts';
import { entityArn, type Home } from './home.ts';
import { formatIamArn } from './iam-arn.ts';
import { policyText } from './policy-text.ts';

const KEYS = { id: 'RoleId', inlinePolicies: 'RolePolicyList' };

/** Seconds. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
const SESSION_DURATION = { min: 3600, max: 43_200 };

/** One entry of RoleDetailList. Null, with a warning: it cannot be named. */
export function readRole(entry: Entry, home: Home): RoleInput | null {
  const arn = entityArn(entry, 'role', 'RoleName', home);
  if (arn === null) return null;
  return {
    ...readHolder(entry, arn, KEYS, home),
    trustPolicy: policyText(entry, 'AssumeRolePolicyDocument', 'trust'),
    ...optional('description', entry.text('Description') ?? undefined),
    ...optional('tags', entry.tags()),
    ...optional('permissionsBoundary', permissionsBoundary(entry, home)),
    ...optional('maxSessionDuration', maxSessionDuration(entry)),
  };
}

/** AWS does not print it in this answer, but tools that put exports together add it. */
function maxSessionDuration(entry: Entry): number | undefined {
  const seconds = entry.get('MaxSessionDuration');
  if (seconds === undefined) return undefined;
  const { min, max } = SESSION_DURATION;
  if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= min && seconds <= max) return seconds;
  entry.warn('MaxSessionDuration', `expected a number of seconds from ${min} to ${max}`);
  return undefined;
}

/** The instance profiles that hold the role `role`, with the entry that each came from. */
export function readInstanceProfiles(
  entry: Entry,
  role: string,
  home: Home,
): readonly { readonly entry: Entry; readonly profile: InstanceProfileInput }[] {
  return (entry.entries('InstanceProfileList') ?? []).flatMap((profile) => {
    const arn = entityArn(profile, 'instance-profile', 'InstanceProfileName', home);
    if (arn === null) return [];
    const createdAt = optional('createdAt', profile.date('CreateDate'));
    const input = {
      arn: formatIamArn(arn),
      ...uniqueId(profile, 'InstanceProfileId'),
      ...createdAt,
      ...optional('tags', profile.tags()),
      role,
    };
    return [{ entry: profile, profile: input }];
  });
}
