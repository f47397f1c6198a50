import type { GraphQLSchema } from 'graphql';
import { builder } from './builder.ts';
import './changes/acknowledge-finding.ts';
import './changes/access-key.ts';
import './questions/access-graph.ts';
import './questions/access-route.ts';
import './entities/account.ts';
import './entities/account-knowledge.ts';
import './entities/account-lists.ts';
import './organizations/account-organization.ts';
import './changes/apply-changes.ts';
import './questions/assumable-role.ts';
import './sessions/assume-instance-profile.ts';
import './sessions/assume-role.ts';
import './sessions/assume-role-with-web-identity.ts';
import './audit/audit-events.ts';
import './catalog/catalog.ts';
import './catalog/own-service.ts';
import './checkers/checkers.ts';
import './checkers/create-checker.ts';
import './checkers/revoke-checker.ts';
import './checkers/rotate-checker.ts';
import './questions/decision.ts';
import './questions/access-comparison.ts';
import './questions/effective-permissions.ts';
import './questions/escalation-paths.ts';
import './entities/directory-export.ts';
import './live/decision-changed.ts';
import './live/directory-changed.ts';
import './sessions/exit-role.ts';
import './sessions/federation-token.ts';
import './find/find.ts';
import './changes/import.ts';
import './entities/instance-profile.ts';
import './changes/import-directory.ts';
import './entities/lookups.ts';
import './changes/mfa-device.ts';
import './changes/oidc-provider.ts';
import './organizations/organization.ts';
import './organizations/organizational-unit.ts';
import './organizations/organizations.ts';
import './entities/other-principals.ts';
import './entities/policy-users.ts';
import './entities/policy-versions.ts';
import './questions/findings.ts';
import './questions/policy-check.ts';
import './questions/preview-change.ts';
import './questions/principal-can.ts';
import './questions/questions.ts';
import './entities/resource-details.ts';
import './sessions/revoke-role-sessions.ts';
import './changes/account-alias.ts';
import './changes/group-change.ts';
import './changes/instance-profile-change.ts';
import './changes/policy-change.ts';
import './changes/role-change.ts';
import './changes/role-update.ts';
import './sessions/role-sessions.ts';
import './scalars.ts';
import './sessions/session-token.ts';
import './sessions/sign-in.ts';
import './changes/signing-key.ts';
import './questions/resource-ref.ts';
import './questions/simulate.ts';
import './entities/user.ts';
import './changes/access-settings-change.ts';
import './changes/account-change.ts';
import './changes/control-policy-change.ts';
import './changes/organization-change.ts';
import './changes/resource-change.ts';
import './changes/vpc-endpoint-change.ts';
import './changes/user-change.ts';
import './changes/user-update.ts';
import './upload.ts';
import './user-error.ts';
import './questions/validate-policy.ts';
import './sessions/viewer.ts';
import './entities/vpc-endpoint.ts';
import './questions/viewer-can.ts';
import './questions/who-can.ts';
import { takeAtLeast } from './at-least.ts';
import { checkArguments } from './check-arguments.ts';
import { takeTurns } from './execution/execute-in-turns.ts';
import { guardFields } from './guards/guard-fields.ts';
import { introspectInTurns } from './introspection-turns.ts';
import { boundErrors } from './more-errors.ts';

builder.queryType({
  description:
    'Questions. Without credentials, only `viewer` is answered. A field that the caller may not read is null, with ' +
    'an error at its path',
});
builder.subscriptionType({
  description:
    'What is told when it happens, as server-sent events (`accept: text/event-stream`): each is an answer of its own, and the last one ' +
    'of a subscription that the gateway ends has an error that says why',
});
builder.mutationType({ description: 'Changes of the caller’s identity, or of the directory' });

let schema: GraphQLSchema | null = null;

/** The schema with its guards. It is built once; later calls return the same schema. */
export function buildSchema(): GraphQLSchema {
  if (schema === null) {
    const built = builder.toSchema();
    guardFields(built);
    takeAtLeast(built);
    checkArguments(built);
    boundErrors(built);
    takeTurns(built);
    introspectInTurns();
    schema = built;
  }
  return schema;
}
