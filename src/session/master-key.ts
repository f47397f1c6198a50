import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type KeyFile, readKeyFile, readOrMakeKeyFile, replaceKeyFile } from './key-file.ts';

/** The file of the data folder with the master key: a line for each generation of it. */
export const MASTER_KEY_FILE = 'master.key';
const MASTER_KEY_BYTES = 32;

/** The keys that the text of a master key file says, in its order; null: it is none. */
export function masterKeysIn(text: string): readonly Buffer[] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const keys = lines.map((line) => Buffer.from(line.trim(), 'base64'));
  return keys.length > 0 && keys.every(({ length }) => length === MASTER_KEY_BYTES) ? keys : null;
}

/** SHA-256: tells which master key it is, and nothing of it. */
export function fingerprintOf(masterKey: Buffer): string {
  return createHash('sha256').update(masterKey).digest('hex');
}

/** SHA-256 of each key of a text; null: it holds none. */
export function fingerprintsIn(text: string): readonly string[] | null {
  return masterKeysIn(text)?.map(fingerprintOf) ?? null;
}

/** Where a master key is looked for. */
export interface MasterKeyPlace {
  readonly dataDir: string;
  /** Null: `master.key` in the data folder. */
  readonly masterKeyFile: string | null;
}

/** The path of the file. */
export function masterKeyPath({ dataDir, masterKeyFile }: MasterKeyPlace): string {
  return masterKeyFile ?? join(dataDir, MASTER_KEY_FILE);
}

/** The text of the master key file; null: there is none. A file that the settings name is left as it is. */
export async function readMasterKey({ dataDir, masterKeyFile }: MasterKeyPlace): Promise<string | null> {
  if (masterKeyFile === null) return readKeyFile(dataDir, MASTER_KEY_FILE);
  try {
    return (await readFile(masterKeyFile, 'utf8')).trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** The keys of the file, which is made in the data folder if there is none, and its text if it was. Throws if it is not one of ours. */
export async function readMasterKeys(
  place: MasterKeyPlace,
): Promise<{ readonly keys: readonly Buffer[]; readonly made: string | null }> {
  const there = await readMasterKey(place);
  const file = there === null ? await newMasterKeyFile(place) : { text: there, made: false };
  const keys = masterKeysIn(file.text);
  if (keys !== null) return { keys, made: file.made ? file.text : null };
  throw new Error(
    `${masterKeyPath(place)} does not hold a master key: expected base64 of ${MASTER_KEY_BYTES} bytes in each line`,
  );
}

function newMasterKeyFile({ dataDir, masterKeyFile }: MasterKeyPlace): Promise<KeyFile> {
  if (masterKeyFile !== null) throw new Error(`there is no file ${masterKeyFile}, which is to hold the master key`);
  return readOrMakeKeyFile(dataDir, MASTER_KEY_FILE, newKey);
}

/**
 * Adds a key to the file, unless it has one already that `isUsed` does not know. Returns whether it did. One process at a
 * time: another one that adds a key at once would lose one that may be in use already.
 */
export function prepareMasterKey(place: MasterKeyPlace, isUsed: (fingerprint: string) => boolean): Promise<boolean> {
  return replaceKeyFile(masterKeyPath(place), (text) =>
    fingerprintsIn(text)?.every(isUsed) === true ? `${text.trimEnd()}\n${newKey()}\n` : null,
  );
}

function newKey(): string {
  return randomBytes(MASTER_KEY_BYTES).toString('base64');
}
