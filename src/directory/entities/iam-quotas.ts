import type { EntityKind } from '../apply/entity-arn.ts';

/**
 * How many entities of each kind an account can have: AWS's greatest number where it raises its own on request.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const PER_ACCOUNT: Readonly<Record<EntityKind, { readonly quota: string; readonly most: number }>> = {
  User: { quota: 'UsersPerAccount', most: 5000 },
  Group: { quota: 'GroupsPerAccount', most: 500 },
  Role: { quota: 'RolesPerAccount', most: 10_000 },
  ManagedPolicy: { quota: 'PoliciesPerAccount', most: 10_000 },
  InstanceProfile: { quota: 'InstanceProfilesPerAccount', most: 10_000 },
};

/** Tags of one entity. */
export const TAGS_PER_ENTITY = 50;

/** Characters of a managed policy; blanks outside of strings do not count. */
export const POLICY_CHARACTERS = 6144;

/** Versions of a managed policy. */
export const VERSIONS_PER_POLICY = 5;
