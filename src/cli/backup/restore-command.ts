import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Restored } from '../../directory/backup/restore.ts';
import { restoreDirectory } from '../../directory/backup/restore-directory.ts';
import { revisionText } from '../../directory/revision-text.ts';
import { RolegateError } from '../../policy/errors.ts';
import { placeOf } from '../../server/services.ts';
import type { Settings } from '../../server/settings.ts';
import { auditEvent } from '../../session/audited.ts';
import { aCall } from '../../session/call.ts';
import { readOrMakeKeyFile } from '../../session/key-file.ts';
import {
  fingerprintsIn,
  MASTER_KEY_FILE,
  type MasterKeyPlace,
  masterKeyPath,
  readMasterKey,
} from '../../session/master-key.ts';
import { unwrapKey } from '../../session/wrapped-key.ts';
import { CommandFailed } from '../failure.ts';
import { plain } from '../plain.ts';
import { counted, ProgressLine, type Terminal } from '../terminal.ts';
import type { RestoreCommand } from './arguments.ts';
import { type PassphraseSource, readPassphrase } from './passphrase.ts';
import { type OpenBackup, openBackup } from './read-backup.ts';

/** `rolegate restore FILE`. Throws CommandFailed. */
export async function restoreBackup(
  command: RestoreCommand,
  settings: Settings,
  { terminal, ...around }: Omit<PassphraseSource, 'file'>,
): Promise<void> {
  const { file, keepCredentials, passphraseFile } = command;
  const startedAt = Date.now();
  const progress = new ProgressLine(terminal);
  try {
    progress.show('reading');
    const backup = await openBackup(file);
    const readKey = (): Promise<KeyOfPlace> =>
      masterKeyFor(backup, settings, () => readPassphrase({ file: passphraseFile, terminal, ...around }, false));
    const { key, restored } = await closing(backup, async () => {
      const found = await readKey();
      const options = {
        now: startedAt,
        keepCredentials,
        masterKeyFingerprint: found.fingerprint,
        event: auditEvent(aCall({ kind: 'operator' }, startedAt), { event: 'RestoreBackup' }),
        onRows: (rows: number) => progress.count(() => `restoring: ${rows.toLocaleString('en')} rows`),
      };
      const work = () => restoreDirectory(placeOf(settings), backup, options);
      return { key: found, restored: await withKey(found, settings, work) };
    });
    progress.clear();
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    terminal.out(
      `restored ${counted(restored.rows, 'row', 'rows')} of the backup of ${backup.header.writtenAt}, ${seconds} s\n`,
    );
    report(terminal, restored, { keepCredentials, key, dataDir: settings.dataDir });
  } catch (error) {
    if (!(error instanceof RolegateError) || !OF_THE_FILE.has(error.code)) throw error;
    throw new CommandFailed(`${plain(file)}: ${error.message}`, { cause: error });
  } finally {
    progress.clear();
  }
}

/** Closes the file also where not all of it was read. */
async function closing<T>({ lines }: OpenBackup, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await lines.return(undefined);
  }
}

/** What is wrong with the backup, and not with the place for it. */
const OF_THE_FILE = new Set([
  'BACKUP_DAMAGED',
  'BACKUP_TOO_NEW',
  'BAD_PASSPHRASE',
  'DIRECTORY_TOO_NEW',
  'MIGRATION_CHANGED',
]);

/** The master key that the restored directory will have. */
interface KeyOfPlace {
  /** Null: none is there yet, and the backup has none. */
  readonly fingerprint: string | null;
  /** The text of its file, if the backup brings it. */
  readonly brought: string | null;
}

/** Throws CommandFailed if the folder has another one than the directory in the backup. */
async function masterKeyFor(
  { header, keys }: OpenBackup,
  place: MasterKeyPlace,
  passphrase: () => Promise<string>,
): Promise<KeyOfPlace> {
  const brought = keys === null ? null : await unwrapKey(keys, await passphrase());
  const there = await readMasterKey(place);
  const file = masterKeyPath(place);
  const text = there ?? brought;
  if (text === null) return { fingerprint: null, brought };
  const found = fingerprintsIn(text);
  if (found === null) throw new CommandFailed(`${plain(file)} holds no master key`);
  if (!header.masterKeyFingerprints.every((each) => found.includes(each))) {
    throw new CommandFailed(
      `${file} is another master key than the one of the backup: put that one there, or take this ` +
        'one away; without it the access keys and MFA devices of the backup have to be made anew',
    );
  }
  return { fingerprint: header.masterKeyFingerprint ?? found[0] ?? null, brought };
}

/** Puts the key that a backup brings into the folder; takes it away again if the rest fails. */
async function withKey<T>({ brought }: KeyOfPlace, place: MasterKeyPlace, work: () => Promise<T>): Promise<T> {
  const { dataDir, masterKeyFile } = place;
  if (brought === null) return work();
  if (masterKeyFile !== null) {
    if ((await readMasterKey(place)) !== null) return work();
    throw new CommandFailed(
      `there is no file ${masterKeyFile}: without ROLEGATE_MASTER_KEY_FILE, the key goes into the data folder`,
    );
  }
  const { made } = await readOrMakeKeyFile(dataDir, MASTER_KEY_FILE, () => brought);
  try {
    return await work();
  } catch (error) {
    if (made) await rm(join(dataDir, MASTER_KEY_FILE), { force: true });
    throw error;
  }
}

interface Around {
  readonly keepCredentials: boolean;
  readonly key: KeyOfPlace;
  readonly dataDir: string;
}

function report(
  terminal: Terminal,
  { keys, ended, revision }: Restored,
  { keepCredentials, key, dataDir }: Around,
): void {
  terminal.out(`revisions begin anew at ${revisionText(revision)}: earlier ones are refused\n`);
  terminal.out(
    keepCredentials
      ? 'sessions, sign-ins and checkers go on, also those that were ended after the backup\n'
      : `ended: ${counted(ended.roleSessions, 'role session', 'role sessions')}, ${counted(ended.signIns, 'sign-in', 'sign-ins')} or ` +
          `temporary credentials of users, ${counted(ended.checkers, 'checker', 'checkers')}\n`,
  );
  terminal.out(keys.length === 0 ? 'no access key was active\n' : activeKeysText(keys));
  if (key.fingerprint !== null) return;
  terminal.out(
    `there is no ${MASTER_KEY_FILE} in ${dataDir}: put the one of the backed up gateway there before the first start. Otherwise ` +
      'a new one is made, and access keys and MFA devices have to be made anew\n',
  );
}

function activeKeysText(keys: Restored['keys']): string {
  const lines = keys.map(({ id, owner, createdAt }) => `  ${id}  ${owner}  of ${new Date(createdAt).toISOString()}\n`);
  return (
    `${counted(keys.length, 'access key was', 'access keys were')} active, and ${keys.length === 1 ? 'is' : 'are'} so again, ` +
    `also if deleted or switched off after the backup:\n${lines.join('')}`
  );
}
