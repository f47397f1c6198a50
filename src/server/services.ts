import { setTimeout as delay } from 'node:timers/promises';
import { type Access, createAccess } from '../access/access.ts';
import { type Catalog, openCatalog } from '../catalog/catalog.ts';
import { type DirectoryOptions, type OpenDirectory, openDirectory } from '../directory/prisma/open-directory.ts';
import { StoreUnavailable } from '../directory/store-unavailable.ts';
import { RolegateError } from '../policy/errors.ts';
import { checkMayMakeMasterKey } from '../session/master-keys.ts';
import { createSecrets, type Secrets } from '../session/secrets.ts';
import { createSessions, type Sessions } from '../session/sessions.ts';
import type { Settings } from './settings.ts';

/** The services that the gateway and the command line use. */
export interface Services {
  readonly catalog: Catalog;
  readonly directory: OpenDirectory;
  readonly secrets: Secrets;
  readonly access: Access;
  readonly sessions: Sessions;
}

/** The place of the directory. */
type Place = Pick<Settings, 'dataDir' | 'databaseUrl' | 'memory' | 'operatorToken'> &
  Partial<Pick<Settings, 'masterKeyFile' | 'database'>>;

export async function openStore(
  place: Place,
  { waitSeconds = 0, isTold = false, onAvailability, onStatement }: Opening = {},
): Promise<{ readonly catalog: Catalog; readonly directory: OpenDirectory }> {
  const catalog = await openCatalog();
  const options = {
    ...placeOf(place),
    isTold,
    ...(onAvailability !== undefined && { onAvailability }),
    ...(onStatement !== undefined && { onStatement }),
  };
  const directory = await onceThere(() => openDirectory(options, catalog), waitSeconds);
  return { catalog: directory.catalog, directory };
}

/** How the directory is opened. */
export interface Opening {
  /** Seconds for which a database that does not answer is waited for; left out: it is not. */
  readonly waitSeconds?: number;
  /** Whether this process learns of changes that others make to a server's directory; left out: it does not, and asks. */
  readonly isTold?: boolean;
  readonly onAvailability?: DirectoryOptions['onAvailability'];
  readonly onStatement?: DirectoryOptions['onStatement'];
}

/** Between two attempts to open the directory. Milliseconds. */
const AGAIN_AFTER = 250;

async function onceThere<T>(open: () => Promise<T>, waitSeconds: number): Promise<T> {
  const giveUpAt = performance.now() + waitSeconds * 1000;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      const isGone = error instanceof StoreUnavailable && error.code === 'DIRECTORY_UNAVAILABLE';
      if (!isGone || performance.now() + AGAIN_AFTER > giveUpAt) throw error;
      await delay(AGAIN_AFTER);
    }
  }
}

/** Where the settings say that the directory is. */
export function placeOf({
  dataDir,
  databaseUrl,
  memory,
  database,
}: Pick<Settings, 'dataDir' | 'databaseUrl' | 'memory'> & Partial<Pick<Settings, 'database'>>): DirectoryOptions {
  if (databaseUrl === null) return { kind: 'embedded', dataDir, memory };
  if (database === undefined) return { kind: 'server', url: databaseUrl, memory };
  return { kind: 'server', url: databaseUrl, memory, ...database };
}

/** Opens the directory and its secrets; closes what it has opened if the rest fails. */
export async function openServices(place: Place, opening?: Opening): Promise<Services> {
  const { catalog, directory } = await openStore(place, opening);
  try {
    const secrets = await openSecrets(place, directory);
    const access = createAccess(directory, catalog);
    return { catalog, directory, secrets, access, sessions: createSessions({ directory, access, secrets }) };
  } catch (error) {
    await directory.close();
    throw error;
  }
}

async function openSecrets(
  { dataDir, operatorToken, masterKeyFile = null }: Place,
  directory: OpenDirectory,
): Promise<Secrets> {
  try {
    if (masterKeyFile === null) await checkMayMakeMasterKey(directory, dataDir);
    const secrets = await createSecrets({ dataDir, operatorToken, masterKeyFile });
    await secrets.masterKeys.open(directory).catch(async (error: unknown) => {
      // Another gateway may have been first on a new directory.
      if (!(error instanceof StoreUnavailable)) await secrets.abandon();
      throw error;
    });
    return secrets;
  } catch (error) {
    // Faults of files in the data folder are sentences for the operator; errors of the system have a code.
    if (error instanceof RolegateError || !(error instanceof Error) || 'code' in error) throw error;
    throw new RolegateError('BAD_SECRETS', error.message, { cause: error });
  }
}

/** Throws when the database does not answer, or this gateway cannot hold its newest master key. Null: there are none yet. */
export async function pingServices(services: Services | null): Promise<void> {
  await services?.directory.ping();
  await services?.secrets.masterKeys.holdNewest();
}
