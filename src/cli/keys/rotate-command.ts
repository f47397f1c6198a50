import type { MasterKeyRecord } from '../../directory/stores/master-key-store.ts';
import type { Settings } from '../../server/settings.ts';
import { fingerprintsIn, masterKeyPath, prepareMasterKey, readMasterKey } from '../../session/master-key.ts';
import { CommandFailed } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import type { RotateCommand } from './arguments.ts';
import { withMasterKeys } from './master-keys-of.ts';

/** `rolegate rotate-master-key`. Throws CommandFailed. */
export async function rotate({ prepare }: RotateCommand, settings: Settings, terminal: Terminal): Promise<void> {
  const path = masterKeyPath(settings);
  await withMasterKeys(settings, async (keys) => {
    const known = await keys.generations();
    await checkFile(settings, known);
    const isNew = await addKey(settings, known);
    if (isNew) terminal.out(`a new key is in ${path}\n`);
    if (prepare) {
      if (!isNew) terminal.out(`${path} has a key that is not in use yet\n`);
      terminal.out('put this file in the place of those of all other gateways, and then run rotate-master-key\n');
      return;
    }
    const generation = await keys.rotate();
    terminal.out(
      `generation ${generation} of the master key is in use: new keys and tokens are of it, others go on\n` +
        `back ${path} up; \`rolegate keys --generation ${generation - 1}\` lists what is still of the one before\n`,
    );
  });
}

/** The file of another gateway must not get a key, and this one's would stay without. */
async function checkFile(settings: Settings, known: readonly MasterKeyRecord[]): Promise<void> {
  const there = fingerprintsIn((await readMasterKey(settings)) ?? '') ?? [];
  const missing = known.find(({ fingerprint, retiredAt }) => retiredAt === null && !there.includes(fingerprint));
  if (missing === undefined) return;
  throw new CommandFailed(
    `${masterKeyPath(settings)} lacks generation ${missing.generation} of the master key: it is not the file of this ` +
      'directory; name that in ROLEGATE_MASTER_KEY_FILE',
  );
}

async function addKey(settings: Settings, known: readonly MasterKeyRecord[]): Promise<boolean> {
  const path = masterKeyPath(settings);
  try {
    return await prepareMasterKey(settings, (one) => known.some(({ fingerprint }) => fingerprint === one));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EEXIST') {
      throw new CommandFailed(
        `${path} is being changed by another process; if there is none, remove the file .lock beside it`,
        { cause: error },
      );
    }
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') throw error;
    throw new CommandFailed(
      `${path} cannot be written (${code}): add a line to it (openssl rand -base64 32), and run this again`,
      { cause: error },
    );
  }
}
