import { namesIn } from '../../evaluation/principal-names.ts';
import type { CompiledPolicies } from '../gather/compiled-policies.ts';
import { readDocuments } from '../gather/rows.ts';
import type { Sql } from '../prisma/database.ts';

/** A role with the names that its trust policy can concern; null: everybody. */
export type RoleTrust = readonly [arn: string, names: readonly string[] | null];

interface TrustRow {
  readonly arn: string;
  readonly hash: string;
  readonly bindings: Readonly<Record<string, string>>;
}

const COLUMNS = 'arn, "trustPolicyHash" AS hash, "trustBindings" AS bindings';

/** Roles behind an ARN, in the order of their ARNs. Nothing else of them is read: there can be many. */
export async function trustPage(
  sql: Sql,
  compiled: CompiledPolicies,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<readonly RoleTrust[]> {
  const rows = await sql.query<TrustRow>(`SELECT ${COLUMNS} FROM "Role" WHERE arn > $1 ORDER BY arn LIMIT $2`, [
    after,
    limit,
  ]);
  return trustIn(sql, compiled, rows);
}

/** Those of `arns` that are stored. */
export async function trustAmong(
  sql: Sql,
  compiled: CompiledPolicies,
  arns: readonly string[],
): Promise<readonly RoleTrust[]> {
  const rows = await sql.query<TrustRow>(`SELECT ${COLUMNS} FROM "Role" WHERE arn = ANY($1::text[])`, [arns]);
  return trustIn(sql, compiled, rows);
}

async function trustIn(sql: Sql, compiled: CompiledPolicies, rows: readonly TrustRow[]): Promise<readonly RoleTrust[]> {
  const hashes = new Set(rows.map(({ hash }) => hash));
  const known = new Map([...hashes].map((hash) => [hash, compiled.get('trust', hash)]));
  const missing = [...known].flatMap(([hash, policy]) => (policy === undefined ? [hash] : []));
  const texts = missing.length === 0 ? [] : await readDocuments(sql, missing);
  for (const [hash, text] of texts) known.set(hash, compiled.compile('trust', hash, text));
  return rows.map(({ arn, hash, bindings }) => {
    const policy = known.get(hash);
    // What is no policy document can concern everybody.
    return [arn, policy === undefined || 'fault' in policy ? null : namesOfAll(policy.policy.statements, bindings)];
  });
}

function namesOfAll(
  statements: readonly Parameters<typeof namesIn>[0][],
  bindings: TrustRow['bindings'],
): readonly string[] | null {
  const names = new Set<string>();
  for (const statement of statements) {
    const found = namesIn(statement, bindings);
    if (found === null) return null;
    for (const name of found) names.add(name);
  }
  return [...names];
}
