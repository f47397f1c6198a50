import { RolegateError } from '../../policy/errors.ts';
import type { Touched } from '../apply/revision.ts';
import { changeWithEvent } from '../change.ts';
import { dependency } from '../gather/memory.ts';
import { recall } from '../gather/recall.ts';
import { millisecondsOf, toIso } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';
import type { Store } from '../store.ts';
import { credentialsOf } from './credentials.ts';
import type { MasterKeyRecord, MasterKeyStore, NewMasterKey } from './master-key-store.ts';
import { retire, retireGenerations } from './retire-master-key.ts';
import { SIGNING_KEYS_TOUCHED } from './signing-keys.ts';

/** All generations are one entity. */
const TOUCHED: Touched = { entity: 'MasterKey', entityId: '*' };

const SELECT = `SELECT generation, fingerprint, ${millisecondsOf('"createdAt"')} AS "createdAt",
    ${millisecondsOf('"retiredAt"')} AS "retiredAt" FROM "MasterKey" ORDER BY generation`;

/** Adds a generation, of which new signing keys are from now on, inside a transaction that holds the write lock. */
async function add(sql: Sql, { fingerprint, markOf, at }: NewMasterKey): Promise<number> {
  const known = await sql.query<MasterKeyRecord>(SELECT);
  if (known.some((each) => each.fingerprint === fingerprint)) {
    throw new RolegateError('CONFLICT', 'this master key has a generation already');
  }
  const generation = (known.at(-1)?.generation ?? 0) + 1;
  await sql.query(
    `INSERT INTO "MasterKey" (generation, fingerprint, mark, "createdAt") VALUES ($1, $2, $3, $4::text::timestamp(3))`,
    [generation, fingerprint, markOf(generation), toIso(at)],
  );
  await sql.query(`UPDATE "DirectoryState" SET "masterKeyFingerprint" = $1 WHERE id = 1`, [fingerprint]);
  await sql.query(
    `INSERT INTO "SigningKey" (generation, "createdAt")
     SELECT coalesce(max(generation), 0) + 1, $1::text::timestamp(3) FROM "SigningKey"`,
    [toIso(at)],
  );
  return generation;
}

/** The state of the database at a start, without a change where there was a start before. */
async function opened(sql: Sql, first: string | undefined, at: number): Promise<string | null> {
  // One statement each: of several gateways that start together, one wins.
  await sql.query(
    `INSERT INTO "MasterKey" (generation, fingerprint, "createdAt")
     SELECT 1, $1::text, $2::text::timestamp(3) WHERE NOT EXISTS (SELECT 1 FROM "MasterKey") ON CONFLICT DO NOTHING`,
    [first ?? '', toIso(at)],
  );
  const [state] = await sql.query<{ kept: string | null }>(
    `UPDATE "DirectoryState" SET "masterKeyFingerprint" =
        CASE WHEN (SELECT count(*) FROM "MasterKey") = 1 AND "masterKeyFingerprint" IS NULL
          THEN (SELECT fingerprint FROM "MasterKey" WHERE fingerprint = $1) ELSE "masterKeyFingerprint" END
      WHERE id = 1 RETURNING "masterKeyFingerprint" AS kept`,
    [first ?? ''],
  );
  if (state === undefined) throw new Error('the directory has lost its state row');
  return state.kept;
}

/** After a restore without keys: the directory goes on with those that are there. */
async function adopt(
  sql: Sql,
  fingerprints: readonly string[],
  key: Omit<NewMasterKey, 'fingerprint'>,
): Promise<boolean> {
  const known = await sql.query<MasterKeyRecord>(SELECT);
  const unused = fingerprints.find((each) => !known.some(({ fingerprint }) => fingerprint === each));
  const isWhole = known.every(({ fingerprint, retiredAt }) => retiredAt !== null || fingerprints.includes(fingerprint));
  if (isWhole) {
    await sql.query(`UPDATE "DirectoryState" SET "masterKeyFingerprint" = $1 WHERE id = 1`, [
      known.at(-1)?.fingerprint ?? null,
    ]);
    return true;
  }
  if (unused === undefined) return false;
  await add(sql, { ...key, fingerprint: unused });
  await retireGenerations(
    sql,
    known.map(({ generation }) => generation),
    key.at,
  );
  return true;
}

/** The generations of the master key. */
export function masterKeys(store: Store): MasterKeyStore {
  const { database, memory } = store;
  const list = async (): Promise<readonly MasterKeyRecord[]> => {
    await store.refreshCredentials();
    return recall<readonly MasterKeyRecord[]>(memory, database, 'master-keys', async (sql) => ({
      value: await sql.query<MasterKeyRecord>(SELECT),
      dependencies: [dependency(TOUCHED.entity, TOUCHED.entityId)],
      bytes: 1_000,
    }));
  };
  return {
    list,

    open: async (fingerprints, key) => {
      const kept = await opened(database, fingerprints[0], key.at);
      if (kept === null) {
        await changeWithEvent(store, undefined, async (sql) => {
          const adopted = await adopt(sql, fingerprints, key);
          return { touched: adopted ? [TOUCHED, SIGNING_KEYS_TOUCHED] : [], result: undefined };
        });
      }
      return database.query<MasterKeyRecord>(SELECT);
    },

    expected: async () => {
      const [state] = await database.query<{ fingerprint: string | null }>(
        `SELECT "masterKeyFingerprint" AS fingerprint FROM "DirectoryState" WHERE id = 1`,
      );
      return state?.fingerprint ?? null;
    },

    begin: (key, event) =>
      changeWithEvent(store, event, async (sql) => ({
        touched: [TOUCHED, SIGNING_KEYS_TOUCHED],
        result: await add(sql, key),
      })),

    retire: (generation, at, eventOf) => retire(store, { generation, at, eventOf, touched: TOUCHED }),

    credentials: (generation, now) => credentialsOf(database, generation, now),
  };
}
