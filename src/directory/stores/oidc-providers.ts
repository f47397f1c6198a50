import { RolegateError } from '../../policy/errors.ts';
import type { Touched } from '../apply/revision.ts';
import { changeWithEvent, type MadeChange, makeChange, type Worked } from '../change.ts';
import type { ChangeOptions } from '../entities/change-options.ts';
import { quotaExceeded } from '../entities/holder.ts';
import { millisecondsOf, toIso } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';
import type { Store } from '../store.ts';
import type { NewAuditEvent } from './audit-store.ts';
import type { OidcProviderRecord, OidcProviderStore } from './identity-stores.ts';

const SELECT_PROVIDERS = `SELECT arn, "accountId", url, "clientIds", jwks,
    ${millisecondsOf('"createdAt"')} AS "createdAt" FROM "OidcProvider"`;

function touchedBy(arn: string): readonly Touched[] {
  return [{ entity: 'OidcProvider', entityId: arn }];
}

function noSuchProvider(arn: string): RolegateError {
  return new RolegateError('NoSuchEntity', `OpenIDConnect Provider not found for arn ${arn}`, { field: 'arn' });
}

/** The audiences of a provider that is about to be changed: no other change is made meanwhile. */
async function clientIdsOf(sql: Sql, arn: string): Promise<readonly string[]> {
  const [row] = await sql.query<{ clientIds: string[] }>('SELECT "clientIds" FROM "OidcProvider" WHERE arn = $1', [
    arn,
  ]);
  if (row === undefined) throw noSuchProvider(arn);
  return row.clientIds;
}

async function setClientIds(sql: Sql, arn: string, clientIds: readonly string[]): Promise<Worked<undefined>> {
  await sql.query('UPDATE "OidcProvider" SET "clientIds" = $2::text[] WHERE arn = $1', [arn, clientIds]);
  return { touched: touchedBy(arn), result: undefined };
}

/** OpenID Connect providers. */
export function oidcProviders(store: Store): OidcProviderStore {
  const { database } = store;
  const change = (
    event: NewAuditEvent | undefined,
    options: ChangeOptions | undefined,
    work: (sql: Sql) => Promise<Worked<undefined>>,
  ): Promise<MadeChange<undefined>> => makeChange(store, event, work, options);
  return {
    find: async (arn) => {
      const [row] = await database.query<OidcProviderRecord>(`${SELECT_PROVIDERS} WHERE arn = $1`, [arn]);
      return row ?? null;
    },

    list: (accountId) => database.query(`${SELECT_PROVIDERS} WHERE "accountId" = $1 ORDER BY arn`, [accountId]),

    create: ({ arn, accountId, url, clientIds, jwks, createdAt }, event, options) =>
      change(event, options, async (sql) => {
        const accounts = await sql.query('SELECT 1 FROM "Account" WHERE id = $1', [accountId]);
        if (accounts.length === 0) throw new RolegateError('NoSuchEntity', `the account ${accountId} cannot be found`);
        const made = await sql.query(
          `INSERT INTO "OidcProvider" (arn, "accountId", url, "clientIds", jwks, "createdAt")
           VALUES ($1, $2, $3, $4::text[], $5::text::jsonb, $6::text::timestamp(3))
           ON CONFLICT (arn) DO NOTHING RETURNING arn`,
          [arn, accountId, url, clientIds, JSON.stringify(jwks), toIso(createdAt)],
        );
        if (made.length === 0) {
          throw new RolegateError('EntityAlreadyExists', `Provider with url ${url} already exists.`, { field: 'url' });
        }
        const reads = [{ entity: 'Account', entityId: accountId }];
        return { touched: touchedBy(arn), reads, result: undefined };
      }),

    update: (arn, { clientIds, jwks }, event, options) =>
      change(event, options, async (sql) => {
        const updated = await sql.query(
          `UPDATE "OidcProvider" SET "clientIds" = coalesce($2::text[], "clientIds"),
              jwks = coalesce($3::text::jsonb, jwks) WHERE arn = $1 RETURNING arn`,
          [arn, clientIds ?? null, jwks === undefined ? null : JSON.stringify(jwks)],
        );
        if (updated.length === 0) throw noSuchProvider(arn);
        return { touched: touchedBy(arn), result: undefined };
      }),

    addClientId: (arn, clientId, most, event) =>
      changeWithEvent(store, event, async (sql) => {
        const clientIds = await clientIdsOf(sql, arn);
        if (clientIds.includes(clientId)) return { touched: [], result: undefined };
        if (clientIds.length >= most) throw quotaExceeded('ClientIdsPerOpenIdConnectProvider', most, 'clientId');
        return setClientIds(sql, arn, [...clientIds, clientId]);
      }),

    removeClientId: (arn, clientId, event) =>
      changeWithEvent(store, event, async (sql) => {
        const clientIds = await clientIdsOf(sql, arn);
        const left = clientIds.filter((each) => each !== clientId);
        return left.length === clientIds.length ? { touched: [], result: undefined } : setClientIds(sql, arn, left);
      }),

    remove: (arn, event, options) =>
      change(event, options, async (sql) => {
        const removed = await sql.query('DELETE FROM "OidcProvider" WHERE arn = $1 RETURNING arn', [arn]);
        if (removed.length === 0) throw noSuchProvider(arn);
        return { touched: touchedBy(arn), result: undefined };
      }),
  };
}
