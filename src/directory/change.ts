import { lockRevision, raiseRevision, type Touched } from './apply/revision.ts';
import type { Sql } from './prisma/database.ts';
import type { Store } from './store.ts';
import { checkCredentials } from './stores/acting-credentials.ts';
import { addAuditEvent } from './stores/audit-events.ts';
import type { NewAuditEvent } from './stores/audit-store.ts';

/** What a piece of work changed. If nothing was touched, nothing changed, and no event is kept. */
export interface Worked<T> {
  readonly touched: readonly Touched[];
  readonly result: T;
}

/**
 * Makes one change with its event in the audit trail: both are stored, or neither. `now`: the time that its rows get. Throws
 * ExpiredToken or InvalidClientTokenId if the credentials of the event's call do not count any more. An event that follows from
 * the result is one of the operator, whose token does not end.
 */
export function changeWithEvent<T>(
  store: Store,
  event: NewAuditEvent | ((result: T) => NewAuditEvent) | undefined,
  work: (sql: Sql, now: number) => Promise<Worked<T>>,
): Promise<T> {
  return store.change(async (sql, now) => {
    const before = await lockRevision(sql);
    if (typeof event === 'object' && event.acting != null) await checkCredentials(sql, event.acting, event.at);
    const { touched, result } = await work(sql, now);
    if (touched.length === 0) return { revision: before, touched, result };
    const revision = await raiseRevision(sql, touched, now);
    await addAuditEvent(sql, typeof event === 'function' ? event(result) : event, revision);
    return { revision, touched, result };
  });
}
