import type { AccountInput, OrganizationInput } from '../directory/document.ts';
import type { Facts } from './facts.ts';
import { chainOf } from './organization-chain.ts';

/** Accounts that something is said of. A membership is given only if the organization and every unit on its way are. */
export function assembleAccounts(facts: Facts, organizations: readonly OrganizationInput[]): readonly AccountInput[] {
  const known = new Set(organizations.map(({ id }) => id));
  return facts.accounts.entries().map(([id, account]) => {
    const { partition, name, alias, publicAccessBlock } = account;
    const organizationPublicAccessBlock = setByOrganization(facts, id);
    const membership = membershipOf(facts, id, known);
    return {
      id,
      ...(partition !== undefined && { partition }),
      ...(name !== undefined && { name }),
      ...(membership !== undefined && { membership }),
      ...(alias !== undefined && { alias }),
      ...(publicAccessBlock !== undefined && { publicAccessBlock }),
      ...(organizationPublicAccessBlock !== undefined && { organizationPublicAccessBlock }),
    };
  });
}

/** An organization without S3 policies sets nothing for its accounts. Undefined: nothing says what it sets. */
function setByOrganization(facts: Facts, id: string): AccountInput['organizationPublicAccessBlock'] {
  const { organizationPublicAccessBlock, organizationId } = facts.accounts.get(id);
  if (organizationPublicAccessBlock !== undefined || typeof organizationId !== 'string') {
    return organizationPublicAccessBlock;
  }
  return facts.organizations.get(organizationId).s3PolicyEnabled === false ? null : undefined;
}

function membershipOf(facts: Facts, id: string, organizations: ReadonlySet<string>): AccountInput['membership'] {
  if (facts.accounts.get(id).organizationId === null) return 'NONE';
  const chain = chainOf(facts, id);
  if (chain === null) return undefined;
  if (typeof chain === 'string') {
    const { file } = facts.accounts.firstPlace(id);
    facts.note({ file, place: `account ${id}` }, `no file says ${chain}; its place in the organization is not stored`);
    return undefined;
  }
  const { organizationId, unitId } = chain;
  return organizations.has(organizationId) ? { organizationId, unitId } : undefined;
}
