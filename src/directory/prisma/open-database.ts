import type { Database, StatementListener } from './database.ts';
import type { DatabaseTimes } from './database-times.ts';
import { openEmbeddedDatabase } from './embedded-database.ts';
import { migrate } from './migrate.ts';
import { openServerDatabase } from './server-database.ts';
import type { AvailabilityListener } from './storage-watch.ts';

/** Where the directory is kept: in a folder of this machine, by this process alone, or on a PostgreSQL server. */
export type DirectoryOptions = (
  | { readonly kind: 'embedded'; readonly dataDir: string }
  | { readonly kind: 'server'; readonly url: string; readonly times?: DatabaseTimes }
) & {
  readonly onStatement?: StatementListener;
  readonly onAvailability?: AvailabilityListener;
  /** Bytes for everything that is kept of it in memory. Left out: DEFAULT_MEMORY. */
  readonly memory?: number;
};

/** Opens the database, and brings it to the current schema. */
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
