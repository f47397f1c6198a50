import { openEmbeddedDatabase } from '../prisma/embedded-database.ts';
import { checkMigrations } from '../prisma/migrate.ts';
import type { DirectoryOptions } from '../prisma/open-directory.ts';
import { openServerDatabase } from '../prisma/server-database.ts';
import { type BackupLines, type Restored, type RestoreOptions, restore } from './restore.ts';

/**
 * Restores a backup into the place of a directory. Throws as `restore`, and DATA_DIR_LOCKED, DATA_DIR_UNUSABLE,
 * DIRECTORY_UNAVAILABLE, BAD_CONFIGURATION; then nothing of it is there.
 */
export async function restoreDirectory(
  place: DirectoryOptions,
  backup: BackupLines,
  options: RestoreOptions,
): Promise<Restored> {
  await checkMigrations(backup.header.migrations);
  if (place.kind === 'server') {
    const database = openServerDatabase(place.url);
    try {
      return await restore(database.long, backup, options);
    } finally {
      await database.close();
    }
  }
  let restored: Restored | null = null;
  const database = await openEmbeddedDatabase(place.dataDir, async (made) => {
    restored = await restore(made, backup, options);
  });
  await database.close();
  // oxlint-disable-next-line typescript/no-unnecessary-condition -- set by the callback
  if (restored === null) throw new Error('the database was opened unprepared');
  return restored;
}
