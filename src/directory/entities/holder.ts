import { RolegateError } from '../../policy/errors.ts';
import type { Touched } from '../apply/revision.ts';
import type { Worked } from '../change.ts';
import type { Sql } from '../prisma/database.ts';

/** What differs between users and roles as holders of policies. Sizes in characters, blanks outside of texts not counted. */
const KINDS = {
  User: { column: 'userId', noun: 'user', inlineCharacters: 2048 },
  Role: { column: 'roleId', noun: 'role', inlineCharacters: 10_240 },
} as const;

export type HolderKind = keyof typeof KINDS;

/** A user or role that is to be changed. */
export interface Holder {
  readonly kind: HolderKind;
  readonly id: string;
  readonly arn: string;
  readonly accountId: string;
  readonly name: string;
  /** Of policies and attachments, that says whose they are. */
  readonly column: 'userId' | 'roleId';
  readonly noun: 'user' | 'role';
  readonly inlineCharacters: number;
}

/** `by`: what AWS says that `name` is. */
export function noSuch(noun: string, name: string, by: 'name' | 'id' = 'name'): RolegateError {
  return new RolegateError('NoSuchEntity', `The ${noun} with ${by} ${name} cannot be found.`);
}

/** There are as many as IAM lets there be. `quota`: IAM's name of it. */
export function quotaExceeded(quota: string, most: number, field: string): RolegateError {
  return new RolegateError('LimitExceeded', `Cannot exceed quota for ${quota}: ${most}`, { field });
}

/**
 * Roles that are linked to a service, and those of IAM Identity Center.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
 */
const PROTECTED = /:role\/(?:aws-service-role|aws-reserved)\//;

/** The user or role in a transaction that changes it. Throws NoSuchEntity, UnmodifiableEntity. */
export async function findHolder(sql: Sql, kind: HolderKind, arn: string): Promise<Holder> {
  const { column, noun, inlineCharacters } = KINDS[kind];
  const [row] = await sql.query<{ id: string; accountId: string; name: string }>(
    `SELECT id, "accountId", name FROM "${kind}" WHERE arn = $1`,
    [arn],
  );
  if (row === undefined) throw noSuch(noun, arn);
  if (PROTECTED.test(arn)) {
    const why = `Cannot perform the operation on the protected role '${row.name}' - this role is only modifiable by AWS`;
    throw new RolegateError('UnmodifiableEntity', why, { field: 'roleArn' });
  }
  return { kind, arn, column, noun, inlineCharacters, ...row };
}

/** What belongs to a user or role counts as it. */
export function touching({ kind, arn }: Holder): readonly Touched[] {
  return [{ entity: kind, entityId: arn }];
}

/** The holder was changed; `rows`: what a statement changed, nothing if it is empty. */
export function changed(holder: Holder, rows: readonly unknown[] = [null]): Worked<undefined> {
  return { touched: rows.length === 0 ? [] : touching(holder), result: undefined };
}
