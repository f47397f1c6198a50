import { InvalidInput } from '../../policy/errors.ts';
import type { Sql } from '../prisma/database.ts';
import { inTurn, readInBatches } from './batches.ts';
import { type EntityKind, type EntityName, entityName, nounOf } from './entity-arn.ts';
import { ManyTexts } from './many-texts.ts';
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

/** Takes the entities of one kind of the document; throws InvalidInput where one has the name of another. */
export function nameCheck(kind: EntityKind): (entity: EntityName) => void {
  const holders = new ManyTexts<string>();
  return ({ arn, accountId, name }) => {
    // AWS's own policies are told apart by path as well.
    if (accountId === null) return;
    const key = sameName(accountId, name);
    const other = holders.get(key);
    if (other !== undefined) refuse(kind, arn, other);
    holders.set(key, arn);
  };
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
  const added: EntityName[] = [];
  await inTurn(resolved, ([arn, { stored }]) => {
    if (stored === null || stored.arn !== arn) added.push(entityName(kind, arn));
  });
  const inUse = await accountsInUse(
    sql,
    kind,
    added.map(({ accountId }) => accountId),
  );
  const names = added.filter((name): name is typeof name & { readonly accountId: string } => inUse.has(name.accountId));
  if (names.length === 0) return;
  const accountId = kind === 'InstanceProfile' ? OF_PROFILE : 'e."accountId"';
  const clashes = await readInBatches(sql, names, (some) =>
    sql.query<{ arn: string; other: string }>(
      `SELECT n.arn, e.arn AS other
         FROM unnest($1::text[], $2::text[], $3::text[]) AS n(arn, "accountId", name)
         JOIN "${kind}" e ON ${accountId} = n."accountId" AND lower(e.name) = n.name AND e.arn <> n.arn`,
      [some.map(({ arn }) => arn), some.map((each) => each.accountId), some.map(({ name }) => name.toLowerCase())],
    ),
  );
  for (const { arn, other } of clashes) if (!removed.has(other)) refuse(kind, arn, other);
}
