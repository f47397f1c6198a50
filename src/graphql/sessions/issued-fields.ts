import type { TemporaryCredentials as TemporaryCredentialsValue } from '../../session/credentials.ts';
import type { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { AccessDeniedFailure, MalformedPolicyFailure, PackedPolicyFailure, ValidationFailure } from '../failures.ts';
import { ownRoleSession, RoleSession } from './role-session.ts';
import { TemporaryCredentials } from './temporary-credentials.ts';

// What STS's operations that give credentials have in common: their parameters, their results, and how they fail.

type InputFields = PothosSchemaTypes.InputFieldBuilder<typeof builder.$inferSchemaTypes, 'InputObject'>;

export const CREDENTIALS = {
  type: TemporaryCredentials,
  description: 'The credentials that its requests are signed in with',
  resolve: ({ credentials }: { readonly credentials: TemporaryCredentialsValue }) => credentials,
};

export const MADE_ROLE_SESSION = {
  type: RoleSession,
  description: 'The session that was made',
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

/** How an operation fails that takes session policies. */
export const SESSION_FAILURES = [AccessDeniedFailure, ValidationFailure, MalformedPolicyFailure, PackedPolicyFailure];

export const ROLE_DURATION = 'How long the session lasts, in seconds: 900 to the role’s maximum. Left out: 3,600';
export const USER_DURATION =
  'How long the credentials work, in seconds: 900 to 129,600. Left out: 43,200. Of a root user 3,600 at most';

/** The parameters by which a user proves to hold its MFA device. `serialNumber`: which device it is. */
export function mfaFields(t: InputFields, serialNumber: string) {
  return {
    serialNumber: t.string({ description: serialNumber }),
    tokenCode: t.string({ description: 'What the MFA device shows: six digits. A code counts once' }),
  };
}
