import { isDeepStrictEqual } from 'node:util';
import type { Revision } from '../../directory/directory.ts';
import { StoreUnavailable } from '../../directory/store-unavailable.ts';
import { endOf, type LoggedChange, type LogPlace } from '../../directory/stores/change-log.ts';
import { RolegateError } from '../../policy/errors.ts';
import type { GuardContext } from '../context.ts';
import { visibleEvents } from '../visible-events.ts';
import type { Live } from './live.ts';
import { Pending } from './pending.ts';

/** Changes in one event. */
const PAGE = 500;

/** How long what the subscriber may follow is taken to be as it was, while nothing changes: a condition can ask for the time. Milliseconds. */
const HOLDS = 1_000;

/** What a revision has changed, as far as the subscriber may know of it. */
export interface DirectoryChanged {
  readonly revision: Revision;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** In the order of their kinds and names, and of accounts that the subscriber may know. */
  readonly changes: readonly LoggedChange[];
  /** Whether it is the last part of its revision: whoever goes on after this revision misses nothing. */
  readonly isLast: boolean;
}

/**
 * All changes after `since`, in order, and then those to come; null: only these. Of each change the subscriber sees what belonged
 * before, or belongs since, to accounts where it is allowed cloudtrail:LookupEvents when the event is sent. Rejects with FORBIDDEN,
 * CONFLICT (`since` is of another history, or kept no more) and RevisionNotReached.
 */
export async function directoryChanges(live: Live, since: Revision | null): Promise<AsyncGenerator<DirectoryChanged>> {
  const context = await live.renew();
  await seenAccounts(context);
  const { history } = context.directory;
  const begin = since ?? (await history.current());
  if (since !== null) {
    await history.reach(since, 'since');
    await history.changes.checkRetained(since);
  }
  return following(live, new Pending(history, live.signal), begin);
}

async function* following(live: Live, pending: Pending, since: Revision): AsyncGenerator<DirectoryChanged> {
  let place = endOf(since);
  try {
    for (;;) {
      live.signal.throwIfAborted();
      try {
        // Also where nothing has changed: the credentials may have ended.
        const { history } = (await live.renew()).directory;
        pending.take();
        const until = history.known;
        while (place.revision <= until) {
          const context = await live.renew();
          const scope = await scopeOf(context);
          const { events, next } = await pageOf(context, place, until, scope.accountIds);
          let isWhole = true;
          for (const event of events) {
            // The reader may be slow: by what it may see when this is sent, and not when the page was read.
            isWhole = event === events[0] || (await isSame(live, scope));
            if (!isWhole) break;
            yield event;
            place = placeAfter(event);
          }
          if (isWhole) place = next;
        }
      } catch (error) {
        // It goes on from its place when the database is back.
        if (!(error instanceof StoreUnavailable)) throw error;
      }
      await pending.next();
    }
  } finally {
    pending.close();
  }
}

/** One page of changes, and the place after it. */
async function pageOf(
  context: GuardContext,
  place: LogPlace,
  until: Revision,
  accountIds: Seen,
): Promise<{ readonly events: readonly DirectoryChanged[]; readonly next: LogPlace }> {
  const rows = await context.directory.history.changes.after(place, until, PAGE + 1, accountIds);
  const part = rows.slice(0, PAGE);
  const last = part.at(-1);
  const events: DirectoryChanged[] = [];
  for (let from = 0; from < part.length; ) {
    const { revision = 0n, at = 0 } = part[from] ?? {};
    let to = from;
    while (part[to]?.revision === revision) to += 1;
    const changes = part.slice(from, to).map((change) => asSeen(change, accountIds));
    events.push({ revision, at, changes, isLast: rows[to]?.revision !== revision });
    from = to;
  }
  return { events, next: rows.length > PAGE && last !== undefined ? last : endOf(until) };
}

function placeAfter({ revision, changes, isLast }: DirectoryChanged): LogPlace {
  return isLast ? endOf(revision) : (changes.at(-1) ?? endOf(revision));
}

/** The accounts whose changes the subscriber may see; null: all. */
type Seen = readonly string[] | null;

/** The same, with when that was decided. */
interface Scope {
  readonly accountIds: Seen;
  revision: Revision;
  /** Milliseconds since 1970. */
  at: number;
}

async function scopeOf(context: GuardContext): Promise<Scope> {
  // Before it is decided: what changes meanwhile is looked at once more.
  const revision = await context.directory.history.current();
  return { accountIds: await seenAccounts(context), revision, at: context.now };
}

/** Whether the subscriber may still see what it might. Throws FORBIDDEN where it may see nothing. */
async function isSame(live: Live, scope: Scope): Promise<boolean> {
  const context = await live.renew();
  const isFresh = context.now < scope.at + HOLDS && (await context.directory.history.current()) === scope.revision;
  if (isFresh) return true;
  const { accountIds, revision, at } = await scopeOf(context);
  if (!isDeepStrictEqual(accountIds, scope.accountIds)) return false;
  scope.revision = revision;
  scope.at = at;
  return true;
}

function asSeen(change: LoggedChange, accountIds: Seen): LoggedChange {
  if (accountIds === null) return change;
  return { ...change, accountIds: change.accountIds.filter((id) => accountIds.includes(id)) };
}

/** The accounts whose changes the caller may see now; null: all. Throws FORBIDDEN where there are none. */
async function seenAccounts(context: GuardContext): Promise<Seen> {
  const visible = await visibleEvents(context, {}, null);
  if (visible.kind === 'allowed') return visible.filter.accountIds ?? null;
  throw new RolegateError('FORBIDDEN', `following changes needs ${visible.needs}, which you are not allowed`);
}
