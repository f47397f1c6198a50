import { RolegateError } from '../../policy/errors.ts';
import { toIso } from '../instants.ts';
import type { Sql } from '../prisma/database.ts';

/**
 * What a caller acts with, and what must still count when its change is made: the change of an ended session is not made,
 * however long before its end it was asked for. Null: it has none.
 */
export interface ActingCredentials {
  /** A long-term key, of the caller itself or of its browser's sign-in. */
  readonly keyId: string | null;
  /** Id of temporary credentials, or of a browser's sign-in with a key. */
  readonly keySessionId: string | null;
  /** Id of a browser's sign-in with a token: it counts beside what the token is of. */
  readonly signInId: string | null;
  readonly roleSessionId: string | null;
  readonly checker: { readonly id: string; readonly tokenHash: string } | null;
}

// What belongs to a user or role is deleted with it; a role session remains, as history.
const SELECT_STATE = `
  SELECT ($1::text IS NULL OR EXISTS (SELECT 1 FROM "AccessKey" WHERE id = $1 AND status = 'ACTIVE'))
      AND ($2::text IS NULL OR EXISTS (SELECT 1 FROM "KeySession" WHERE id = $2))
      AND ($7::text IS NULL OR EXISTS (SELECT 1 FROM "KeySession" WHERE id = $7))
      AND ($3::text IS NULL OR EXISTS (
        SELECT 1 FROM "RoleSession" s JOIN "Role" r ON r.id = s."roleId" WHERE s.id = $3))
      AND ($4::text IS NULL OR EXISTS (SELECT 1 FROM "Checker" WHERE id = $4 AND "tokenHash" = $5)) AS known,
    EXISTS (SELECT 1 FROM "KeySession" s WHERE s.id IN ($2, $7)
        AND (s."endedAt" IS NOT NULL OR s."expiresAt" <= $6::text::timestamp(3)))
      OR EXISTS (SELECT 1 FROM "RoleSession" s WHERE s.id = $3
        AND (s."endedAt" IS NOT NULL OR s."expiresAt" <= $6::text::timestamp(3)))
      OR EXISTS (SELECT 1 FROM "Checker" c WHERE c.id = $4 AND c."expiresAt" <= $6::text::timestamp(3)) AS ended`;

/** Credentials ended between the beginning of a call and its change. */
export class EndedCredentials extends RolegateError {
  declare readonly code: 'ExpiredToken' | 'InvalidClientTokenId';

  constructor(code: EndedCredentials['code']) {
    super(code, `the credentials of the call ${code === 'ExpiredToken' ? 'have ended' : 'do not count any more'}`);
  }
}

/**
 * Throws EndedCredentials: ExpiredToken if one of the credentials has ended, InvalidClientTokenId if one is gone, inactive or replaced; null: there
 * is nothing to check. `at`: the time of the call, milliseconds since 1970.
 *
 * INVARIANT: a change calls it in its own transaction, after it has taken the write lock, which whatever ends credentials takes,
 * too. Either the end was committed before and is seen here, or it waits until the change is made.
 */
export async function checkCredentials(sql: Sql, acting: ActingCredentials | null, at: number): Promise<void> {
  if (acting === null) return;
  const { keyId, keySessionId, signInId, roleSessionId, checker } = acting;
  const [row] = await sql.query<{ known: boolean; ended: boolean }>(SELECT_STATE, [
    keyId,
    keySessionId,
    roleSessionId,
    checker?.id ?? null,
    checker?.tokenHash ?? null,
    toIso(at),
    signInId,
  ]);
  if (row?.known !== true) throw new EndedCredentials('InvalidClientTokenId');
  if (row.ended) throw new EndedCredentials('ExpiredToken');
}
