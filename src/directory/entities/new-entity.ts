import { InvalidInput, RolegateError } from '../../policy/errors.ts';
import { type EntityKind, type EntityName, entityName, freeId } from '../apply/entity-arn.ts';
import type { Touched } from '../apply/revision.ts';
import { toIso } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';
import { type ChangeTools, type Made, reading } from './change-of.ts';
import { SALT_DIGITS } from './draw.ts';
import { noSuch, quotaExceeded } from './holder.ts';
import { PER_ACCOUNT } from './quotas.ts';

/** The name of an entity of an account, which has names of its own. */
type OwnName = EntityName & { readonly accountId: string };

/** AWS's sentence for a name that another entity has. */
const EXISTS: Readonly<Record<EntityKind, (name: string) => string>> = {
  User: (name) => `User with name ${name} already exists.`,
  Group: (name) => `Group with name ${name} already exists.`,
  Role: (name) => `Role with name ${name} already exists.`,
  ManagedPolicy: (name) => `A policy called ${name} already exists. Duplicate names are not allowed.`,
  InstanceProfile: (name) => `Instance Profile ${name} already exists.`,
};

/** What the input calls a name. */
const FIELDS: Readonly<Record<EntityKind, string>> = {
  User: 'userName',
  Group: 'groupName',
  Role: 'roleName',
  ManagedPolicy: 'policyName',
  InstanceProfile: 'instanceProfileName',
};

/** The account of a row `e`: an instance profile has it in its ARN alone. */
const ACCOUNT = (kind: EntityKind): string =>
  kind === 'InstanceProfile' ? `split_part(e.arn, ':', 5)` : 'e."accountId"';

/**
 * The parts of the ARN of an entity that is to be made in its account. Throws NoSuchEntity for an account that the directory does
 * not have, and InvalidInput for one of another partition.
 */
export async function ownName(sql: Sql, kind: EntityKind, arn: string): Promise<OwnName> {
  const name = entityName(kind, arn);
  const { accountId, partition } = name;
  if (accountId === null) throw new InvalidInput('accountId', `\`${arn}\` is in no account`);
  const [account] = await sql.query<{ partition: string }>('SELECT partition FROM "Account" WHERE id = $1', [
    accountId,
  ]);
  if (account === undefined) throw noSuch('account', accountId, 'id');
  if (account.partition !== partition) {
    throw new InvalidInput(
      'accountId',
      `account ${accountId} is in the partition ${account.partition}, not in ${partition}`,
    );
  }
  return { ...name, accountId };
}

/**
 * Throws EntityAlreadyExists if another entity has the name: names are unique in an account, whatever their path and their case.
 * `id`: of the entity that gets the name; null: it is to be made.
 */
export async function checkFreeName(
  sql: Sql,
  kind: EntityKind,
  { accountId, name }: OwnName,
  id: string | null = null,
): Promise<void> {
  const [other] = await sql.query(
    `SELECT 1 FROM "${kind}" e WHERE ${ACCOUNT(kind)} = $1 AND lower(e.name) COLLATE "C" = lower($2::text) AND e.id IS DISTINCT FROM $3`,
    [accountId, name, id],
  );
  if (other !== undefined) throw new RolegateError('EntityAlreadyExists', EXISTS[kind](name), { field: FIELDS[kind] });
}

/**
 * The first columns of a new entity, by their names: its id is new, too. Throws EntityAlreadyExists, LimitExceeded (of the
 * account), NoSuchEntity (the account), InvalidInput.
 */
export async function newEntity(
  sql: Sql,
  kind: EntityKind,
  arn: string,
  { now, draw }: Pick<ChangeTools, 'now' | 'draw'>,
): Promise<OwnName & { readonly id: string; readonly createdAt: string }> {
  const own = await ownName(sql, kind, arn);
  await checkFreeName(sql, kind, own);
  const { quota, most } = PER_ACCOUNT[kind];
  const [row] = await sql.query<{ count: number }>(
    `SELECT count(*)::int4 AS count FROM "${kind}" e WHERE ${ACCOUNT(kind)} = $1`,
    [own.accountId],
  );
  if ((row?.count ?? 0) >= most) throw quotaExceeded(quota, most, FIELDS[kind]);
  return { ...own, id: freeId(kind, arn, draw.hex(SALT_DIGITS), () => false), createdAt: toIso(now) };
}

const PATH_AND_NAME = /^([^/]*)(\/(?:.*\/)?)([^/]*)$/s;

/** The ARN that an entity has with another name or path; null or left out: as before. What is no ARN of an entity stays as it is. */
export function renamedArn(
  arn: string,
  given: { readonly name?: string | null | undefined; readonly path?: string | null | undefined },
): string {
  const [, head, path, name] = PATH_AND_NAME.exec(arn) ?? [];
  return head === undefined ? arn : `${head}${given.path ?? path}${given.name ?? name}`;
}

/** What a creation has made, and what it has read. */
export function madeEntity(
  kind: EntityKind,
  { arn, accountId }: Pick<OwnName, 'arn' | 'accountId'>,
  ...read: readonly Touched[]
): Made {
  const made = { touched: [{ entity: kind, entityId: arn }], result: arn };
  return reading(made, { entity: 'Account', entityId: accountId }, ...read);
}
