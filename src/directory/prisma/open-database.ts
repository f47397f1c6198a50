import type { Freshness } from '../store.ts';
import type { Database, StatementListener } from './database.ts';
import type { DatabaseTimes } from './database-times.ts';
import { openEmbeddedDatabase } from './embedded-database.ts';
import { migrate } from './migrate.ts';
import { openServerDatabase } from './server-database.ts';
import type { AvailabilityListener } from './storage-watch.ts';

/** Where the directory is kept: in a folder of this machine, by this process alone, or on a PostgreSQL server. */
export type DirectoryOptions = (
  | { readonly kind: 'embedded'; readonly dataDir: string; readonly isTold?: boolean }
  | ({ readonly kind: 'server' } & ServerPlace)
) &
  Listened & {
    readonly onAvailability?: AvailabilityListener;
    /** Bytes for everything that is kept of it in memory. Left out: DEFAULT_MEMORY. */
    readonly memory?: number;
  };

interface Listened {
  readonly onStatement?: StatementListener;
}

/** A directory on a server. */
interface ServerPlace {
  readonly url: string;
  /** The same database, for what needs a session: long work, and being told of changes. Left out: `url`. */
  readonly directUrl?: string | null;
  /** A copy that follows it, where questions are read. Left out: they are read there. */
  readonly replicaUrl?: string | null;
  readonly times?: DatabaseTimes;
  /** Left out: USUAL_FRESHNESS. */
  readonly freshness?: Freshness;
  /** Whether this process is to be told of the changes that others make. Left out: it is not, and asks. */
  readonly isTold?: boolean;
}

/** Null: there is none. One that is away is no fault: questions are read on the server itself then. */
export function openReplica({ replicaUrl = null, times, onStatement }: ServerPlace & Listened): Database | null {
  if (replicaUrl === null) return null;
  return openServerDatabase(replicaUrl, { ...(times && { times }), ...(onStatement && { onStatement }) });
}

/** Throws as `openDirectory`. */
export async function openDatabase(options: DirectoryOptions): Promise<Database> {
  if (options.kind === 'embedded') return openEmbeddedDatabase(options.dataDir, migrate, options);
  const database = openServerDatabase(options.url, options);
  try {
    // A server that hangs is found out here, and not after the time for long work.
    await database.query('SELECT 1');
    await migrate(database.long);
    return database;
  } catch (error) {
    await database.close().catch(() => undefined);
    throw error;
  }
}
