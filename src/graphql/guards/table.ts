import { maySimulateCustomPolicies } from '../../guard/ask.ts';
import { maySearch } from '../../guard/checker.ts';
import { mayLookUp, mayLookUpPrincipal } from '../../guard/look-up.ts';
import { operatorOnly } from '../../guard/ruling.ts';
import { organizationIdOf } from '../organizations/organization-id.ts';
import { accountId, arn, id, principalId } from './argument-reader.ts';
import { ENTITY_GUARDS } from './entities.ts';
import { ANYBODY, ASKING, asks, type FieldGuard, SIGNED_IN } from './field-guard.ts';
import { MUTATION_GUARDS } from './mutations.ts';

/** The guard of each field. Every field of Query and Mutation must be here, or the schema is not built. */
export const GUARDS: Readonly<Record<string, FieldGuard>> = {
  'Query.viewer': ANYBODY,
  // Decided by the type of the entity that the id names: see entities/node.ts.
  'Query.node': SIGNED_IN,
  'Query.nodes': SIGNED_IN,
  'Query.account': asks({ accountId }, (context, given) => mayLookUp(context, 'Account', given.accountId)),
  'Query.resource': asks({ arn }, (context, given) => mayLookUp(context, 'Resource', given.arn)),
  'Query.organization': asks({ id }, (context, given) =>
    mayLookUp(context, 'Organization', organizationIdOf(given.id)),
  ),
  'Query.principal': asks({ principalId }, (context, given) => mayLookUpPrincipal(context, given.principalId)),
  'Query.decision': ASKING,
  'Query.decisions': ASKING,
  'Query.decisionsFor': ASKING,
  'Query.allowedResources': ASKING,
  // Whether the caller may ask about the principal is decided by their resolvers: see guard/ask.ts.
  'Query.effectivePermissions': SIGNED_IN,
  'Query.compareAccess': SIGNED_IN,
  'Query.assumableRoles': SIGNED_IN,
  'Query.accessRoutes': SIGNED_IN,
  // It is made of answers to these and to `whoCan`: see guard/access-graph/.
  'Query.accessGraph': SIGNED_IN,
  // It goes through the policies that the caller may read, of entities that it may list: see guard/findings.ts.
  'Query.findings': SIGNED_IN,
  // Each of its changes has the guard of its own mutation; who is shown is decided with it: see guard/preview-scope.ts.
  'Query.previewChange': SIGNED_IN,
  // And of whom it may be told: see guard/escalation-scope.ts.
  'Query.escalationPaths': SIGNED_IN,
  // These do not read the directory.
  'Query.validatePolicy': SIGNED_IN,
  'Query.services': SIGNED_IN,
  'Query.actions': SIGNED_IN,
  'Query.conditionKeys': SIGNED_IN,
  // Nothing of them is looked up; what is asked of them is decided like every question.
  'Query.resourceRefs': SIGNED_IN,
  // Which principals the caller may see in the answer is decided with it: see guard/search-scope.ts.
  'Query.whoCan': asks({}, maySearch),
  'Query.simulateCustomPolicies': asks({}, maySimulateCustomPolicies),
  // They could be answered by simulations, one after the other.
  'Query.comparePolicies': asks({}, maySimulateCustomPolicies),
  'Query.checkAccessNotGranted': asks({}, maySimulateCustomPolicies),
  'Query.checkNoPublicAccess': asks({}, maySimulateCustomPolicies),
  // They contain only what the caller may see: see guard/visible-role-sessions.ts, guard/visible-events.ts.
  'Query.roleSessions': SIGNED_IN,
  'Query.auditEvents': SIGNED_IN,
  // As these: see guard/visible-checkers.ts. A checker does not see who made it, and how it is used.
  'Query.checkers': SIGNED_IN,
  'Checker.maker': SIGNED_IN,
  'Checker.lastUsedAt': SIGNED_IN,
  // As these, by account: see guard/visible-entities.ts.
  'Query.accounts': SIGNED_IN,
  'Query.principals': SIGNED_IN,
  // They contain only what the caller may describe: see guard/readable-organization.ts.
  'Query.organizations': SIGNED_IN,
  'Query.users': SIGNED_IN,
  'Query.roles': SIGNED_IN,
  'Query.groups': SIGNED_IN,
  'Query.policies': SIGNED_IN,
  'Query.resources': SIGNED_IN,
  'Query.directoryExport': asks({}, operatorOnly),
  // Of which accounts is decided for each event: see guard/live/directory-changes.ts.
  'Subscription.directoryChanged': SIGNED_IN,
  'Subscription.decisionChanged': ASKING,
  ...ENTITY_GUARDS,
  ...MUTATION_GUARDS,
};
