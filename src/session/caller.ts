import type { RoleSessionRecord } from '../directory/session-store.ts';
import type { PrincipalRef } from '../policy/principal-id.ts';

/** Who calls the gateway. */
export type Caller =
  /** No credentials were given. */
  | { readonly kind: 'anonymous' }
  /** Runs the gateway. Not a principal of IAM. */
  | { readonly kind: 'operator' }
  | {
      readonly kind: 'principal';
      readonly ref: PrincipalRef;
      /** The access key that was used: AKIA… of a user or service, ASIA… of a role session. */
      readonly keyId: string;
      /** The role session whose credentials were used. */
      readonly session: RoleSessionRecord | null;
    };
