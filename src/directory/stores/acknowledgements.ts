import type { Touched } from '../apply/revision.ts';
import { makeRecorded } from '../change.ts';
import { quotaExceeded } from '../entities/holder.ts';
import { millisecondsOf, toIso } from '../instants.ts';
import type { Sql, WritingSql } from '../prisma/database.ts';
import type { Store } from '../store.ts';
import type { AcknowledgedId, Acknowledgement, AcknowledgementStore } from './acknowledgement-store.ts';
import type { NewAuditEvent } from './audit-store.ts';

/** Acknowledgements of one account, those of findings that are gone included until somebody ends them. */
const PER_ACCOUNT = 10_000;

const PUT = `INSERT INTO "FindingAcknowledgement" ("accountId", "findingId", reason, "acknowledgedAt", "until")
  VALUES ($1, $2, $3, $4::text::timestamp(3), $5::text::timestamp(3))
  ON CONFLICT ("accountId", "findingId") DO UPDATE
    SET reason = excluded.reason, "acknowledgedAt" = excluded."acknowledgedAt", "until" = excluded."until"`;

const FORGET = `DELETE FROM "FindingAcknowledgement" WHERE "accountId" = $1 AND "until" <= $2::text::timestamp(3)`;

const COLUMNS = `a."accountId", a."findingId", a.reason, ${millisecondsOf('a."acknowledgedAt"')} AS "acknowledgedAt",
  ${millisecondsOf('a."until"')} AS "until"`;
const HOLDS = '(a."until" IS NULL OR a."until" >';

/** Of so many findings mostly few are set apart: less is read than would be asked for. */
const MANY = 100;

/** Those of the accounts that the findings are of; null: there are more than there are findings. */
async function allOf(
  sql: Sql,
  findings: readonly AcknowledgedId[],
  now: number,
): Promise<readonly Acknowledgement[] | null> {
  const accounts = new Set(findings.map(({ accountId }) => accountId));
  const rows = await sql.query<Acknowledgement>(
    `SELECT ${COLUMNS} FROM "FindingAcknowledgement" a
      WHERE a."accountId" = ANY($1::text[]) AND ${HOLDS} $2::text::timestamp(3)) LIMIT ${findings.length + 1}`,
    [[...accounts], toIso(now)],
  );
  if (rows.length > findings.length) return null;
  if (rows.length === 0) return rows;
  const keyOf = ({ accountId, findingId }: AcknowledgedId): string => `${accountId} ${findingId}`;
  const asked = new Set(findings.map(keyOf));
  return rows.filter((row) => asked.has(keyOf(row)));
}

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
      if (findings.length > MANY) {
        const all = await allOf(store.database, findings, now);
        if (all !== null) return all;
      }
      return store.database.query<Acknowledgement>(
        `SELECT ${COLUMNS} FROM "FindingAcknowledgement" a
          JOIN unnest($1::text[], $2::text[]) AS asked("accountId", "findingId")
            ON a."accountId" = asked."accountId" AND a."findingId" = asked."findingId"
          WHERE ${HOLDS} $3::text::timestamp(3))`,
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
