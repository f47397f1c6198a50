import { RolegateError } from '../../policy/errors.ts';
import type { Touched } from '../apply/revision.ts';
import { changeWithEvent } from '../change.ts';
import { toIso } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';
import type { Store } from '../store.ts';
import type { NewAuditEvent } from './audit-store.ts';
import type { CredentialKind, RetiredCounts } from './master-key-store.ts';
import { SIGNING_KEYS_TOUCHED } from './signing-keys.ts';

const OF = (id: string): string => `"masterGenerationOf"(${id}) = $1::int4 AND $2::text IS NOT NULL`;
const LIVE = `"endedAt" IS NULL AND "expiresAt" > $2::text::timestamp(3)`;
const ENDED = `"endedAt" = $2::text::timestamp(3)`;

/** How everything of a generation ($1) ends at an instant ($2), and what that touches. */
const ENDINGS: Readonly<Record<CredentialKind, { readonly entity: string; readonly statement: string }>> = {
  'access key': {
    entity: 'AccessKey',
    statement: `UPDATE "AccessKey" SET status = 'INACTIVE' WHERE status = 'ACTIVE' AND ${OF('id')} RETURNING ARRAY[id] AS ids`,
  },
  'sign-in': {
    entity: 'KeySession',
    statement: `UPDATE "KeySession" SET ${ENDED} WHERE kind = 'SIGN_IN' AND principal <> 'operator' AND ${LIVE} AND ${OF('"keyId"')} RETURNING ARRAY[id] AS ids`,
  },
  'temporary credentials': {
    entity: 'KeySession',
    statement: `UPDATE "KeySession" SET ${ENDED} WHERE kind <> 'SIGN_IN' AND ${LIVE} AND ${OF('"keyId"')}
      RETURNING array_remove(ARRAY[id, "federatedArn"], NULL) AS ids`,
  },
  'role session': {
    entity: 'RoleSession',
    statement: `UPDATE "RoleSession" SET ${ENDED}, "endReason" = 'REVOKED' WHERE ${LIVE} AND ${OF('"accessKeyId"')}
      RETURNING ARRAY[arn] AS ids`,
  },
  checker: {
    entity: 'Checker',
    statement: `DELETE FROM "Checker" c WHERE c.maker <> 'operator' AND ${OF(
      'coalesce(c."keyId", (SELECT s."accessKeyId" FROM "RoleSession" s WHERE s.id = c."roleSessionId"))',
    )} RETURNING ARRAY[c.id] AS ids`,
  },
  'MFA device': {
    entity: 'MfaDevice',
    statement: `UPDATE "MfaDevice" SET "userId" = NULL, "enabledAt" = NULL WHERE "userId" IS NOT NULL AND ${OF('"seedId"')}
      RETURNING ARRAY["serialNumber"] AS ids`,
  },
  'signing key': {
    entity: SIGNING_KEYS_TOUCHED.entity,
    statement: `UPDATE "SigningKey" SET "retiredAt" = $2::text::timestamp(3) WHERE "retiredAt" IS NULL AND "masterGeneration" = $1::int4
      RETURNING ARRAY['${SIGNING_KEYS_TOUCHED.entityId}'] AS ids`,
  },
};

/** Generations of which nothing is accepted any more, inside a transaction that holds the write lock. */
export async function retireGenerations(sql: Sql, generations: readonly number[], at: number): Promise<void> {
  const parameters = [toIso(at), generations.map(String)];
  const retired = `SET "retiredAt" = $1::text::timestamp(3) WHERE "retiredAt" IS NULL`;
  await sql.query(`UPDATE "MasterKey" ${retired} AND generation = ANY($2::text[]::int4[])`, parameters);
  await sql.query(`UPDATE "SigningKey" ${retired} AND "masterGeneration" = ANY($2::text[]::int4[])`, parameters);
}

/** Ends a generation of the master key, in one transaction. */
export function retire(
  store: Store,
  {
    generation,
    at,
    eventOf,
    touched: touchedKeys,
  }: {
    readonly generation: number;
    readonly at: number;
    readonly eventOf: (counts: RetiredCounts) => NewAuditEvent;
    readonly touched: Touched;
  },
): Promise<RetiredCounts> {
  return changeWithEvent(store, eventOf, async (sql) => {
    const [known] = await sql.query<{ newest: boolean }>(
      `SELECT generation = "newestMasterKey"() AS newest FROM "MasterKey" WHERE generation = $1`,
      [generation],
    );
    if (known === undefined) {
      throw new RolegateError('NoSuchEntity', `there is no generation ${generation} of the master key`);
    }
    if (known.newest) {
      throw new RolegateError(
        'CONFLICT',
        `generation ${generation} is the newest one: begin another with rotate-master-key`,
      );
    }
    const touched: Touched[] = [touchedKeys];
    const counts: Partial<Record<CredentialKind, number>> = {};
    for (const [kind, { entity, statement }] of Object.entries(ENDINGS)) {
      const rows = await sql.query<{ ids: readonly string[] }>(statement, [generation, toIso(at)]);
      // as: the keys of the record
      counts[kind as CredentialKind] = rows.length;
      for (const { ids } of rows) touched.push(...ids.map((entityId) => ({ entity, entityId })));
    }
    await retireGenerations(sql, [generation], at);
    // as: every kind has been ended
    return { touched, result: counts as RetiredCounts };
  });
}
