import { InvalidInput } from '../../policy/errors.ts';
import { isServicePrincipal } from '../../policy/principal-id.ts';
import type { DelegatedAdministratorInput, OrganizationInput } from '../document.ts';
import type { Sql } from '../prisma/database.ts';
import type { ChangeSet } from './change-set.ts';
import type { StoredOrganization } from './stored.ts';

function keyOf({ accountId, servicePrincipal }: DelegatedAdministratorInput): string {
  return `${accountId} ${servicePrincipal}`;
}

/**
 * The accounts that administer services for the organization; a given list replaces the stored one.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_RegisterDelegatedAdministrator.html
 */
export function planDelegatedAdministrators(
  { id: organizationId, managementAccountId, delegatedAdministrators }: OrganizationInput,
  stored: StoredOrganization | null,
  changes: ChangeSet,
): void {
  if (delegatedAdministrators === undefined) return;
  const old = new Map((stored?.delegatedAdministrators ?? []).map((each) => [keyOf(each), each]));
  for (const [key, each] of new Map(delegatedAdministrators.map((one) => [keyOf(one), one]))) {
    const { accountId, servicePrincipal } = each;
    if (!isServicePrincipal(servicePrincipal)) {
      throw new InvalidInput(
        'document',
        `organization ${organizationId}: \`${servicePrincipal}\` is no service principal`,
      );
    }
    if (accountId === managementAccountId) {
      const what = 'the management account needs no registration as a delegated administrator, and can have none';
      throw new InvalidInput('document', `organization ${organizationId}: ${what}`);
    }
    const known = old.delete(key);
    changes.counts.add(organizationId, 'delegatedAdministrators', known ? 'unchanged' : 'new');
    if (known) continue;
    changes.upsert('DelegatedAdministrator', { organizationId, accountId, servicePrincipal });
    changes.touch('Organization', organizationId);
  }
  for (const each of old.values()) {
    changes.delete('DelegatedAdministrator', { organizationId, ...each });
    changes.counts.add(organizationId, 'delegatedAdministrators', 'gone');
    changes.touch('Organization', organizationId);
  }
}

/**
 * Runs once everything is written: only member accounts administer. Throws InvalidInput for an account that the document
 * names as an administrator and that is not a member; one that has left its organization stops being one.
 */
export async function keepToMembers(sql: Sql, changes: ChangeSet): Promise<void> {
  const added = changes.written('DelegatedAdministrator');
  if (added.length === 0 && !changes.upserts.has('Account')) return;
  const rows = await sql.query<{ organizationId: string; accountId: string; servicePrincipal: string }>(
    `DELETE FROM "DelegatedAdministrator" d USING "Account" a
      WHERE a.id = d."accountId" AND a."organizationId" IS DISTINCT FROM d."organizationId"
      RETURNING d."organizationId", d."accountId", d."servicePrincipal"`,
  );
  for (const { organizationId, accountId, servicePrincipal } of rows) {
    const why = `the account ${accountId} is no member of the organization ${organizationId}`;
    if (added.some((one) => one['accountId'] === accountId && one['organizationId'] === organizationId)) {
      throw new InvalidInput('document', `${why} and cannot be a delegated administrator of it`);
    }
    changes.touch('Organization', organizationId);
    changes.counts.add(organizationId, 'delegatedAdministrators', 'gone');
    changes.warn(`${why} any more, and administers ${servicePrincipal} for it no longer`);
  }
}
