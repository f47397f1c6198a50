import { InvalidInput } from '../../policy/errors.ts';
import type { Sql } from '../prisma/database.ts';
import { type EntityKind, entityName, nounOf } from './entity-arn.ts';
import type { Resolved } from './resolve-ids.ts';
import type { StoredEntity } from './stored.ts';

/**
 * Names are unique in an account, whatever their path and their case.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
 */
function sameName(accountId: string, name: string): string {
  return `${accountId} ${name.toLowerCase()}`;
}

function refuse(kind: EntityKind, arn: string, other: string): never {
  const why = `its name differs from that of ${other} in case or path alone, and names are unique in an account`;
  throw new InvalidInput('document', `${nounOf(kind)} ${arn}: ${why}`);
}

/** Throws InvalidInput where two entities of the document have one name. */
export function checkNames(kind: EntityKind, arns: Iterable<string>): void {
  const holders = new Map<string, string>();
  for (const arn of arns) {
    const { accountId, name } = entityName(kind, arn);
    // AWS's own policies are told apart by path as well.
    if (accountId === null) continue;
    const key = sameName(accountId, name);
    const other = holders.get(key);
    if (other !== undefined) refuse(kind, arn, other);
    holders.set(key, arn);
  }
}

const OF_PROFILE = `split_part(e.arn, ':', 5)`;

/** Accounts that have entities of the kind already; most have none when they are imported for the first time. */
async function accountsInUse(
  sql: Sql,
  kind: EntityKind,
  accountIds: readonly (string | null)[],
): Promise<ReadonlySet<string | null>> {
  const ids = [...new Set(accountIds)].filter((id) => id !== null);
  if (ids.length === 0) return new Set();
  const rows = await sql.query<{ id: string }>(
    kind === 'InstanceProfile'
      ? `SELECT DISTINCT ${OF_PROFILE} AS id FROM "InstanceProfile" e WHERE ${OF_PROFILE} = ANY($1::text[])`
      : `SELECT a.id FROM unnest($1::text[]) AS a(id)
          WHERE (SELECT true FROM "${kind}" e WHERE e."accountId" = a.id LIMIT 1)`,
    [ids],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Throws InvalidInput where a new entity has the name of a stored one that stays. `removed` are ARNs that do not. */
export async function checkStoredNames(
  sql: Sql,
  kind: EntityKind,
  resolved: ReadonlyMap<string, Resolved<StoredEntity>>,
  removed: ReadonlyMap<string, string>,
): Promise<void> {
  const added = Array.from(resolved).filter(([arn, { stored }]) => stored === null || stored.arn !== arn);
  const inUse = await accountsInUse(
    sql,
    kind,
    added.map(([arn]) => entityName(kind, arn).accountId),
  );
  const names = added
    .map(([arn]) => entityName(kind, arn))
    .filter((name): name is typeof name & { readonly accountId: string } => inUse.has(name.accountId));
  if (names.length === 0) return;
  const accountId = kind === 'InstanceProfile' ? OF_PROFILE : 'e."accountId"';
  const clashes = await sql.query<{ arn: string; other: string }>(
    `SELECT n.arn, e.arn AS other
       FROM unnest($1::text[], $2::text[], $3::text[]) AS n(arn, "accountId", name)
       JOIN "${kind}" e ON ${accountId} = n."accountId" AND lower(e.name) = n.name AND e.arn <> n.arn`,
    [names.map(({ arn }) => arn), names.map((each) => each.accountId), names.map(({ name }) => name.toLowerCase())],
  );
  for (const { arn, other } of clashes) if (!removed.has(other)) refuse(kind, arn, other);
}
