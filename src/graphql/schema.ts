import type { GraphQLSchema } from 'graphql';
import { builder } from './builder.ts';
import './access-key.ts';
import './access-route.ts';
import './account.ts';
import './assumable-role.ts';
import './assume-instance-profile.ts';
import './assume-role.ts';
import './assume-role-with-web-identity.ts';
import './audit-events.ts';
import './decision.ts';
import './effective-permissions.ts';
import './exit-role.ts';
import './federation-token.ts';
import './import.ts';
import './lookups.ts';
import './mfa-device.ts';
import './oidc-provider.ts';
import './other-principals.ts';
import './principal-can.ts';
import './questions.ts';
import './revoke-role-sessions.ts';
import './role-change.ts';
import './role-sessions.ts';
import './scalars.ts';
import './session-token.ts';
import './sign-in.ts';
import './signing-key.ts';
import './simulate.ts';
import './user.ts';
import './user-change.ts';
import './user-error.ts';
import './validate-policy.ts';
import './viewer.ts';
import './viewer-can.ts';
import './who-can.ts';
import { guardFields } from './guard.ts';

builder.queryType({ description: 'Questions. Without credentials only `viewer` answers' });
builder.mutationType({ description: 'What changes who the caller is, or the directory' });

let schema: GraphQLSchema | null = null;

/** The schema, guarded. It is built once; a second call gives the same. */
export function buildSchema(): GraphQLSchema {
  if (schema === null) {
    const built = builder.toSchema();
    guardFields(built);
    schema = built;
  }
  return schema;
}
