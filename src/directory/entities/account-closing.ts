import { RolegateError } from '../../policy/errors.ts';
import { batchesWithDependents } from '../apply/batches.ts';
import { bindGrantsToDeleted, bindToDeleted } from '../apply/bindings.ts';
import { ChangeSet } from '../apply/change-set.ts';
import { toIso } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';
import { detachAll } from './control-policies.ts';
import { constraintViolation, organizationError } from './organization-errors.ts';
import type { AccountChanges } from './organization-inputs.ts';
import { forgetTags } from './organization-tags.ts';

/** What lies in an account. */
interface Content {
  /** Its name in DirectoryChange. */
  readonly entity: string;
  /** How an error calls it. */
  readonly nouns: string;
  /** Of which its names are read. */
  readonly from: string;
  /** The column of its names. */
  readonly name: string;
  /** What is of the account $1. */
  readonly where: string;
}

const OF_ACCOUNT = 'x."accountId" = $1';
const INSTANCE_PROFILES = `x.arn LIKE 'arn:%:iam::' || $1 || ':instance-profile/%'`;

const CONTENTS: readonly Content[] = [
  { entity: 'User', nouns: 'users', from: '"User" x', name: 'x.arn', where: OF_ACCOUNT },
  { entity: 'Group', nouns: 'groups', from: '"Group" x', name: 'x.arn', where: OF_ACCOUNT },
  { entity: 'Role', nouns: 'roles', from: '"Role" x', name: 'x.arn', where: OF_ACCOUNT },
  { entity: 'ManagedPolicy', nouns: 'policies', from: '"ManagedPolicy" x', name: 'x.arn', where: OF_ACCOUNT },
  {
    entity: 'InstanceProfile',
    nouns: 'instance profiles',
    from: '"InstanceProfile" x',
    name: 'x.arn',
    where: INSTANCE_PROFILES,
  },
  { entity: 'Resource', nouns: 'resources', from: '"Resource" x', name: 'x.arn', where: OF_ACCOUNT },
  { entity: 'VpcEndpoint', nouns: 'VPC endpoints', from: '"VpcEndpoint" x', name: 'x.id', where: OF_ACCOUNT },
  {
    entity: 'OidcProvider',
    nouns: 'OpenID Connect providers',
    from: '"OidcProvider" x',
    name: 'x.arn',
    where: OF_ACCOUNT,
  },
  { entity: 'MfaDevice', nouns: 'MFA devices', from: '"MfaDevice" x', name: 'x."serialNumber"', where: OF_ACCOUNT },
  {
    entity: 'AccessKey',
    nouns: 'access keys',
    from: '"AccessKey" k JOIN "User" x ON x.id = k."userId"',
    name: 'k.id',
    where: OF_ACCOUNT,
  },
];

/** Tables with their keys, in an order in which nothing refers to what is gone. The rest goes with the account. */
const DELETIONS = [
  ['User', 'id', OF_ACCOUNT],
  ['Group', 'id', OF_ACCOUNT],
  ['Role', 'id', OF_ACCOUNT],
  ['InstanceProfile', 'id', INSTANCE_PROFILES],
  ['ManagedPolicy', 'id', OF_ACCOUNT],
  ['Resource', 'arn', OF_ACCOUNT],
  ['VpcEndpoint', 'id', OF_ACCOUNT],
] as const;

/**
 * An account that is closed is gone at once: there are no ninety days in which it could be opened again. Policies elsewhere that
 * name its users and roles stay bound to their unique ids. What lies in it is read and removed in batches, between which others have
 * their turn.
 */
