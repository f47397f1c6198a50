import { SESSION_JSON } from './gather/rows.ts';
import type { RoleSessionFilter, RoleSessionHistory } from './identity-stores.ts';
import { millisecondsOf, toIso } from './instants.ts';
import type { RoleSessionDetails } from './session-store.ts';
import type { Store } from './store.ts';

const MAX_PAGE = 1_000;

const DETAILS = `(${SESSION_JSON}::jsonb || jsonb_build_object('federatedSubject', s."federatedSubject",
  'mfaAuthenticatedAt', ${millisecondsOf('s."mfaAuthenticatedAt"')}, 'sourceIp', s."sourceIp",
  'userAgent', s."userAgent", 'endReason', s."endReason")) AS session`;

const IS_LIVE = `(s."endedAt" IS NULL AND s."roleId" IS NOT NULL AND s."expiresAt" > $1::text::timestamp(3))`;

/** `$1`: now. */
const FILTERED = `FROM "RoleSession" s
 WHERE ($2::text IS NULL OR s."roleArn" = $2)
   AND ($3::text IS NULL OR s."roleId" = $3 OR s."formerRoleId" = $3)
   AND ($4::text IS NULL OR s."assumedBy" = $4)
   AND ($5::text IS NULL OR split_part(s."roleArn", ':', 5) = $5)
   AND CASE $6::text WHEN 'LIVE' THEN ${IS_LIVE} WHEN 'ENDED' THEN NOT ${IS_LIVE} ELSE true END`;

function parametersOf(filter: RoleSessionFilter, now: number): (string | null)[] {
  const { roleArn, roleId, assumedBy, accountId, state } = filter;
  return [toIso(now), roleArn ?? null, roleId ?? null, assumedBy ?? null, accountId ?? null, state ?? null];
}

/** Role sessions as history. */
export function roleSessionHistory({ database }: Store): RoleSessionHistory {
  return {
    list: async ({ after, limit, filter = {} }, now) => {
      const rows = await database.query<{ session: RoleSessionDetails }>(
        `SELECT ${DETAILS} ${FILTERED}
           AND ($7::text IS NULL OR (s."issuedAt", s.id) < ($7::text::timestamp(3), $8))
         ORDER BY s."issuedAt" DESC, s.id DESC LIMIT $9`,
        [
          ...parametersOf(filter, now),
          after === undefined ? null : toIso(after.issuedAt),
          after?.id ?? null,
          Math.min(Math.max(Math.trunc(limit), 1), MAX_PAGE),
        ],
      );
      return rows.map((row) => row.session);
    },

    count: async (filter, now) => {
      const [row] = await database.query<{ sessions: number }>(
        `SELECT count(*)::int4 AS sessions ${FILTERED}`,
        parametersOf(filter, now),
      );
      return row?.sessions ?? 0;
    },

    chain: async (id) => {
      const rows = await database.query<{ session: RoleSessionDetails }>(
        `WITH RECURSIVE chain AS (
           SELECT s.id, s."parentId", 0 AS step FROM "RoleSession" s WHERE s.id = $1
           UNION ALL
           SELECT s.id, s."parentId", chain.step + 1 FROM chain JOIN "RoleSession" s ON s.id = chain."parentId")
         SELECT ${DETAILS} FROM chain JOIN "RoleSession" s ON s.id = chain.id ORDER BY chain.step`,
        [id],
      );
      return rows.map((row) => row.session);
    },
  };
}
