import { setImmediate } from 'node:timers/promises';
import { isAccountId } from '../../policy/principal-id.ts';
import type { Revision } from '../directory.ts';
import { toIso } from '../instants.ts';
import { copyLine } from '../prisma/copy.ts';
import type { Sql, WritingSql } from '../prisma/database.ts';
import { batchesOf, inBatchesAhead, inTurn } from './batches.ts';
import { ManyTexts } from './many-texts.ts';
import type { Touched } from './touched.ts';

export type { Touched };

/** The account in the ARN of what was touched (`r`), as SQL. */
const OF_ARN = `CASE WHEN split_part(r."entityId", ':', 5) ~ '^[0-9]{12}$' THEN split_part(r."entityId", ':', 5) END`;

/**
 * The accounts of what was touched, as SQL: of its ARN, of its row, and of what its row was before the change. Users, roles,
 * groups and policies, which an import has by the thousand, have theirs in their ARNs; what is AWS's own has none.
 */
const ACCOUNTS = `CASE
  WHEN r.entity = 'Account' THEN ARRAY[r."entityId"]
  WHEN r.entity NOT IN ('Resource', 'VpcEndpoint', 'Organization') THEN array_remove(ARRAY[${OF_ARN}], NULL)
  ELSE ARRAY(SELECT DISTINCT a FROM unnest(ARRAY[
    ${OF_ARN},
    (SELECT x."accountId" FROM "Resource" x WHERE r.entity = 'Resource' AND x.arn = r."entityId"),
    (SELECT x."accountId" FROM "VpcEndpoint" x WHERE r.entity = 'VpcEndpoint' AND x.id = r."entityId"),
    (SELECT x."managementAccountId" FROM "Organization" x WHERE r.entity = 'Organization' AND x.id = r."entityId")
  ] || ARRAY(SELECT f."accountId" FROM "FormerOwner" f WHERE f.entity = r.entity AND f."entityId" = r."entityId")) a
  WHERE a IS NOT NULL ORDER BY a) END`;

/** Takes the write lock: the next writer waits for this transaction to end. */
export async function lockRevision(sql: Sql): Promise<Revision> {
  const [row] = await sql.query<{ revision: string }>(
    `SELECT revision::text AS revision FROM "DirectoryState" WHERE id = 1 FOR UPDATE`,
  );
  return BigInt(row?.revision ?? 0);
}

/** What belongs to the account in its ARN alone: nothing has to be read to say whose it is. */
function isOfArn({ entity }: Touched): boolean {
  return entity !== 'Account' && entity !== 'Resource' && entity !== 'VpcEndpoint' && entity !== 'Organization';
}

const ACCOUNT_IN_ARN = 4;

/** As OF_ARN, as an array of PostgreSQL. */
function accountsInArn(entityId: string): string {
  const account = entityId.split(':', ACCOUNT_IN_ARN + 1)[ACCOUNT_IN_ARN] ?? '';
  return isAccountId(account) ? `{${account}}` : '{}';
}

const COLUMNS = ['revision', 'entity', 'entityId', 'at', 'accountIds'];

/** Changes of fewer entities than this are noted by the statement that raises the revision. */
const MANY = 500;

/**
 * Raises the revision and records what it touched, each entity once. Call it once, at the end of a transaction that holds
 * the write lock.
 */
export async function raiseRevision(sql: WritingSql, touched: readonly Touched[], now: number): Promise<Revision> {
  const at = toIso(now);
  const copied: Touched[] = [];
  const noted: Touched[] = [];
  await inTurn(touched, (one) => (touched.length >= MANY && isOfArn(one) ? copied : noted).push(one));
  const [first = [], ...others] = batchesOf(sql, noted);
  const forget = (isLast: boolean): string => (isLast ? ', forgotten AS (DELETE FROM "FormerOwner")' : '');
  const raised = sql.query<{ revision: string }>(
    `WITH raised AS (UPDATE "DirectoryState" SET revision = revision + 1 WHERE id = 1 RETURNING revision),
          noted AS (INSERT INTO "DirectoryChange" (revision, entity, "entityId", at, "accountIds")
            SELECT DISTINCT raised.revision, r.entity, r."entityId", $2::text::timestamp(3), ${ACCOUNTS}
              FROM raised, json_to_recordset($1::text::json) AS r(entity text, "entityId" text))
          ${forget(others.length === 0)}
     SELECT revision::text AS revision FROM raised`,
    [JSON.stringify(first), at],
  );
  // Whoever waits for it is told.
  raised.catch(() => undefined);
  const names = new ManyTexts<Touched>();
  await inTurn(copied, (one) => names.set(`${one.entity} ${one.entityId}`, one));
  const [row] = await raised;
  if (row === undefined) throw new Error('the directory has lost its state row');
  const { revision } = row;
  for (const [index, part] of others.entries()) {
    await setImmediate();
    await sql.query(
      `WITH noted AS (INSERT INTO "DirectoryChange" (revision, entity, "entityId", at, "accountIds")
            SELECT $2::text::bigint, r.entity, r."entityId", $3::text::timestamp(3), ${ACCOUNTS}
              FROM json_to_recordset($1::text::json) AS r(entity text, "entityId" text) ON CONFLICT DO NOTHING)
          ${forget(index === others.length - 1)} SELECT 1`,
      [JSON.stringify(part), revision, at],
    );
  }
  const lineOf = ({ entity, entityId }: Touched): string =>
    copyLine({ revision, entity, entityId, at, accountIds: accountsInArn(entityId) }, COLUMNS);
  await inBatchesAhead(
    sql,
    [...names.values()],
    (part) => part.map(lineOf).join(''),
    (lines) => sql.copy('DirectoryChange', COLUMNS, lines),
  );
  return BigInt(revision);
}
