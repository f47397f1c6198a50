import type { Operations } from '../operation.ts';
import { ACCESS_KEY_CHANGES } from './access-keys.ts';
import { CREATIONS } from './creations.ts';
import { ENTITY_CHANGES } from './entity-changes.ts';
import { MFA_DEVICE_CHANGES } from './mfa-devices.ts';
import { OIDC_PROVIDER_CHANGES } from './oidc-providers.ts';
import { UPDATES } from './updates.ts';

/**
 * IAM's operations that change something: those that the directory can make, behind the same guards and with the same events of
 * the audit trail as the mutations of GraphQL.
 */
export const IAM_WRITES = {
  ...ACCESS_KEY_CHANGES,
  ...CREATIONS,
  ...ENTITY_CHANGES,
  ...MFA_DEVICE_CHANGES,
  ...OIDC_PROVIDER_CHANGES,
  ...UPDATES,
} satisfies Operations;
