import { servicesWithResourcePolicies } from '../../catalog/policy-holders.ts';
import type { KnowledgeLayer } from '../document.ts';
import { toIso } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';
import type { StoredOrganizationRow } from './organizations.ts';

/** What is known of the place of an account. */
const OF_PLACE = ['ORGANIZATION', 'CONTROL_POLICIES'] as const satisfies readonly KnowledgeLayer[];

const OF_CONTENTS = [
  'IDENTITY_POLICIES',
  'TRUST_POLICIES',
  'PERMISSIONS_BOUNDARIES',
  'VPC_ENDPOINTS',
  'BLOCK_PUBLIC_ACCESS',
  'GRANTS',
] as const satisfies readonly KnowledgeLayer[];

async function know(sql: Sql, accountId: string, layers: readonly KnowledgeLayer[], now: number): Promise<void> {
  await sql.query(
    `INSERT INTO "AccountKnowledge" ("accountId", layer, service, state, at, missing)
     SELECT $1, l, '', 'COMPLETE', $3::text::timestamp(3), '{}' FROM unnest($2::text[]) AS l
     ON CONFLICT ("accountId", layer, service) DO UPDATE SET state = 'COMPLETE', at = EXCLUDED.at, missing = '{}'`,
    [accountId, layers, toIso(now)],
  );
}

/** An account that was made here is empty: what is not stored of it does not exist. */
export async function knowAll(sql: Sql, accountId: string, now: number): Promise<void> {
  await know(sql, accountId, [...OF_CONTENTS, ...OF_PLACE], now);
  await sql.query(
    `INSERT INTO "AccountKnowledge" ("accountId", layer, service, state, at, missing)
     SELECT $1, 'RESOURCE_POLICIES', s, 'COMPLETE', $3::text::timestamp(3), '{}' FROM unnest($2::text[]) AS s`,
    [accountId, servicesWithResourcePolicies(), toIso(now)],
  );
}

/** Of an organization that was made here, everything is stored. */
export async function knowOrganization(sql: Sql, managementAccountId: string, now: number): Promise<void> {
  await know(sql, managementAccountId, OF_PLACE, now);
}

/**
 * What is above an account is known as well as above the account that manages its organization: all of it, or nothing is said of
 * it. To be called where the account has got another place.
 */
export async function knowPlaceAsManagement(
  sql: Sql,
  accountId: string,
  { managementAccountId }: StoredOrganizationRow,
  now: number,
): Promise<void> {
  const rows = await sql.query<{ layer: KnowledgeLayer }>(
    `SELECT layer FROM "AccountKnowledge"
      WHERE "accountId" = $1 AND layer = ANY($2::text[]) AND state = 'COMPLETE'`,
    [managementAccountId, OF_PLACE],
  );
  await forgetKnowledge(sql, accountId);
  await know(
    sql,
    accountId,
    rows.map(({ layer }) => layer),
    now,
  );
}

async function forgetKnowledge(sql: Sql, accountId: string): Promise<void> {
  await sql.query('DELETE FROM "AccountKnowledge" WHERE "accountId" = $1 AND layer = ANY($2::text[])', [
    accountId,
    OF_PLACE,
  ]);
}

/** The account belongs to no organization from now on, and nothing that one set for it counts. */
export async function forgetPlace(sql: Sql, accountId: string): Promise<void> {
  await sql.query(
    `UPDATE "Account" SET membership = 'NONE', "organizationId" = NULL, "unitId" = NULL, "organizationPublicAccessBlock" = NULL
      WHERE id = $1`,
    [accountId],
  );
  await forgetKnowledge(sql, accountId);
}
