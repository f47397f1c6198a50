import type { Database, Sql } from '../prisma/database.ts';
import { OldChanges } from './change-log.ts';
import { EndedSessions, SESSION_TABLES } from './ended-sessions.ts';
import { OldEvents } from './old-events.ts';
import { inSteps, pruningStep } from './step.ts';
import { UnusedDocuments } from './unused-documents.ts';

/** For how many days what has ended is kept. Infinity: for good. */
export interface Retention {
  /** Role sessions, sign-ins and temporary credentials, after their end. */
  readonly sessions: number;
  /** The log of changes, by which older revisions can be gone on from. */
  readonly changes: number;
  /** Policy documents, after nothing uses them any more. */
  readonly documents: number;
  /** Events of the audit trail. */
  readonly events: number;
}

/** How many rows were removed. */
export interface Pruned {
  readonly roleSessions: number;
  /** Sign-ins of browsers, and temporary credentials of users. */
  readonly keySessions: number;
  readonly changes: number;
  readonly documents: number;
  readonly events: number;
}

const DAY = 86_400_000;

/** Something that is removed in steps. */
interface Removal {
  readonly removed: number;
  step(sql: Sql, rows: number): Promise<boolean>;
}

/**
 * Removes what is older than `retention` says at `now` (milliseconds since 1970), in small steps between which others work. Revisions
 * do not change by it: nothing that an answer depends on is removed. Ends early where another gateway prunes, or when `isStopped` says so.
 */
export async function prune(
  database: Database,
  retention: Retention,
  now: number,
  isStopped: () => boolean = () => false,
): Promise<Pruned> {
  const run = async (days: number, make: (until: number) => Removal): Promise<number> => {
    const until = now - days * DAY;
    if (until <= 0) return 0;
    const removal = make(until);
    await inSteps(() => pruningStep(database, (sql, rows) => removal.step(sql, rows)), isStopped);
    return removal.removed;
  };
  const sessions = new Map<string, number>();
  for (const table of SESSION_TABLES) {
    sessions.set(table, await run(retention.sessions, (until) => new EndedSessions(table, until)));
  }
  const changes = await run(retention.changes, (until) => new OldChanges(until));
  // Before the documents that they name.
  const events = await run(retention.events, (until) => new OldEvents(until));
  const documents = await run(retention.documents, (until) => new UnusedDocuments(now, until));
  return {
    roleSessions: sessions.get('RoleSession') ?? 0,
    keySessions: sessions.get('KeySession') ?? 0,
    changes,
    documents,
    events,
  };
}
