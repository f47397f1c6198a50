import type { DirectoryOptions } from '../directory/prisma/open-directory.ts';
import { readSome } from '../directory/read-model.ts';
import { logIndexing } from './index-log.ts';
import type { Log } from './log.ts';
import { openServices, type Services } from './services.ts';
import type { Settings } from './settings.ts';

const GONE = 'the database does not answer';
const THERE = 'the database answers again';
const UNINDEXED =
  'searches are not indexed and read whole tables: the database lacks the extension pg_trgm, which this user may not ' +
  'create. Run CREATE EXTENSION pg_trgm as a user who may, and start again';

function hidingText(prefixes: readonly string[]): string {
  const names = prefixes.map((prefix) => `\`${prefix}\``).join(', ');
  return (
    `AWS has services by now whose prefixes services of applications have: ${names}. Those of applications count, and AWS’s ` +
    'do not, until `removeService` removes them'
  );
}

/** Waits for the database, and logs when it is lost and when it is back. */
export async function openWatched(
  settings: Settings,
  log: Log,
  onStatement?: DirectoryOptions['onStatement'],
): Promise<Services> {
  const services = await openServices(settings, {
    waitSeconds: settings.database.startSeconds,
    isTold: true,
    ...(onStatement && { onStatement }),
    onAvailability: (isThere) => log.warn(isThere ? THERE : GONE),
  });
  // What fails is told to who asks for it.
  await readSome(services.directory.prisma).catch(() => undefined);
  logIndexing(services.directory, log);
  if (!services.directory.searchIndexed) log.warn(UNINDEXED);
  const { hiding } = services.directory.services;
  if (hiding.length > 0) log.warn(hidingText(hiding));
  return services;
}
