import type { OrganizationInput } from '../directory/document.ts';
import { atMost } from './at-most.ts';
import { MissingPolicies } from './control-policies.ts';
import type { Facts, IamList } from './facts.ts';
import { chainOf } from './organization-chain.ts';
import { concludeResources } from './resource-knowledge.ts';

/** What is known from now on, as it follows from what all files say together. */
export function concludeKnowledge(facts: Facts, organizations: readonly OrganizationInput[]): void {
  concludeIam(facts);
  concludeOrganization(facts, new Set(organizations.map(({ id }) => id)));
  concludeResources(facts);
}

const IAM_LISTS: Readonly<Record<IamList, string>> = {
  users: 'users',
  groups: 'groups',
  roles: 'roles',
  policies: 'managed policies',
};
const IAM_LAYERS = ['IDENTITY_POLICIES', 'TRUST_POLICIES', 'PERMISSIONS_BOUNDARIES'] as const;

function concludeIam(facts: Facts): void {
  for (const [accountId, lists] of facts.iamLists()) {
    const missing = Object.entries(IAM_LISTS)
      .filter(([list]) => !lists.has(list as IamList))
      .map(([, noun]) => `all ${noun} (iam get-account-authorization-details)`);
    for (const layer of IAM_LAYERS) facts.knows(accountId, layer, missing);
  }
}

function concludeOrganization(facts: Facts, organizations: ReadonlySet<string>): void {
  const policies = new MissingPolicies(facts);
  for (const accountId of facts.accounts.keys()) {
    const { organizationId } = facts.accounts.get(accountId);
    if (organizationId === null) {
      facts.knows(accountId, 'ORGANIZATION');
      facts.knows(accountId, 'CONTROL_POLICIES');
      continue;
    }
    const chain = chainOf(facts, accountId);
    if (chain === null) continue;
    if (typeof chain === 'string' || !organizations.has(chain.organizationId)) {
      const what = typeof chain === 'string' ? chain : 'the root and the management account of its organization';
      facts.knows(accountId, 'ORGANIZATION', [what]);
      facts.knows(accountId, 'CONTROL_POLICIES', [what]);
      continue;
    }
    facts.knows(accountId, 'ORGANIZATION');
    facts.knows(accountId, 'CONTROL_POLICIES', atMost(policies.of(chain)));
  }
}
