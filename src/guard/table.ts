import type { PrincipalRef } from '../policy/principal-id.ts';
import { IMPORT_EVENT } from '../session/import-document.ts';
import { CHANGE_GUARDS } from './changes.ts';
import { ENTITY_GUARDS } from './entities.ts';
import { ANYBODY, allowed, type Guard, lookUp, operatorsMutation, SIGNED_IN } from './kinds.ts';
import { mayDo } from './permission.ts';
import { accountPermission, mayRead, mayReadPrincipal } from './readable.ts';

/** What each field needs of its caller. Every field of Query and Mutation is here, or the schema is not built. */
export const GUARDS: Readonly<Record<string, Guard>> = {
  'Query.viewer': ANYBODY,
  // By the type of what the id names: see node.ts.
  'Query.node': SIGNED_IN,
  'Query.nodes': SIGNED_IN,
  'Query.account': lookUp(({ accountId }, context) => mayDo(context, accountPermission(String(accountId)))),
  'Query.resource': lookUp(({ arn }, context) => mayRead(context, 'Resource', String(arn))),
  'Query.principal': lookUp(({ principalId }, context) => mayReadPrincipal(context, principalId as PrincipalRef)), // as: the scalar's value
  'Query.decision': SIGNED_IN,
  'Query.decisions': SIGNED_IN,
  'Query.decisionsFor': SIGNED_IN,
  'Query.allowedResources': SIGNED_IN,
  'Query.effectivePermissions': SIGNED_IN,
  'Query.compareAccess': SIGNED_IN,
  'Query.assumableRoles': SIGNED_IN,
  'Query.accessRoutes': SIGNED_IN,
  // It says nothing of the directory.
  'Query.validatePolicy': SIGNED_IN,
  // Of whom the answer may tell is decided with it: see who-can.ts.
  'Query.whoCan': SIGNED_IN,
  'Query.simulateCustomPolicies': allowed(() => ({ action: 'iam:SimulateCustomPolicy', resource: '*', account: null })),
  // They are made of what the caller may see: see visible-role-sessions.ts, visible-events.ts.
  'Query.roleSessions': SIGNED_IN,
  'Query.auditEvents': SIGNED_IN,
  ...ENTITY_GUARDS,
  // Who may assume a role is decided where it is assumed. That the operator cannot, and who is in none cannot leave it, are
  // answers of the mutations themselves.
  'Mutation.signIn': ANYBODY,
  'Mutation.signOut': ANYBODY,
  'Mutation.assumeRole': SIGNED_IN,
  'Mutation.assumeInstanceProfile': SIGNED_IN,
  'Mutation.assumeRoleWithWebIdentity': ANYBODY,
  'Mutation.getSessionToken': SIGNED_IN,
  'Mutation.getFederationToken': SIGNED_IN,
  'Mutation.exitRole': SIGNED_IN,
  'Mutation.importAccountAuthorizationDetails': operatorsMutation(IMPORT_EVENT),
  'Mutation.rotateSigningKey': operatorsMutation('RotateSigningKey'),
  ...CHANGE_GUARDS,
};
