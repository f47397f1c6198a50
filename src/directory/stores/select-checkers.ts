import { millisecondsOf, toIso } from '../instants.ts';
import type { Sql, SqlParameter } from '../prisma/database.ts';
import type { CheckerFilter, CheckerMaker, CheckerPage, CheckerPlace, CheckerRecord } from './checker-store.ts';

interface CheckerRow extends Omit<CheckerRecord, 'maker' | 'accountIds'> {
  readonly allAccounts: boolean;
  readonly accountIds: readonly string[];
  readonly maker: string;
  readonly userId: string | null;
  readonly userArn: string | null;
  readonly keyId: string | null;
  readonly keySessionId: string | null;
  readonly roleId: string | null;
  readonly roleArn: string | null;
  readonly roleSessionId: string | null;
}

const instant = (column: string): string => `${millisecondsOf(`c."${column}"`)} AS "${column}"`;

/** Every checker `c`, with the present name of its maker. */
export const SELECT_CHECKERS = `SELECT c.id, c.name, c."tokenHash", c."allAccounts", c."accountIds", c.actions, c.search, c.maker,
    c."userId", u.arn AS "userArn", c."keyId", c."keySessionId", c."roleId", r.arn AS "roleArn", c."roleSessionId",
    ${instant('createdAt')}, ${instant('rotatedAt')}, ${instant('expiresAt')}, ${instant('lastUsedAt')}
  FROM "Checker" c LEFT JOIN "User" u ON u.id = c."userId" LEFT JOIN "Role" r ON r.id = c."roleId"`;

function makerOf(row: CheckerRow): CheckerMaker {
  const { userId, userArn, keyId, keySessionId, roleId, roleArn, roleSessionId, maker } = row;
  if (userId !== null && userArn !== null && keyId !== null)
    return { kind: 'user', id: userId, arn: userArn, keyId, keySessionId };
  if (roleId !== null && roleArn !== null && roleSessionId !== null)
    return { kind: 'role', id: roleId, arn: roleArn, roleSessionId };
  // INVARIANT: a constraint of the table says so. Whoever has no maker would have the operator's rights.
  if (maker !== 'operator') throw new Error(`the checker ${row.id} has no maker`);
  return { kind: 'operator' };
}

export function recordOf(row: CheckerRow): CheckerRecord {
  const { id, name, tokenHash, actions, search, createdAt, rotatedAt, expiresAt, lastUsedAt } = row;
  const accountIds = row.allAccounts ? null : row.accountIds;
  const rest = { actions, search, createdAt, rotatedAt, expiresAt, lastUsedAt };
  return { id, name, tokenHash, maker: makerOf(row), accountIds, ...rest };
}

/** The condition on `c` for the checkers of a filter, with its parameters $1 and $2. */
export function checkersWhere(filter: CheckerFilter | null): {
  readonly condition: string;
  readonly parameters: readonly SqlParameter[];
} {
  const condition = `($1::text[] IS NULL OR (NOT c."allAccounts" AND c."accountIds" <@ $1::text[])
    OR c."userId" = $2 OR c."roleId" = $2)`;
  return { condition, parameters: [filter?.accountIds ?? null, filter?.makerId ?? null] };
}

function placeOf(place: CheckerPlace | undefined): readonly (string | null)[] {
  return place === undefined ? [null, null] : [toIso(place.createdAt), place.id];
}

/** The checkers of a page, in its order. */
export async function listOf(sql: Sql, page: CheckerPage): Promise<readonly CheckerRecord[]> {
  const { condition, parameters } = checkersWhere(page.filter);
  const order = page.newest === true ? 'DESC' : 'ASC';
  const rows = await sql.query<CheckerRow>(
    `${SELECT_CHECKERS} WHERE ${condition}
        AND ($4::text IS NULL OR (c."createdAt", c.id) > ($3::text::timestamp(3), $4))
        AND ($6::text IS NULL OR (c."createdAt", c.id) < ($5::text::timestamp(3), $6))
      ORDER BY c."createdAt" ${order}, c.id ${order} LIMIT $7`,
    [...parameters, ...placeOf(page.after), ...placeOf(page.before), page.limit],
  );
  return rows.map(recordOf);
}
