import { type Access, createAccess } from '../access/access.ts';
import { type Catalog, openCatalog } from '../catalog/catalog.ts';
import { type DirectoryOptions, type OpenDirectory, openDirectory } from '../directory/prisma/open-directory.ts';
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
  Partial<Pick<Settings, 'masterKeyFile'>>;

export async function openStore(
  place: Place,
): Promise<{ readonly catalog: Catalog; readonly directory: OpenDirectory }> {
  const catalog = await openCatalog();
  return { catalog, directory: await openDirectory(placeOf(place), catalog) };
}

/** Where the settings say that the directory is. */
export function placeOf({
  dataDir,
  databaseUrl,
  memory,
}: Pick<Settings, 'dataDir' | 'databaseUrl' | 'memory'>): DirectoryOptions {
  return databaseUrl === null ? { kind: 'embedded', dataDir, memory } : { kind: 'server', url: databaseUrl, memory };
}

/** Opens the directory and its secrets; closes what it has opened if the rest fails. */
export async function openServices(place: Place): Promise<Services> {
  const { catalog, directory } = await openStore(place);
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
    await secrets.masterKeys.open(directory);
    return secrets;
  } catch (error) {
    // Faults of files in the data folder are sentences for the operator; errors of the system have a code.
    if (error instanceof RolegateError || !(error instanceof Error) || 'code' in error) throw error;
    throw new RolegateError('BAD_SECRETS', error.message, { cause: error });
  }
}
