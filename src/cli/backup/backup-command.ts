import { type BackupHeader, headerOf, objectOf } from '../../directory/backup/form.ts';
import { BACKUP_PATH } from '../../server/maintenance-route.ts';
import { openStore } from '../../server/services.ts';
import type { Settings } from '../../server/settings.ts';
import { fingerprintsIn, masterKeyPath, readMasterKey } from '../../session/master-key.ts';
import { wrapKey } from '../../session/wrapped-key.ts';
import { CommandFailed } from '../failure.ts';
import { plain } from '../plain.ts';
import { hereOrThere, orNullIfHeld, type RunningGateway } from '../running-gateway.ts';
import { counted, ProgressLine, type Terminal } from '../terminal.ts';
import type { BackupCommand } from './arguments.ts';
import { BackupFile } from './backup-file.ts';
import { byteLines } from './lines.ts';
import { type PassphraseSource, readPassphrase } from './passphrase.ts';

/** `rolegate backup FILE`. Throws CommandFailed. */
export async function backUp(
  { file: path, withKeys, passphraseFile }: BackupCommand,
  settings: Settings,
  { terminal, ...around }: Omit<PassphraseSource, 'file'>,
): Promise<void> {
  const startedAt = Date.now();
  const passphrase = withKeys ? await readPassphrase({ file: passphraseFile, terminal, ...around }, true) : null;
  const progress = new ProgressLine(terminal);
  const file = await BackupFile.create(path);
  try {
    progress.show('opening the directory');
    const writing = new Writing(file, settings, passphrase, progress);
    const done = await hereOrThere(
      settings,
      () => backUpHere(writing, settings),
      (gateway) => backUpThere(writing, gateway),
    );
    if (!writing.isWhole) throw new CommandFailed('the backup was cut off: try again');
    await file.finish();
    progress.clear();
    report(terminal, path, done, withKeys, startedAt);
  } finally {
    await file.abandon();
    progress.clear();
  }
}

function report(terminal: Terminal, path: string, rows: number, withKeys: boolean, startedAt: number): void {
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  const keys = withKeys ? 'with the master key, wrapped' : 'without the master key';
  terminal.out(`backed up ${counted(rows, 'row', 'rows')} to ${path}, ${keys}, ${seconds} s\n`);
}

/** Writes the lines of a backup to its file as they come. */
class Writing {
  readonly #file: BackupFile;
  readonly #settings: Settings;
  readonly #passphrase: string | null;
  readonly #progress: ProgressLine;
  #isFirst = true;
  #isHeading = true;
  rows = 0;
  /** Whether the last line has come, which counts the others. */
  isWhole = false;

  constructor(file: BackupFile, settings: Settings, passphrase: string | null, progress: ProgressLine) {
    this.#file = file;
    this.#settings = settings;
    this.#passphrase = passphrase;
    this.#progress = progress;
  }

  async take(line: string): Promise<void> {
    await this.#file.write(line);
    if (this.#isFirst) {
      this.#isFirst = false;
      if (this.#passphrase !== null) await this.#addKeys(headerOf(line), this.#passphrase);
      return;
    }
    // Rows follow what says how many they are.
    if (!this.#isHeading) {
      this.#isHeading = true;
      return;
    }
    const about = objectOf(line);
    this.isWhole = 'rows' in about;
    this.#isHeading = this.isWhole;
    if (typeof about['count'] === 'number') this.rows += about['count'];
    this.#progress.count(() => `backing up: ${this.rows.toLocaleString('en')} rows`);
  }

  /** They are read by this command: no gateway sends one. */
  async #addKeys({ masterKeyFingerprints }: BackupHeader, passphrase: string): Promise<void> {
    const file = masterKeyPath(this.#settings);
    const text = await readMasterKey(this.#settings);
    const there = text === null ? null : fingerprintsIn(text);
    if (text === null || there === null) {
      throw new CommandFailed(`${plain(file)} holds no master key: --with-keys needs the one of the directory`);
    }
    if (!masterKeyFingerprints.every((each) => there.includes(each))) {
      throw new CommandFailed(`${plain(file)} is not the master key of this directory`);
    }
    await this.#file.write(JSON.stringify({ keys: await wrapKey(text, passphrase) }));
  }
}

/** From the database itself; null if another process holds its folder. */
async function backUpHere(writing: Writing, settings: Settings): Promise<number | null> {
  const store = await orNullIfHeld(openStore(settings));
  if (store === null) return null;
  try {
    await store.directory.backup((line) => writing.take(line));
    return writing.rows;
  } finally {
    await store.directory.close();
  }
}

/** Through the gateway that holds the folder. */
async function backUpThere(writing: Writing, gateway: RunningGateway): Promise<number> {
  const answer = await gateway.post(BACKUP_PATH);
  try {
    for await (const line of byteLines(answer)) await writing.take(line.toString('utf8'));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ECONNRESET') {
      throw new CommandFailed(`the gateway at ${gateway.url} has cut the backup off: its log says why`, { cause });
    }
    throw cause;
  } finally {
    answer.destroy();
  }
  return writing.rows;
}
