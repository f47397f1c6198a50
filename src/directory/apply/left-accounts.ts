import { InvalidInput } from '../../policy/errors.ts';
import type { DirectoryDocument, OrganizationInput } from '../document.ts';
import type { Sql } from '../prisma/database.ts';
import type { ChangeSet } from './change-set.ts';
import type { IndexedDocument } from './index-document.ts';
import { readAccounts, readKnowledge, type StoredAccount, type StoredOrganization } from './stored.ts';

/** Throws InvalidInput for an organization whose accounts are listed without one that the document places in it. */
export function checkAllAccounts(
  { id, managementAccountId, allAccounts, controlPolicies = [] }: OrganizationInput,
  accounts: IndexedDocument['accounts'],
): void {
  if (allAccounts === undefined) return;
  const all = new Set(allAccounts);
  const members = [...accounts.values()].filter(({ input }) => {
    return typeof input?.membership === 'object' && input.membership.organizationId === id;
  });
  const targets = controlPolicies.flatMap((policy) => policy.targets).filter((target) => /^\d{12}$/.test(target));
  const missing = [managementAccountId, ...members.map((member) => member.id), ...targets].find((one) => !all.has(one));
  if (missing === undefined) return;
  throw new InvalidInput('document', `organization ${id}: its account ${missing} is not among all its accounts`);
}

/** Stored accounts that left an organization of the document, which names all its accounts without them. */
export async function leftAccounts(
  sql: Sql,
  { organizations }: Pick<IndexedDocument, 'organizations'>,
): Promise<readonly StoredAccount[]> {
  const whole = [...organizations.values()].filter(({ allAccounts }) => allAccounts !== undefined);
  if (whole.length === 0) return [];
  const rows = await sql.query<{ id: string; organizationId: string }>(
    'SELECT id, "organizationId" FROM "Account" WHERE "organizationId" = ANY($1::text[]) ORDER BY id',
    [whole.map(({ id }) => id)],
  );
  const all = new Map(whole.map(({ id, allAccounts }) => [id, new Set(allAccounts)]));
  const left = rows.filter(({ id, organizationId }) => all.get(organizationId)?.has(id) === false);
  return left.length === 0
    ? []
    : readAccounts(
        sql,
        left.map(({ id }) => id),
      );
}

/**
 * What was known of accounts that left: their place, and the control policies above them. What is attached to them is of the
 * organization that they left.
 */
export async function forgetPlaces(
  sql: Sql,
  left: readonly StoredAccount[],
  { knowledge = [] }: DirectoryDocument,
  organizations: ReadonlyMap<string, StoredOrganization>,
  changes: ChangeSet,
): Promise<void> {
  if (left.length === 0) return;
  const given = new Set(knowledge.map(({ accountId, layer }) => `${accountId} ${layer}`));
  const ids = left.map(({ id }) => id);
  for (const { accountId, layer, service } of await readKnowledge(sql, ids)) {
    const isOfPlace = layer === 'ORGANIZATION' || layer === 'CONTROL_POLICIES';
    if (!isOfPlace || given.has(`${accountId} ${layer}`)) continue;
    changes.delete('AccountKnowledge', { accountId, layer, service });
    changes.counts.add(accountId, 'knowledge', 'gone');
  }
  for (const { id, organizationId } of left) {
    for (const { id: policyId, targets } of organizations.get(organizationId ?? '')?.policies ?? []) {
      if (targets.includes(id)) {
        changes.delete('ControlPolicyAttachment', { organizationId, policyId, targetId: id });
      }
    }
    changes.touch('Organization', organizationId ?? '');
    changes.counts.add(organizationId, 'accounts', 'gone');
  }
}

const SETTING = "the organization's setting (organizations describe-effective-policy)";

/** What Block Public Access is in force for accounts is not known any more: another organization may set it for them. */
export async function forgetSettings(
  sql: Sql,
  ids: readonly string[],
  { knowledge = [] }: DirectoryDocument,
  changes: ChangeSet,
): Promise<void> {
  const given = new Set(knowledge.flatMap((one) => (one.layer === 'BLOCK_PUBLIC_ACCESS' ? [one.accountId] : [])));
  for (const stored of ids.length === 0 ? [] : await readKnowledge(sql, ids)) {
    const { accountId, layer, service, state } = stored;
    if (layer !== 'BLOCK_PUBLIC_ACCESS' || state !== 'COMPLETE' || given.has(accountId)) continue;
    changes.upsert('AccountKnowledge', {
      accountId,
      layer,
      service,
      state: 'PARTIAL',
      at: null,
      missing: [SETTING],
      concerns: [],
    });
    changes.counts.add(accountId, 'knowledge', 'changed');
    changes.touch('Account', accountId);
  }
}
