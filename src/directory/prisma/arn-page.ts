import type { Sql } from './database.ts';

export interface ArnPage {
  readonly after?: string;
  readonly limit: number;
  readonly accountId?: string;
}

/** A condition on resources: requests on them are decided by a policy of theirs too. */
export const WITH_POLICY = `AND ("policyHash" IS NOT NULL OR grants <> '[]' OR "accessPoint" IS NOT NULL)`;

/** ARNs in `table`, in their order. `condition`: more of the WHERE clause. */
export async function arnPage(
  database: Sql,
  table: string,
  { after, limit, accountId }: ArnPage,
  condition = '',
): Promise<readonly string[]> {
  const rows = await database.query<{ arn: string }>(
    `SELECT arn FROM ${table} WHERE arn > $1 AND ($3::text IS NULL OR "accountId" = $3) ${condition} ORDER BY arn LIMIT $2`,
    [after ?? '', limit, accountId ?? null],
  );
  return rows.map((row) => row.arn);
}

/** Those of `arns` that are in `table`. `condition`: as above. */
export async function arnsAmong(
  database: Sql,
  table: string,
  arns: readonly string[],
  condition = '',
): Promise<readonly string[]> {
  const rows = await database.query<{ arn: string }>(
    `SELECT arn FROM ${table} WHERE arn = ANY($1::text[]) ${condition}`,
    [arns],
  );
  return rows.map((row) => row.arn);
}
