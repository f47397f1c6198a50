import { RolegateError } from '../../policy/errors.ts';
import type { Touched } from '../apply/revision.ts';
import type { Sql } from '../prisma/database.ts';
import type { Draw } from './draw.ts';
import { type OrganizationErrorCode, organizationError } from './organization-errors.ts';
import type { ControlPolicyType } from './organization-inputs.ts';

/** An organization to be changed. */
export interface StoredOrganizationRow {
  readonly id: string;
  readonly rootId: string;
  readonly managementAccountId: string;
  readonly scpEnabled: boolean;
  readonly rcpEnabled: boolean;
  /** That of its management account. */
  readonly partition: string;
}

/** A place for accounts and units. `unitId` null: the root. */
export interface Parent {
  readonly id: string;
  readonly unitId: string | null;
}

const DIGITS_AND_LETTERS = '0123456789abcdefghijklmnopqrstuvwxyz';

/** A random ending for an id of AWS Organizations. */
export function randomEnding(draw: Draw, length: number, alphabet = DIGITS_AND_LETTERS): string {
  return Array.from({ length }, () => alphabet.charAt(draw.below(alphabet.length))).join('');
}

/** Finds the organization in the transaction that changes it. Throws NoSuchEntity. */
export async function findOrganization(sql: Sql, id: string): Promise<StoredOrganizationRow> {
  const [row] = await sql.query<StoredOrganizationRow>(
    `SELECT o.id, o."rootId", o."managementAccountId", o."scpEnabled", o."rcpEnabled", coalesce(a.partition, 'aws') AS partition
       FROM "Organization" o LEFT JOIN "Account" a ON a.id = o."managementAccountId" WHERE o.id = $1`,
    [id],
  );
  if (row !== undefined) return row;
  throw new RolegateError('NoSuchEntity', `The organization with id ${id} cannot be found.`, {
    field: 'organizationId',
  });
}

export function isEnabled({ scpEnabled, rcpEnabled }: StoredOrganizationRow, type: ControlPolicyType): boolean {
  return type === 'SERVICE_CONTROL_POLICY' ? scpEnabled : rcpEnabled;
}

/** The root or a unit of the organization. Throws the error of `code`. */
export async function findParent(
  sql: Sql,
  organization: StoredOrganizationRow,
  id: string,
  code: OrganizationErrorCode,
  field: string,
): Promise<Parent> {
  if (id === organization.rootId) return { id, unitId: null };
  await findUnit(sql, organization, id, code, field);
  return { id, unitId: id };
}

export interface StoredUnit {
  readonly id: string;
  readonly name: string;
  /** Null: directly under the root. */
  readonly parentId: string | null;
}

/** A unit of the organization. Throws the error of `code`. */
export async function findUnit(
  sql: Sql,
  { id: organizationId }: StoredOrganizationRow,
  id: string,
  code: OrganizationErrorCode = 'OrganizationalUnitNotFoundException',
  field = 'unitId',
): Promise<StoredUnit> {
  const [row] = await sql.query<StoredUnit>(
    'SELECT id, name, "parentId" FROM "OrganizationalUnit" WHERE id = $1 AND "organizationId" = $2',
    [id, organizationId],
  );
  if (row === undefined) throw organizationError(code, field);
  return row;
}

/** Where an account lies in the organization: the id of its unit, or null for the root. Throws AccountNotFoundException. */
export async function unitOfMember(
  sql: Sql,
  { id: organizationId }: StoredOrganizationRow,
  accountId: string,
): Promise<string | null> {
  const [row] = await sql.query<{ unitId: string | null }>(
    'SELECT "unitId" FROM "Account" WHERE id = $1 AND "organizationId" = $2',
    [accountId, organizationId],
  );
  if (row === undefined) throw organizationError('AccountNotFoundException', 'accountId');
  return row.unitId;
}

/** Units, control policies and administrators count as their organization. */
export function touchingOrganization({ id }: Pick<StoredOrganizationRow, 'id'>): readonly Touched[] {
  return [{ entity: 'Organization', entityId: id }];
}

export function touchingAccount(accountId: string): readonly Touched[] {
  return [{ entity: 'Account', entityId: accountId }];
}
