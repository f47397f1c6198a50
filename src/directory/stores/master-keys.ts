import { RolegateError } from '../../policy/errors.ts';
import { lockRevision, type Touched } from '../apply/revision.ts';
import { changeWithEvent } from '../change.ts';
import { dependency } from '../gather/memory.ts';
import { recall } from '../gather/recall.ts';
import { millisecondsOf, toIso } from '../instants.ts';
import type { Database, Sql } from '../prisma/database.ts';
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

async function keptIn(sql: Sql): Promise<string | null> {
  const [state] = await sql.query<{ kept: string | null }>(
    `SELECT "masterKeyFingerprint" AS kept FROM "DirectoryState" WHERE id = 1`,
  );
  if (state === undefined) throw new Error('the directory has lost its state row');
  return state.kept;
}

/** The newest key at a start, with no lock and no change where there was a start before. Null: the directory was restored without it. */
async function opened(database: Database, first: string | undefined, at: number): Promise<string | null> {
  // Of several gateways that start together on a new directory one wins, and the others see its key.
  return (await keptIn(database)) ?? database.transaction('write', (sql) => opensFirst(sql, first, at));
}

async function opensFirst(sql: Sql, first: string | undefined, at: number): Promise<string | null> {
  await lockRevision(sql);
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
  return state?.kept ?? null;
}

/** After a restore without keys: the directory goes on with those that are there. False: another gateway came first, or has others. */
async function adopt(
  sql: Sql,
  fingerprints: readonly string[],
  key: Omit<NewMasterKey, 'fingerprint'>,
): Promise<boolean> {
  if ((await keptIn(sql)) !== null) return false;
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

    expected: () => keptIn(database),

    begin: (key, event) =>
      changeWithEvent(store, event, async (sql) => ({
        touched: [TOUCHED, SIGNING_KEYS_TOUCHED],
        result: await add(sql, key),
      })),

    retire: (generation, at, eventOf) => retire(store, { generation, at, eventOf, touched: TOUCHED }),

    credentials: (generation, now) => credentialsOf(database, generation, now),
  };
}
