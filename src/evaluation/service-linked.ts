import type { PrincipalFacts } from './principal.ts';

const SERVICE_LINKED_PATH = '/aws-service-role/';

/** Service control policies apply neither to service-linked roles nor to the management account. */
export function serviceControlBinds(facts: PrincipalFacts): boolean {
  if (facts.kind === 'service' || facts.kind === 'anonymous') return false;
  if (isServiceLinked(facts)) return false;
  return facts.organization === null || facts.organization.managementAccountId !== facts.accountId;
}

/** A session of a role that a service created for itself. */
export function isServiceLinked(facts: PrincipalFacts): boolean {
  return facts.kind === 'roleSession' && facts.role.path.startsWith(SERVICE_LINKED_PATH);
}
