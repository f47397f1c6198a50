import type { Facts } from './facts.ts';
import { chainOf } from './organization-chain.ts';

/** The root and all units, if the units below each of them are listed, down to those that have none. Null: some may be missing. */
export function wholeTree(facts: Facts, organizationId: string, rootId: string): ReadonlySet<string> | null {
  const seen = new Set<string>();
  const rest = [rootId];
  for (const id of rest) {
    const below = facts.parents.get(id).allUnits;
    if (below === undefined || seen.has(id)) return null;
    seen.add(id);
    rest.push(...below);
  }
  const isWhole = facts.units.entries().every(([id, unit]) => unit.organizationId !== organizationId || seen.has(id));
  return isWhole ? seen : null;
}

/**
 * All accounts of an organization: as one answer lists them, or the answers on its root and every unit. Null: some may be
 * missing. A page looks like a whole list: so the list must hold the management account, which no organization is without, and
 * every account that any file places in the organization.
 */
export function allMembers(
  facts: Facts,
  organizationId: string,
  rootId: string,
  managementAccountId: string,
): readonly string[] | null {
  const listed = facts.organizations.get(organizationId).allAccounts ?? inTree(facts, organizationId, rootId);
  if (listed === null) return null;
  const members = new Set(listed);
  const missing = [managementAccountId, ...placedIn(facts, organizationId)].find((id) => !members.has(id));
  if (missing === undefined) return [...members].sort();
  const { file } =
    facts.organizations.placeOf(organizationId, 'allAccounts') ?? facts.organizations.firstPlace(organizationId);
  facts.note(
    { file, place: `organization ${organizationId}` },
    `its accounts are listed without ${missing}, which is one of them: pages may be missing, and no account leaves the organization`,
  );
  return null;
}

function inTree(facts: Facts, organizationId: string, rootId: string): readonly string[] | null {
  const tree = wholeTree(facts, organizationId, rootId);
  if (tree === null) return null;
  const accounts: string[] = [];
  for (const id of tree) {
    const here = facts.parents.get(id).allAccounts;
    if (here === undefined) return null;
    accounts.push(...here);
  }
  return accounts;
}

function placedIn(facts: Facts, organizationId: string): readonly string[] {
  return facts.accounts.keys().filter((id) => {
    if (facts.accounts.get(id).organizationId === organizationId) return true;
    const chain = chainOf(facts, id);
    return chain !== null && typeof chain === 'object' && chain.organizationId === organizationId;
  });
}
