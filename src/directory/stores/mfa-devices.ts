import { RolegateError } from '../../policy/errors.ts';
import type { Touched } from '../apply/revision.ts';
import { changeWithEvent } from '../change.ts';
import { noSuch, quotaExceeded } from '../entities/holder.ts';
import { DEVICES_PER_USER } from '../entities/quotas.ts';
import { millisecondsOf, toIso } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';
import type { Store } from '../store.ts';
import type { MfaDeviceRecord, MfaDeviceStore } from './identity-stores.ts';

const SELECT_DEVICES = `SELECT d."serialNumber", d."accountId", d.name, d."seedId", ${millisecondsOf('d."createdAt"')} AS "createdAt",
    CASE WHEN u.id IS NOT NULL THEN json_build_object('id', u.id, 'arn', u.arn) END AS user,
    CASE WHEN u.id IS NOT NULL THEN ${millisecondsOf('d."enabledAt"')} END AS "enabledAt",
    d."lastTimeStep"
  FROM "MfaDevice" d LEFT JOIN "User" u ON u.id = d."userId"`;

function touchedBy(serialNumber: string): readonly Touched[] {
  return [{ entity: 'MfaDevice', entityId: serialNumber }];
}

function noSuchDevice(serialNumber: string): RolegateError {
  return new RolegateError('NoSuchEntity', `VirtualMFADevice with serial number ${serialNumber} does not exist.`, {
    field: 'serialNumber',
  });
}

async function userId(sql: Sql, arn: string): Promise<string> {
  const [user] = await sql.query<{ id: string }>('SELECT id FROM "User" WHERE arn = $1', [arn]);
  if (user === undefined) throw noSuch('user', arn);
  return user.id;
}

async function checkRoom(sql: Sql, user: string): Promise<void> {
  const [row] = await sql.query<{ devices: number }>(
    'SELECT count(*)::int4 AS devices FROM "MfaDevice" WHERE "userId" = $1',
    [user],
  );
  const { quota, most } = DEVICES_PER_USER;
  if ((row?.devices ?? 0) >= most) throw quotaExceeded(quota, most, 'userArn');
}

/** Why nothing was written: there is no such device, or it is enabled for a user. */
async function explain(sql: Sql, serialNumber: string, code: string, message: string): Promise<RolegateError> {
  const rows = await sql.query('SELECT 1 FROM "MfaDevice" WHERE "serialNumber" = $1', [serialNumber]);
  return rows.length === 0 ? noSuchDevice(serialNumber) : new RolegateError(code, message, { field: 'serialNumber' });
}

/** Virtual MFA devices. */
export function mfaDevices(store: Store): MfaDeviceStore {
  return { ...lookUps(store), ...changes(store) };
}

function lookUps({ database }: Store): Pick<MfaDeviceStore, 'find' | 'list' | 'acceptTimeStep'> {
  return {
    find: async (serialNumber) => {
      const [row] = await database.query<MfaDeviceRecord>(`${SELECT_DEVICES} WHERE d."serialNumber" = $1`, [
        serialNumber,
      ]);
      return row ?? null;
    },

    list: (of) =>
      'userArn' in of
        ? database.query(`${SELECT_DEVICES} WHERE u.arn = $1 ORDER BY d."serialNumber"`, [of.userArn])
        : database.query(`${SELECT_DEVICES} WHERE d."accountId" = $1 ORDER BY d."serialNumber"`, [of.accountId]),

    acceptTimeStep: async (serialNumber, user, timeStep) => {
      // One statement acts as compare-and-set: the row is locked, and checked again once it is free.
      const accepted = await database.query(
        `UPDATE "MfaDevice" SET "lastTimeStep" = $3
          WHERE "serialNumber" = $1 AND "userId" = $2 AND coalesce("lastTimeStep", 0) < $3 RETURNING name`,
        [serialNumber, user, timeStep],
      );
      return accepted.length > 0;
    },
  };
}

function changes(store: Store): Omit<MfaDeviceStore, 'find' | 'list' | 'acceptTimeStep'> {
  return {
    create: ({ serialNumber, accountId, name, seedId, createdAt }, event) =>
      changeWithEvent(store, event, async (sql) => {
        const accounts = await sql.query('SELECT 1 FROM "Account" WHERE id = $1', [accountId]);
        if (accounts.length === 0) throw new RolegateError('NoSuchEntity', `the account ${accountId} cannot be found`);
        const made = await sql.query(
          `INSERT INTO "MfaDevice" ("serialNumber", "accountId", name, "seedId", "createdAt")
           VALUES ($1, $2, $3, $4, $5::text::timestamp(3)) ON CONFLICT ("serialNumber") DO NOTHING RETURNING name`,
          [serialNumber, accountId, name, seedId, toIso(createdAt)],
        );
        if (made.length === 0) {
          throw new RolegateError('EntityAlreadyExists', 'MFADevice entity at the same path and name already exists.', {
            field: 'name',
          });
        }
        return { touched: touchedBy(serialNumber), result: undefined };
      }),

    enable: ({ serialNumber, userArn, timeStep, at }, event) =>
      changeWithEvent(store, event, async (sql) => {
        const user = await userId(sql, userArn);
        await checkRoom(sql, user);
        const enabled = await sql.query(
          `UPDATE "MfaDevice" SET "userId" = $2, "enabledAt" = $3::text::timestamp(3), "lastTimeStep" = $4
            WHERE "serialNumber" = $1 AND "userId" IS NULL AND coalesce("lastTimeStep", 0) < $4 RETURNING name`,
          [serialNumber, user, toIso(at), timeStep],
        );
        if (enabled.length === 0) {
          throw await explain(sql, serialNumber, 'EntityAlreadyExists', 'MFA Device is already in use.');
        }
        return { touched: touchedBy(serialNumber), result: undefined };
      }),

    disable: ({ serialNumber, userArn }, event) =>
      changeWithEvent(store, event, async (sql) => {
        const disabled = await sql.query(
          `UPDATE "MfaDevice" d SET "userId" = NULL, "enabledAt" = NULL FROM "User" u
            WHERE d."serialNumber" = $1 AND u.id = d."userId" AND u.arn = $2 RETURNING d.name`,
          [serialNumber, userArn],
        );
        if (disabled.length === 0) throw noSuchDevice(serialNumber);
        return { touched: touchedBy(serialNumber), result: undefined };
      }),

    remove: (serialNumber, event) =>
      changeWithEvent(store, event, async (sql) => {
        const removed = await sql.query(
          'DELETE FROM "MfaDevice" WHERE "serialNumber" = $1 AND "userId" IS NULL RETURNING name',
          [serialNumber],
        );
        const mustDeactivate = 'Cannot delete entity, must deactivate the MFA device first.';
        if (removed.length === 0) throw await explain(sql, serialNumber, 'DeleteConflict', mustDeactivate);
        return { touched: touchedBy(serialNumber), result: undefined };
      }),
  };
}
