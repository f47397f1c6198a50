import type { TemporaryCredentials as TemporaryCredentialsValue } from '../../session/credentials.ts';
import type { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { AccessDeniedFailure, MalformedPolicyFailure, PackedPolicyFailure, ValidationFailure } from '../failures.ts';
import { ownRoleSession, RoleSession } from './role-session.ts';
import { TemporaryCredentials } from './temporary-credentials.ts';

// Parameters, results and failures that STS's operations that return credentials share.

type InputFields = PothosSchemaTypes.InputFieldBuilder<typeof builder.$inferSchemaTypes, 'InputObject'>;

export const CREDENTIALS = {
  type: TemporaryCredentials,
  description: 'The credentials for requests of the session',
  resolve: ({ credentials }: { readonly credentials: TemporaryCredentialsValue }) => credentials,
};

export const MADE_ROLE_SESSION = {
  type: RoleSession,
  description: 'The new session',
  resolve: (
    { session }: { readonly session: { readonly id: string; readonly arn: string } },
    _args: object,
    context: GatewayContext,
  ) => ownRoleSession(context, session),
};

export const PACKED_POLICY_SIZE = {
  nullable: true,
  description: 'Share of the packed-policy limit used by session policies and tags, in percent; null: none were passed',
} as const;

/** The failures of an operation that takes session policies. */
export const SESSION_FAILURES = [AccessDeniedFailure, ValidationFailure, MalformedPolicyFailure, PackedPolicyFailure];

export const ROLE_DURATION = 'Duration of the session in seconds: 900 to the role’s maximum. Left out: 3,600';
export const USER_DURATION =
  'Duration of the credentials in seconds: 900 to 129,600. Left out: 43,200. For a root user at most 3,600';

/** The parameters for MFA. `serialNumber`: description of the field for the device. */
export function mfaFields(t: InputFields, serialNumber: string) {
  return {
    serialNumber: t.string({ description: serialNumber }),
    tokenCode: t.string({ description: 'The code that the MFA device shows: six digits. Each code can be used once' }),
  };
}
