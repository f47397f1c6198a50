import { allowed, type Guard } from './guard-kinds.ts';
import { resourcePermission } from './readable.ts';

function listing(action: string): Guard {
  // as: the guard stands on fields of Account, whose rows have their number as id
  return allowed((parent) => ({ action, resource: '*', account: (parent as { readonly id: string }).id }));
}

/** What AWS Config tells of a resource beside that it is there. */
function configured(): Guard {
  // as: the guard stands on fields of Resource, whose rows have their owner
  return allowed((parent) => resourcePermission((parent as { readonly accountId: string }).accountId));
}

/** What fields of entities need that tell more than that the entity is there, and what it is called. */
export const ENTITY_GUARDS: Readonly<Record<string, Guard>> = {
  'Account.users': listing('iam:ListUsers'),
  'Account.groups': listing('iam:ListGroups'),
  'Account.roles': listing('iam:ListRoles'),
  'Account.policies': listing('iam:ListPolicies'),
  'Account.resources': listing('config:ListDiscoveredResources'),
  'Resource.policy': configured(),
  'Resource.tags': configured(),
};
