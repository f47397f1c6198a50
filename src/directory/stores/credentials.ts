import { millisecondsOf, toIso } from '../instants.ts';
import type { Database } from '../prisma/database.ts';
import { CREDENTIAL_KINDS, type CredentialKind, type CredentialRecord } from './master-key-store.ts';

/** Rows of one statement. */
const PAGE = 250;

const OF_ID = (id: string): string => `"masterGenerationOf"(${id})`;

/**
 * For each kind a table of `generation`, `id`, `holder`, three columns about it, and `place`, by which its pages are read.
 * $1: now.
 */
const SOURCES: Readonly<Record<CredentialKind, string>> = {
  'access key': `SELECT ${OF_ID('k.id')} AS generation, k.id, coalesce(k."servicePrincipal", u.arn) AS holder,
      k."createdAt", NULL::timestamp(3) AS "expiresAt", k.status = 'ACTIVE' AS active, k.id AS place
    FROM "AccessKey" k LEFT JOIN "User" u ON u.id = k."userId"`,
  'sign-in': `SELECT ${OF_ID('s."keyId"')} AS generation, s.id, s.principal AS holder, s."issuedAt" AS "createdAt",
      s."expiresAt", true AS active, s.id AS place
    FROM "KeySession" s WHERE s.kind = 'SIGN_IN' AND s."endedAt" IS NULL AND s."expiresAt" > $1::text::timestamp(3)`,
  'temporary credentials': `SELECT ${OF_ID('s."keyId"')} AS generation, s."accessKeyId" AS id,
      coalesce(s."federatedArn", s.principal) AS holder, s."issuedAt" AS "createdAt", s."expiresAt", true AS active,
      s.id AS place
    FROM "KeySession" s WHERE s.kind <> 'SIGN_IN' AND s."endedAt" IS NULL AND s."expiresAt" > $1::text::timestamp(3)`,
  'role session': `SELECT ${OF_ID('s."accessKeyId"')} AS generation, s."accessKeyId" AS id, s.arn AS holder,
      s."issuedAt" AS "createdAt", s."expiresAt", true AS active, s.id AS place
    FROM "RoleSession" s WHERE s."endedAt" IS NULL AND s."expiresAt" > $1::text::timestamp(3)`,
  checker: `SELECT ${OF_ID('coalesce(c."keyId", s."accessKeyId")')} AS generation, c.id, c.maker AS holder, c."createdAt",
      c."expiresAt", true AS active, c.id AS place
    FROM "Checker" c LEFT JOIN "RoleSession" s ON s.id = c."roleSessionId"
    WHERE c."expiresAt" > $1::text::timestamp(3)`,
  'MFA device': `SELECT ${OF_ID('d."seedId"')} AS generation, d."serialNumber" AS id, u.arn AS holder, d."createdAt",
      NULL::timestamp(3) AS "expiresAt", d."userId" IS NOT NULL AS active, d."serialNumber" AS place
    FROM "MfaDevice" d LEFT JOIN "User" u ON u.id = d."userId"`,
  'signing key': `SELECT g."masterGeneration" AS generation, g.generation::text AS id, NULL::text AS holder, g."createdAt",
      NULL::timestamp(3) AS "expiresAt", true AS active, lpad(g.generation::text, 10, '0') AS place
    FROM "SigningKey" g WHERE g."retiredAt" IS NULL`,
};

/** What is used of a generation of the master key (null: of all), page by page. */
export async function* credentialsOf(
  database: Database,
  generation: number | null,
  now: number,
): AsyncGenerator<CredentialRecord> {
  for (const kind of CREDENTIAL_KINDS) {
    let place = '';
    for (;;) {
      const page = await database.query<Omit<CredentialRecord, 'kind'> & { place: string }>(
        `SELECT CASE WHEN x.holder = 'operator' THEN NULL ELSE x.generation END AS generation, x.id,
            x.holder, ${millisecondsOf('x."createdAt"')} AS "createdAt", ${millisecondsOf('x."expiresAt"')} AS "expiresAt",
            x.active, x.place
           FROM (${SOURCES[kind]}) x
          WHERE $1::text IS NOT NULL AND x.place COLLATE "C" > $2
            AND ($3::int4 IS NULL OR x.generation = $3 AND NOT ('${kind}' = 'checker' AND x.holder = 'operator'))
          ORDER BY x.place COLLATE "C" LIMIT ${PAGE}`,
        [toIso(now), place, generation],
      );
      for (const { place: _place, ...record } of page) yield { ...record, kind };
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) break;
      place = last.place;
    }
  }
}
