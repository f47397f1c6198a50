import type { EntityKind } from '../apply/entity-arn.ts';
import type { Sql } from '../prisma/database.ts';
import { storable } from '../storable.ts';

/** Entities of an account that IAM's operations name without ARN. */
export type NamedKind = Exclude<EntityKind, 'ManagedPolicy'>;

/** An entity found by its name. */
export interface NamedEntity {
  /** AIDA…, AROA… */
  readonly id: string;
  readonly arn: string;
}

/** The account of an entity `e`. An instance profile has it in its ARN alone. */
export function accountColumn(kind: EntityKind): string {
  return kind === 'InstanceProfile' ? `split_part(e.arn, ':', 5)` : 'e."accountId"';
}

/** The name of an entity `e`, as it is compared and put in order: without regard to case. */
export const NAME_KEY = 'lower(e.name) COLLATE "C"';

/**
 * The entity with this name in an account, whatever its path and the case of its name: names are unique without them. Null:
 * there is none.
 */
export async function named(sql: Sql, kind: NamedKind, accountId: string, name: string): Promise<NamedEntity | null> {
  const [row] = await sql.query<NamedEntity>(
    `SELECT e.id, e.arn FROM "${kind}" e WHERE ${accountColumn(kind)} = $1 AND ${NAME_KEY} = lower($2::text)`,
    [accountId, storable(name)],
  );
  return row ?? null;
}
