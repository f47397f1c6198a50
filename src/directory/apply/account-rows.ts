import { setImmediate } from 'node:timers/promises';
import type { Sql } from '../prisma/database.ts';

/** A table whose rows belong to accounts. */
interface AccountTable {
  readonly table: string;
  readonly columns: string;
  /** The account, as SQL. */
  readonly account: string;
  /** What tells the rows of an account apart, as SQL. An index has it behind the account. */
  readonly key: string;
}

/**
 * All rows of accounts, in no order. No statement answers more than a batch: of accounts with few rows it asks about several at once, and
 * through one with many it goes page by page.
 */
export async function* rowsOfAccounts<Row>(
  sql: Sql,
  { table, columns, account, key }: AccountTable,
  accounts: readonly string[],
): AsyncGenerator<readonly Row[]> {
  const most = sql.batch;
  let together = most;
  for (let at = 0; at < accounts.length; await setImmediate()) {
    const some = accounts.slice(at, at + together);
    const rows = await sql.query<Row>(
      `SELECT ${columns} FROM "${table}" WHERE ${account} = ANY($1::text[]) LIMIT $2::int4`,
      [some, most + 1],
    );
    if (rows.length > most && some.length > 1) {
      together = Math.ceil(some.length / 4);
      continue;
    }
    if (rows.length <= most) yield rows;
    else yield* pagesOf<Row>(sql, { table, columns, account, key }, accounts[at] ?? '');
    at += some.length;
    together = Math.min(most, together * 2);
  }
}

async function* pagesOf<Row>(
  sql: Sql,
  { table, columns, account, key }: AccountTable,
  of: string,
): AsyncGenerator<readonly Row[]> {
  let after = '';
  for (;;) {
    const rows = await sql.query<Row & { readonly key: string }>(
      `SELECT ${columns}, ${key} AS key FROM "${table}" WHERE ${account} = $1 AND ${key} > $2 ORDER BY ${key} LIMIT $3::int4`,
      [of, after, sql.batch],
    );
    yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < sql.batch) return;
    after = last.key;
    await setImmediate();
  }
}
