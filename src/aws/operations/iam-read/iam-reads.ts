import type { Operations } from '../operation.ts';
import { ACCOUNT_READS } from './account.ts';
import { AUTHORIZATION_DETAIL_READS } from './authorization-details.ts';
import { CREDENTIAL_READS } from './credentials.ts';
import { GROUP_READS } from './groups.ts';
import { HOLDER_POLICY_READS } from './holder-policies.ts';
import { INSTANCE_PROFILE_READS } from './instance-profiles.ts';
import { MANAGED_POLICY_READS } from './managed-policies.ts';
import { OIDC_PROVIDER_READS } from './oidc-providers.ts';
import { POLICY_ENTITY_READS } from './policy-entities.ts';
import { POLICY_VERSION_READS } from './policy-versions.ts';
import { ROLE_READS } from './roles.ts';
import { USER_READS } from './users.ts';

/**
 * Operations of IAM that read. What the directory does not keep is left out of the answers; operations about nothing else are
 * not served (GetAccessKeyLastUsed, tags of policies and instance profiles, login profiles …).
 */
export const IAM_READS = {
  ...ACCOUNT_READS,
  ...AUTHORIZATION_DETAIL_READS,
  ...CREDENTIAL_READS,
  ...GROUP_READS,
  ...HOLDER_POLICY_READS,
  ...INSTANCE_PROFILE_READS,
  ...MANAGED_POLICY_READS,
  ...OIDC_PROVIDER_READS,
  ...POLICY_ENTITY_READS,
  ...POLICY_VERSION_READS,
  ...ROLE_READS,
  ...USER_READS,
} satisfies Operations;
