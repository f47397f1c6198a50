import type { Sql } from '../prisma/database.ts';
import { attachOwnToNew, detachAll } from './control-policies.ts';
import { constraintViolation, organizationError } from './organization-errors.ts';
import type { OrganizationChanges } from './organization-inputs.ts';
import { forgetTags } from './organization-tags.ts';
import {
  findOrganization,
  findParent,
  findUnit,
  randomEnding,
  type StoredOrganizationRow,
  touchingOrganization,
} from './organizations.ts';

/** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html */
const MOST_UNITS = 2_000;
const MOST_LEVELS = 5;

/** Of the id of a new unit. */
const ENDING = 8;

/** Siblings have different names. `unitId`: the one that may have it; empty: none may. */
async function checkName(
  sql: Sql,
  { id }: StoredOrganizationRow,
  parentId: string | null,
  name: string,
  unitId = '',
): Promise<void> {
  const rows = await sql.query(
    `SELECT 1 FROM "OrganizationalUnit"
      WHERE "organizationId" = $1 AND "parentId" IS NOT DISTINCT FROM $2::text AND name = $3 AND id <> $4`,
    [id, parentId, name, unitId],
  );
  if (rows.length > 0) throw organizationError('DuplicateOrganizationalUnitException', 'name');
}

/** How many units lie above a place, with the place itself; the root counts none. */
async function levelOf(sql: Sql, unitId: string | null): Promise<number> {
  if (unitId === null) return 0;
  const [row] = await sql.query<{ levels: number }>(
    `WITH RECURSIVE above AS (
       SELECT "parentId", 1 AS level FROM "OrganizationalUnit" WHERE id = $1
       UNION ALL SELECT u."parentId", a.level + 1 FROM above a JOIN "OrganizationalUnit" u ON u.id = a."parentId"
        WHERE a.level <= ${MOST_LEVELS})
     SELECT max(level)::int4 AS levels FROM above`,
    [unitId],
  );
  return row?.levels ?? 0;
}

/** Changes of organizational units. */
export const UNIT_CHANGES: Pick<
  OrganizationChanges,
  'createOrganizationalUnit' | 'deleteOrganizationalUnit' | 'updateOrganizationalUnit'
> = {
  createOrganizationalUnit: async (sql, { organizationId, parentId, name }, { draw }) => {
    const organization = await findOrganization(sql, organizationId);
    const { unitId } = await findParent(sql, organization, parentId, 'ParentNotFoundException', 'parentId');
    await checkName(sql, organization, unitId, name);
    if ((await levelOf(sql, unitId)) >= MOST_LEVELS)
      throw constraintViolation('OU_DEPTH_LIMIT_EXCEEDED', 'parentId', MOST_LEVELS);
    const [row] = await sql.query<{ units: number }>(
      'SELECT count(*)::int4 AS units FROM "OrganizationalUnit" WHERE "organizationId" = $1',
      [organizationId],
    );
    if ((row?.units ?? 0) >= MOST_UNITS)
      throw constraintViolation('OU_NUMBER_LIMIT_EXCEEDED', 'organizationId', MOST_UNITS);
    const id = `ou-${organization.rootId.slice('r-'.length)}-${randomEnding(draw, ENDING)}`;
    await sql.query(
      'INSERT INTO "OrganizationalUnit" (id, name, "organizationId", "parentId") VALUES ($1, $2, $3, $4)',
      [id, name, organizationId, unitId],
    );
    await attachOwnToNew(sql, organization, id);
    return { touched: touchingOrganization(organization), result: id };
  },

  updateOrganizationalUnit: async (sql, { organizationId, unitId, name }) => {
    const organization = await findOrganization(sql, organizationId);
    const unit = await findUnit(sql, organization, unitId);
    if (unit.name === name) return { touched: [], result: unitId, reads: touchingOrganization(organization) };
    await checkName(sql, organization, unit.parentId, name, unitId);
    await sql.query('UPDATE "OrganizationalUnit" SET name = $2 WHERE id = $1', [unitId, name]);
    return { touched: touchingOrganization(organization), result: unitId };
  },

  deleteOrganizationalUnit: async (sql, { organizationId, unitId }) => {
    const organization = await findOrganization(sql, organizationId);
    await findUnit(sql, organization, unitId);
    const held = await sql.query(
      `SELECT 1 FROM "OrganizationalUnit" WHERE "parentId" = $1
        UNION ALL SELECT 1 FROM "Account" WHERE "unitId" = $1 LIMIT 1`,
      [unitId],
    );
    if (held.length > 0) throw organizationError('OrganizationalUnitNotEmptyException', 'unitId');
    await detachAll(sql, organization, unitId);
    const tags = await forgetTags(sql, organizationId, [unitId]);
    await sql.query('DELETE FROM "OrganizationalUnit" WHERE id = $1', [unitId]);
    return { touched: [...touchingOrganization(organization), ...tags], result: unitId };
  },
};
