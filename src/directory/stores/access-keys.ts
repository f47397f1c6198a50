import { changeWithEvent } from '../change.ts';
import { noSuch, quotaExceeded } from '../entities/holder.ts';
import { KEYS_PER_USER } from '../entities/quotas.ts';
import { dependency } from '../gather/memory.ts';
import { recall } from '../gather/recall.ts';
import { toIso } from '../instants.ts';
import type { Store } from '../store.ts';
import { endSignIns } from './key-sessions.ts';
import type { AccessKeyRecord, AccessKeyStore } from './session-store.ts';

interface KeyRow {
  readonly id: string;
  readonly active: boolean;
  readonly userId: string | null;
  readonly userArn: string | null;
  readonly servicePrincipal: string | null;
}

const SELECT_KEY = `SELECT k.id, k.status = 'ACTIVE' AS active, k."userId", u.arn AS "userArn", k."servicePrincipal"
  FROM "AccessKey" k LEFT JOIN "User" u ON u.id = k."userId" WHERE k.id = $1`;

function ownerOf({ userId, userArn, servicePrincipal }: KeyRow): AccessKeyRecord['owner'] | null {
  if (servicePrincipal !== null) return { kind: 'service', service: servicePrincipal };
  return userId === null || userArn === null ? null : { kind: 'user', id: userId, arn: userArn };
}

const SELECT_OWNER = `
  SELECT coalesce(k."servicePrincipal", u.arn) AS owner
    FROM "AccessKey" k LEFT JOIN "User" u ON u.id = k."userId" WHERE k.id = $1
  UNION ALL SELECT arn FROM "RoleSession" WHERE "accessKeyId" = $1
  UNION ALL SELECT coalesce("federatedArn", principal) FROM "KeySession" WHERE "accessKeyId" = $1`;

/** Long-term keys. */
export function accessKeys(store: Store): AccessKeyStore {
  const { database, memory } = store;
  return {
    find: async (id) => {
      await store.refreshCredentials();
      return recall<AccessKeyRecord | null>(memory, database, `key ${id}`, async (sql) => {
        const [row] = await sql.query<KeyRow>(SELECT_KEY, [id]);
        const owner = row === undefined ? null : ownerOf(row);
        return {
          value: row === undefined || owner === null ? null : { id: row.id, active: row.active, owner },
          dependencies: [
            dependency('AccessKey', id),
            ...(owner?.kind === 'user' ? [dependency('User', owner.arn)] : []),
          ],
          bytes: 500,
        };
      });
    },

    ownerOf: async (id) => {
      const [row] = await database.query<{ owner: string | null }>(SELECT_OWNER, [id]);
      return row?.owner ?? null;
    },

    create: ({ id, userArn, service }, event) =>
      changeWithEvent(store, event, async (sql, now) => {
        let userId: string | null = null;
        if (userArn !== undefined) {
          const [user] = await sql.query<{ id: string; keys: number }>(
            `SELECT u.id, (SELECT count(*)::int4 FROM "AccessKey" k WHERE k."userId" = u.id) AS keys
               FROM "User" u WHERE u.arn = $1`,
            [userArn],
          );
          if (user === undefined) throw noSuch('user', userArn);
          const { quota, most } = KEYS_PER_USER;
          if (user.keys >= most) throw quotaExceeded(quota, most, 'userArn');
          userId = user.id;
        }
        await sql.query(
          `INSERT INTO "AccessKey" (id, "userId", "servicePrincipal", "createdAt")
           VALUES ($1, $2, $3, $4::text::timestamp(3))`,
          [id, userId, service ?? null, toIso(now)],
        );
        const touched = [{ entity: 'AccessKey', entityId: id }];
        return { touched, result: undefined };
      }),

    remove: (id, at, event) =>
      changeWithEvent(store, event, async (sql) => {
        const [row] = await sql.query<{ owner: string | null }>(
          `DELETE FROM "AccessKey" k WHERE k.id = $1
           RETURNING coalesce(k."servicePrincipal", (SELECT u.arn FROM "User" u WHERE u.id = k."userId")) AS owner`,
          [id],
        );
        if (row === undefined) throw noSuch('Access Key', id, 'id');
        const ended = row.owner === null ? [] : await endSignIns(sql, { keyId: id, owner: row.owner }, at);
        return { touched: [{ entity: 'AccessKey', entityId: id }, ...ended], result: undefined };
      }),
  };
}
