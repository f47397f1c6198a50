import type { Touched } from '../apply/revision.ts';
import { makeRecorded } from '../change.ts';
import { quotaExceeded } from '../entities/holder.ts';
import { millisecondsOf, toIso } from '../instants.ts';
import type { WritingSql } from '../prisma/database.ts';
import type { Store } from '../store.ts';
import type { Acknowledgement, AcknowledgementStore } from './acknowledgement-store.ts';
import type { NewAuditEvent } from './audit-store.ts';

/** Acknowledgements of one account, those of findings that are gone included until somebody ends them. */
const PER_ACCOUNT = 10_000;

const PUT = `INSERT INTO "FindingAcknowledgement" ("accountId", "findingId", reason, "acknowledgedAt", "until")
  VALUES ($1, $2, $3, $4::text::timestamp(3), $5::text::timestamp(3))
  ON CONFLICT ("accountId", "findingId") DO UPDATE
    SET reason = excluded.reason, "acknowledgedAt" = excluded."acknowledgedAt", "until" = excluded."until"`;

const FORGET = `DELETE FROM "FindingAcknowledgement" WHERE "accountId" = $1 AND "until" <= $2::text::timestamp(3)`;

/** Findings that were set apart. */
export function acknowledgements(store: Store): AcknowledgementStore {
  const change = async (
    event: NewAuditEvent,
    work: (sql: WritingSql) => Promise<readonly Touched[]>,
  ): Promise<void> => {
    // That nothing was there to be ended is a result, too.
    const events = [event];
    await makeRecorded(
      store,
      events,
      async (sql) => ({ touched: await work(sql), result: undefined, events }),
      {},
      { keepsEvents: true },
    );
  };
  return {
    of: async (findings, now) => {
      if (findings.length === 0) return [];
      return store.database.query<Acknowledgement>(
        `SELECT a."accountId", a."findingId", a.reason, ${millisecondsOf('a."acknowledgedAt"')} AS "acknowledgedAt",
            ${millisecondsOf('a."until"')} AS "until" FROM "FindingAcknowledgement" a
          JOIN unnest($1::text[], $2::text[]) AS asked("accountId", "findingId")
            ON a."accountId" = asked."accountId" AND a."findingId" = asked."findingId"
          WHERE a."until" IS NULL OR a."until" > $3::text::timestamp(3)`,
        [findings.map(({ accountId }) => accountId), findings.map(({ findingId }) => findingId), toIso(now)],
      );
    },

    put: ({ accountId, findingId, reason, acknowledgedAt, until }, event) =>
      change(event, async (sql) => {
        const ends = until === null ? null : toIso(until);
        // Of these nobody is told anything: nothing that can be asked for changes.
        await sql.query(FORGET, [accountId, toIso(acknowledgedAt)]);
        await sql.query(PUT, [accountId, findingId, reason, toIso(acknowledgedAt), ends]);
        const [row] = await sql.query<{ count: number }>(
          'SELECT count(*)::int4 AS count FROM "FindingAcknowledgement" WHERE "accountId" = $1',
          [accountId],
        );
        if ((row?.count ?? 0) > PER_ACCOUNT)
          throw quotaExceeded('AcknowledgedFindingsPerAccount', PER_ACCOUNT, 'findingId');
        return touchedBy(accountId, findingId);
      }),

    remove: (accountId, findingId, event) =>
      change(event, async (sql) => {
        const removed = await sql.query(
          'DELETE FROM "FindingAcknowledgement" WHERE "accountId" = $1 AND "findingId" = $2 RETURNING "findingId"',
          [accountId, findingId],
        );
        return removed.length === 0 ? [] : touchedBy(accountId, findingId);
      }),
  };
}

function touchedBy(accountId: string, findingId: string): readonly Touched[] {
  return [{ entity: 'FindingAcknowledgement', entityId: `${accountId} ${findingId}` }];
}
