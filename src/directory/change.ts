import { lockRevision, raiseRevision, type Touched } from './apply/revision.ts';
import type { Revision } from './directory.ts';
import type { ChangeOptions } from './entities/change-options.ts';
import { keptOrNot, NothingKept } from './entities/dry-run.ts';
import { checkExpected, checkUntouched, readHistory, without } from './entities/untouched.ts';
import type { Database, WritingSql } from './prisma/database.ts';
import type { Change, Store } from './store.ts';
import { checkCredentials } from './stores/acting-credentials.ts';
import { addAuditEvents } from './stores/audit-events.ts';
import type { NewAuditEvent } from './stores/audit-store.ts';

/** What a piece of work changed. If nothing was touched, nothing changed, and no event is kept. */
export interface Worked<T> {
  readonly touched: readonly Touched[];
  /** What it read beside what it touched, and would have made another change of. Left out: nothing. */
  readonly reads?: readonly Touched[];
  readonly result: T;
}

/** The same, with the events that the trail gets of it. Undefined: none. */
interface Recorded<T> extends Worked<T> {
  readonly events: readonly (NewAuditEvent | undefined)[];
}

/** What a change has made, or, in a dry run, would make. */
export interface MadeChange<T> {
  /** A revision that includes the change; in a dry run, and where nothing changed, the one before. */
  readonly revision: Revision;
  readonly touched: readonly Touched[];
  readonly result: T;
}

/** The event of a change; undefined: none is kept. One that follows from the result is one of the operator, whose token does not end. */
type EventOf<T> = NewAuditEvent | ((result: T) => NewAuditEvent) | undefined;

/**
 * The transaction of every recorded change: it takes the write lock, looks again at the credentials of the events `asked`, makes the
 * change, compares it with what others have touched, and stores it with its revision and its events, all of it or nothing. `now`: the
 * time that its rows get; `before`: the revision that it begins with. Throws ExpiredToken or InvalidClientTokenId, Conflict, and InvalidInput for a revision that cannot be expected.
 */
export function makeRecorded<T>(
  store: Store,
  asked: readonly (NewAuditEvent | undefined)[],
  work: (sql: WritingSql, now: number, before: Revision) => Promise<Recorded<T>>,
  { expectedRevision = null, dryRun = false, disregarded = [] }: ChangeOptions = {},
  { database = store.database, keepsEvents = false }: Recording = {},
): Promise<MadeChange<T>> {
  const change = async (sql: WritingSql, now: number): Promise<Change<MadeChange<T>>> => {
    const before = await lockRevision(sql);
    await checkActing(sql, asked);
    if (expectedRevision !== null) checkExpected(expectedRevision, await readHistory(sql, before));
    const { touched, reads = [], result, events } = await work(sql, now, before);
    if (expectedRevision !== null && expectedRevision < before)
      await checkUntouched(sql, expectedRevision, without(disregarded, [...touched, ...reads]));
    if (dryRun) throw new NothingKept({ revision: before, touched, result });
    const revision = touched.length === 0 ? before : await raiseRevision(sql, touched, now);
    const kept = touched.length === 0 && !keepsEvents ? [] : events.flatMap((event) => event ?? []);
    await addAuditEvents(sql, kept, revision);
    return { revision, touched, result: { revision, touched, result } };
  };
  return keptOrNot(() => store.change(change, database));
}

/** How a change is recorded. */
interface Recording {
  /** Left out: that of the store; otherwise that of long work. */
  readonly database?: Database;
  /** Its events are kept even where nothing changed. Left out: they are not. */
  readonly keepsEvents?: boolean;
}

/** The credentials of each call, once each. */
async function checkActing(sql: WritingSql, asked: readonly (NewAuditEvent | undefined)[]): Promise<void> {
  const seen = new Set<unknown>();
  for (const event of asked) {
    if (event?.acting == null || seen.has(event.acting)) continue;
    seen.add(event.acting);
    await checkCredentials(sql, event.acting, event.at);
  }
}

/** Makes one change with its event in the audit trail. Throws as `makeRecorded`. */
export function makeChange<T>(
  store: Store,
  event: EventOf<T>,
  work: (sql: WritingSql, now: number) => Promise<Worked<T>>,
  options?: ChangeOptions,
): Promise<MadeChange<T>> {
  const recorded = async (sql: WritingSql, now: number): Promise<Recorded<T>> => {
    const worked = await work(sql, now);
    return { ...worked, events: [typeof event === 'function' ? event(worked.result) : event] };
  };
  return makeRecorded(store, [typeof event === 'function' ? undefined : event], recorded, options);
}

/** The same, where only its result matters. */
export async function changeWithEvent<T>(
  store: Store,
  event: EventOf<T>,
  work: (sql: WritingSql, now: number) => Promise<Worked<T>>,
): Promise<T> {
  const { result } = await makeChange(store, event, work);
  return result;
}
