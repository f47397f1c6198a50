import type { Sql } from '../prisma/database.ts';
import type { AccountCounts } from './iam-store.ts';
import { accountColumn } from './named.ts';

const count = (from: string): string => `(SELECT count(*)::int4 FROM ${from})`;
const inAccount = (table: string): string => count(`"${table}" e WHERE e."accountId" = $1`);

export async function readCounts(sql: Sql, accountId: string): Promise<AccountCounts> {
  const [row] = await sql.query<AccountCounts>(
    `SELECT ${inAccount('User')} AS users, ${inAccount('Group')} AS groups, ${inAccount('Role')} AS roles,
       ${inAccount('ManagedPolicy')} AS policies,
       ${count('"PolicyVersion" v JOIN "ManagedPolicy" e ON e.id = v."policyId" WHERE e."accountId" = $1')} AS "policyVersions",
       ${count(`"InstanceProfile" e WHERE ${accountColumn('InstanceProfile')} = $1`)} AS "instanceProfiles",
       ${inAccount('OidcProvider')} AS "oidcProviders", ${inAccount('MfaDevice')} AS "mfaDevices",
       ${count('"MfaDevice" e WHERE e."accountId" = $1 AND e."userId" IS NOT NULL')} AS "mfaDevicesInUse"`,
    [accountId],
  );
  if (row === undefined) throw new Error('a statement without FROM gave no row');
  return row;
}

export async function readAlias(sql: Sql, accountId: string): Promise<string | null> {
  const [row] = await sql.query<{ alias: string | null }>('SELECT alias FROM "Account" WHERE id = $1', [accountId]);
  return row?.alias ?? null;
}
