import { lockRevision, raiseRevision, type Touched } from './apply/revision.ts';
import type { Revision } from './directory.ts';
import type { ChangeOptions } from './entities/change-options.ts';
import { keptOrNot, NothingKept } from './entities/dry-run.ts';
import { checkExpected, checkUntouched, readHistory } from './entities/untouched.ts';
import type { Sql } from './prisma/database.ts';
import type { Store } from './store.ts';
import { checkCredentials } from './stores/acting-credentials.ts';
import { addAuditEvent } from './stores/audit-events.ts';
import type { NewAuditEvent } from './stores/audit-store.ts';

/** What a piece of work changed. If nothing was touched, nothing changed, and no event is kept. */
export interface Worked<T> {
  readonly touched: readonly Touched[];
  /** What it read beside what it touched, and would have made another change of. Left out: nothing. */
  readonly reads?: readonly Touched[];
  readonly result: T;
}

/** What a change has made, or, in a dry run, would make. */
export interface MadeChange<T> {
  /** A revision that includes the change; in a dry run, and where nothing changed, the one before. */
  readonly revision: Revision;
  readonly touched: readonly Touched[];
  readonly result: T;
}

/**
 * Makes one change with its event in the audit trail: both are stored, or neither. `now`: the time that its rows get. Throws
 * ExpiredToken or InvalidClientTokenId if the credentials of the event's call do not count any more. An event that follows from
 * the result is one of the operator, whose token does not end.
 */
export async function changeWithEvent<T>(
  store: Store,
  event: NewAuditEvent | ((result: T) => NewAuditEvent) | undefined,
  work: (sql: Sql, now: number) => Promise<Worked<T>>,
): Promise<T> {
  const { result } = await makeChange(store, event, work);
  return result;
}

/** The same, with what it has made. Throws Conflict, and InvalidInput for a revision that cannot be expected. */
export function makeChange<T>(
  store: Store,
  event: NewAuditEvent | ((result: T) => NewAuditEvent) | undefined,
  work: (sql: Sql, now: number) => Promise<Worked<T>>,
  { expectedRevision = null, dryRun = false }: ChangeOptions = {},
): Promise<MadeChange<T>> {
  return keptOrNot(() =>
    store.change(async (sql, now) => {
      const before = await lockRevision(sql);
      if (typeof event === 'object' && event.acting != null) await checkCredentials(sql, event.acting, event.at);
      if (expectedRevision !== null) checkExpected(expectedRevision, await readHistory(sql, before));
      const { touched, reads = [], result } = await work(sql, now);
      if (expectedRevision !== null) await checkUntouched(sql, expectedRevision, [...touched, ...reads]);
      const unchanged = { revision: before, touched, result };
      if (dryRun) throw new NothingKept(unchanged);
      if (touched.length === 0) return { revision: before, touched, result: unchanged };
      const revision = await raiseRevision(sql, touched, now);
      await addAuditEvent(sql, typeof event === 'function' ? event(result) : event, revision);
      return { revision, touched, result: { revision, touched, result } };
    }),
  );
}