export const closeAccount: AccountChanges['closeAccount'] = async (sql, input, { now, turn }) => {
  const { accountId, organizationId, withDependents = false } = input;
  const [account] = await sql.query<{ organizationId: string | null }>(
    'SELECT "organizationId" FROM "Account" WHERE id = $1',
    [accountId],
  );
  if (account === undefined || (organizationId ?? account.organizationId) !== account.organizationId) {
    throw organizationError('AccountNotFoundException', 'accountId');
  }
  const managed = await sql.query('SELECT 1 FROM "Organization" WHERE "managementAccountId" = $1', [accountId]);
  if (managed.length > 0) throw constraintViolation('CANNOT_CLOSE_MANAGEMENT_ACCOUNT', 'accountId');
  if (!withDependents) await checkEmpty(sql, accountId);
  const changes = new ChangeSet();
  const closing: Closing = { sql, accountId, changes, turn };
  for (const content of CONTENTS) await touchAll(closing, content);
  await bindPrincipals(closing);
  await endSessions(closing, now);
  if (account.organizationId !== null) {
    await detachAll(sql, { id: account.organizationId }, accountId);
    const tags = await forgetTags(sql, account.organizationId, [accountId]);
    for (const { entity, entityId } of tags) changes.touch(entity, entityId);
    changes.touch('Organization', account.organizationId);
  }
  for (const [table, key, where] of DELETIONS) {
    const some = `SELECT x."${key}" FROM "${table}" x WHERE ${where} LIMIT $2::int4`;
    await inTurns(
      closing,
      `DELETE FROM "${table}" WHERE "${key}" IN (${some}) RETURNING 1`,
      batchesWithDependents(sql),
    );
  }
  await sql.query('DELETE FROM "Account" WHERE id = $1', [accountId]);
  changes.touch('Account', accountId);
  return { touched: changes.touched, result: accountId };
};

interface Closing {
  readonly sql: Sql;
  readonly accountId: string;
  readonly changes: ChangeSet;
  readonly turn: () => Promise<void>;
}

/** Throws DeleteConflict, which names what AWS names first. */
async function checkEmpty(sql: Sql, accountId: string): Promise<void> {
  for (const { nouns, from, where } of CONTENTS) {
    const rows = await sql.query(`SELECT 1 FROM ${from} WHERE ${where} LIMIT 1`, [accountId]);
    if (rows.length > 0) throw new RolegateError('DeleteConflict', `Cannot delete entity, must delete ${nouns} first.`);
  }
}

async function touchAll(closing: Closing, { entity, from, name, where }: Content): Promise<void> {
  const rows = namesIn<{ name: string }>(closing, `${name} AS name`, name, `${from} WHERE ${where}`);
  for await (const one of rows) closing.changes.touch(entity, one.name);
}

/** Rows of the account by their names, read a batch after the other. */
async function* namesIn<Row extends { readonly name: string }>(
  { sql, accountId, turn }: Closing,
  columns: string,
  name: string,
  from: string,
): AsyncGenerator<Row> {
  for (let after = ''; ; ) {
    const rows = await sql.query<Row>(
      `SELECT ${columns} FROM ${from} AND ${name} > $2 ORDER BY ${name} LIMIT $3::int4`,
      [accountId, after, sql.batch],
    );
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < sql.batch) return;
    after = last.name;
    await turn();
  }
}

/** Runs a statement on at most $2 rows of the account $1, those of a batch, until it has found them all. */
async function inTurns(
  { sql, accountId, turn }: Closing,
  statement: string,
  { batch }: Pick<Sql, 'batch'> = sql,
): Promise<void> {
  for (;;) {
    const done = await sql.query(statement, [accountId, batch]);
    if (done.length < batch) return;
    await turn();
  }
}

async function bindPrincipals(closing: Closing): Promise<void> {
  const gone = new Map<string, string>();
  for (const table of ['User', 'Role']) {
    const from = `"${table}" x WHERE ${OF_ACCOUNT}`;
    const rows = namesIn<{ name: string; id: string }>(closing, 'x.arn AS name, x.id', 'x.arn', from);
    for await (const { name, id } of rows) gone.set(name, id);
  }
  const { sql, changes, turn } = closing;
  await bindToDeleted(sql, gone, new Set(), changes, turn);
  await bindGrantsToDeleted(sql, gone, new Set(), changes, turn);
}

/** A trigger would end them too, but by the database's clock. */
async function endSessions(closing: Closing, at: number): Promise<void> {
  const now = `'${toIso(at)}'::timestamp(3)`;
  await inTurns(
    closing,
    `UPDATE "RoleSession" SET "endedAt" = ${now}, "endReason" = 'ROLE_DELETED' WHERE id IN (
       SELECT s.id FROM "RoleSession" s JOIN "Role" x ON x.id = s."roleId"
        WHERE ${OF_ACCOUNT} AND s."endedAt" IS NULL AND s."expiresAt" > ${now} LIMIT $2::int4) RETURNING 1`,
  );
}
