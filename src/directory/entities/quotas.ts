import type { EntityKind } from '../apply/entity-arn.ts';

// The quotas of IAM, in one place. Where AWS raises a quota on request, it is the greatest number that AWS gives: the directory does
// not know what an account was given, and must not refuse what AWS has.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html

/** A number of things, with IAM's name for the quota. */
export interface Quota {
  readonly quota: string;
  readonly most: number;
}

/** Entities of each kind in an account. */
export const PER_ACCOUNT: Readonly<Record<EntityKind, Quota>> = {
  User: { quota: 'UsersPerAccount', most: 5000 },
  Group: { quota: 'GroupsPerAccount', most: 500 },
  Role: { quota: 'RolesPerAccount', most: 10_000 },
  ManagedPolicy: { quota: 'PoliciesPerAccount', most: 10_000 },
  InstanceProfile: { quota: 'InstanceProfilesPerAccount', most: 10_000 },
};

/** What a holder of policies can have. */
export interface HolderQuotas {
  /** Managed policies that are attached to it. */
  readonly attached: Quota;
  /** Characters of all its inline policies together; blanks outside of strings do not count. */
  readonly inlineCharacters: number;
}

/** What a user, group or role can have. */
export const PER_HOLDER: Readonly<Record<'User' | 'Group' | 'Role', HolderQuotas>> = {
  User: { attached: { quota: 'PoliciesPerUser', most: 20 }, inlineCharacters: 2048 },
  Group: { attached: { quota: 'PoliciesPerGroup', most: 10 }, inlineCharacters: 5120 },
  Role: { attached: { quota: 'PoliciesPerRole', most: 25 }, inlineCharacters: 10_240 },
};

/** Groups that a user is in. */
export const GROUPS_PER_USER: Quota = { quota: 'GroupsPerUser', most: 10 };

/** Long-term keys of a user. */
export const KEYS_PER_USER: Quota = { quota: 'AccessKeysPerUser', most: 2 };

/** MFA devices of a user. */
export const DEVICES_PER_USER: Quota = { quota: 'MFADevicesPerUser', most: 8 };

/** Tags of one entity. */
export const TAGS_PER_ENTITY = 50;

/** Characters of a managed policy; blanks outside of strings do not count. */
export const POLICY_CHARACTERS = 6144;

/** Versions of a managed policy. */
export const VERSIONS_PER_POLICY = 5;
