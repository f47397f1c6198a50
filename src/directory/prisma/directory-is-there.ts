import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readApplied } from './migrate.ts';
import type { DirectoryOptions } from './open-database.ts';
import { openServerDatabase } from './server-database.ts';

/** Whether a directory has been made there. Opening would make one. */
export async function directoryIsThere(options: DirectoryOptions): Promise<boolean> {
  if (options.kind === 'embedded') return existsSync(join(options.dataDir, 'db', 'PG_VERSION'));
  const database = openServerDatabase(options.url, options);
  try {
    return (await readApplied(database)).length > 0;
  } finally {
    await database.close();
  }
}
