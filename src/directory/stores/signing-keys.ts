import { changeWithEvent } from '../change.ts';
import { dependency } from '../gather/memory.ts';
import { recall } from '../gather/recall.ts';
import { millisecondsOf, toIso } from '../instants.ts';
import type { Store } from '../store.ts';
import type { SigningKeyRecord, SigningKeyStore } from './identity-stores.ts';

/** All generations are one entity: a rotation invalidates what is remembered about them. */
export const SIGNING_KEYS_TOUCHED = { entity: 'SigningKey', entityId: '*' } as const;

/** Generations of the key that session tokens are signed with. */
export function signingKeys(store: Store): SigningKeyStore {
  const { database, memory } = store;
  return {
    list: async () => {
      await store.refreshCredentials();
      return recall<readonly SigningKeyRecord[]>(memory, database, 'signing-keys', async (sql) => ({
        value: await sql.query<SigningKeyRecord>(
          `SELECT generation, ${millisecondsOf('"createdAt"')} AS "createdAt",
              ${millisecondsOf('"retiredAt"')} AS "retiredAt", "masterGeneration" FROM "SigningKey" ORDER BY generation`,
        ),
        dependencies: [dependency(SIGNING_KEYS_TOUCHED.entity, SIGNING_KEYS_TOUCHED.entityId)],
        bytes: 1_000,
      }));
    },

    rotate: ({ at, retireOlder }, event) =>
      changeWithEvent(store, event, async (sql) => {
        const instant = toIso(at);
        if (retireOlder) {
          await sql.query(`UPDATE "SigningKey" SET "retiredAt" = $1::text::timestamp(3) WHERE "retiredAt" IS NULL`, [
            instant,
          ]);
        }
        const [row] = await sql.query<{ generation: number }>(
          `INSERT INTO "SigningKey" (generation, "createdAt")
           SELECT coalesce(max(generation), 0) + 1, $1::text::timestamp(3) FROM "SigningKey" RETURNING generation`,
          [instant],
        );
        if (row === undefined) throw new Error('a statement with RETURNING answered no row');
        return { touched: [SIGNING_KEYS_TOUCHED], result: row.generation };
      }),
  };
}
