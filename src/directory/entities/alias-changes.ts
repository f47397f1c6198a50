import { RolegateError } from '../../policy/errors.ts';
import type { Sql } from '../prisma/database.ts';
import { reading } from './change-of.ts';
import { noSuch } from './holder.ts';
import type { AliasChanges } from './iam-inputs.ts';

async function aliasOf(sql: Sql, accountId: string): Promise<string | null> {
  const [account] = await sql.query<{ alias: string | null }>('SELECT alias FROM "Account" WHERE id = $1', [accountId]);
  if (account === undefined) throw noSuch('account', accountId, 'id');
  return account.alias;
}

/** The alias of an account. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccountAlias.html */
export const ALIAS_CHANGES: AliasChanges = {
  createAccountAlias: async (sql, { accountId, accountAlias }) => {
    const before = await aliasOf(sql, accountId);
    const [other] = await sql.query('SELECT 1 FROM "Account" WHERE alias = $1 AND id <> $2', [accountAlias, accountId]);
    if (other !== undefined) {
      const why = `The account alias ${accountAlias} already exists.`;
      throw new RolegateError('EntityAlreadyExists', why, { field: 'accountAlias' });
    }
    if (before === accountAlias)
      return reading({ touched: [], result: accountId }, { entity: 'Account', entityId: accountId });
    await sql.query('UPDATE "Account" SET alias = $2 WHERE id = $1', [accountId, accountAlias]);
    return { touched: [{ entity: 'Account', entityId: accountId }], result: accountId };
  },
  deleteAccountAlias: async (sql, { accountId, accountAlias }) => {
    if ((await aliasOf(sql, accountId)) !== accountAlias) {
      const why = `The account alias ${accountAlias} cannot be found.`;
      throw new RolegateError('NoSuchEntity', why, { field: 'accountAlias' });
    }
    await sql.query('UPDATE "Account" SET alias = NULL WHERE id = $1', [accountId]);
    return { touched: [{ entity: 'Account', entityId: accountId }], result: accountId };
  },
};
