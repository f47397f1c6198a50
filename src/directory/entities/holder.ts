import { RolegateError } from '../../policy/errors.ts';
import type { Touched } from '../apply/revision.ts';
import type { Sql } from '../prisma/database.ts';
import type { Made } from './change-of.ts';
import { type HolderQuotas, PER_HOLDER } from './quotas.ts';

/** How users, groups and roles differ as holders of policies. */
const KINDS = {
  User: { column: 'userId', noun: 'user', quotas: PER_HOLDER.User },
  Group: { column: 'groupId', noun: 'group', quotas: PER_HOLDER.Group },
  Role: { column: 'roleId', noun: 'role', quotas: PER_HOLDER.Role },
} as const;

export type HolderKind = keyof typeof KINDS;

/** A user, group or role to be changed. */
export interface Holder {
  readonly kind: HolderKind;
  readonly id: string;
  readonly arn: string;
  readonly accountId: string;
  readonly name: string;
  /** The column of policies and attachments that names their holder. */
  readonly column: 'userId' | 'groupId' | 'roleId';
  readonly noun: 'user' | 'group' | 'role';
  readonly quotas: HolderQuotas;
}

/** `by`: what AWS calls `name`, of which IAM's sentence has no path. An ARN stands for the name in it. */
export function noSuch(noun: string, name: string, by: 'name' | 'id' = 'name'): RolegateError {
  const shown = name.startsWith('arn:') ? name.slice(name.lastIndexOf('/') + 1) : name;
  return new RolegateError('NoSuchEntity', `The ${noun} with ${by} ${shown} cannot be found.`);
}

/** The quota is used up. `quota`: IAM's name for it. */
export function quotaExceeded(quota: string, most: number, field: string): RolegateError {
  return new RolegateError('LimitExceeded', `Cannot exceed quota for ${quota}: ${most}`, { field });
}

/**
 * Service-linked roles, and those of IAM Identity Center.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
 */
const PROTECTED = /:role\/(?:aws-service-role|aws-reserved)\//;

export function isProtected(arn: string): boolean {
  return PROTECTED.test(arn);
}

/** What IAM answers to whoever changes a role that only AWS can change. */
export function unmodifiable(roleArn: string): RolegateError {
  const name = roleArn.slice(roleArn.lastIndexOf('/') + 1);
  const why = `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`;
  return new RolegateError('UnmodifiableEntity', why, { field: 'roleArn' });
}

/**
 * Finds the user, group or role in the transaction that changes it. `alsoOfAws`: a role that AWS keeps to itself is found as well.
 * Throws NoSuchEntity, UnmodifiableEntity.
 */
export async function findHolder(sql: Sql, kind: HolderKind, arn: string, alsoOfAws = false): Promise<Holder> {
  const { column, noun, quotas } = KINDS[kind];
  const [row] = await sql.query<{ id: string; accountId: string; name: string }>(
    `SELECT id, "accountId", name FROM "${kind}" WHERE arn = $1`,
    [arn],
  );
  if (row === undefined) throw noSuch(noun, arn);
  if (!alsoOfAws && isProtected(arn)) throw unmodifiable(arn);
  return { kind, arn, column, noun, quotas, ...row };
}

/** A change of what belongs to a user, group or role touches the holder. */
export function touching({ kind, arn }: Holder): readonly Touched[] {
  return [{ entity: kind, entityId: arn }];
}

/** What the change touched: the holder, or nothing if `rows`, the rows that a statement changed, is empty. */
export function changed(holder: Holder, rows: readonly unknown[] = [null]): Made {
  return { touched: rows.length === 0 ? [] : touching(holder), result: holder.arn };
}
