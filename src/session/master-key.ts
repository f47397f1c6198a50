import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { readKeyFile } from './key-file.ts';

/** The file of the data folder with the master key. */
export const MASTER_KEY_FILE = 'master.key';
export const MASTER_KEY_BYTES = 32;

/** The bytes that the text of a master key file says; null: it is none. */
export function masterKeyIn(text: string): Buffer | null {
  const key = Buffer.from(text.trim(), 'base64');
  return key.length === MASTER_KEY_BYTES ? key : null;
}

/** SHA-256: tells which master key it is, and nothing of it. */
export function fingerprintOf(masterKey: Buffer): string {
  return createHash('sha256').update(masterKey).digest('hex');
}

/** Where a master key is looked for. */
export interface MasterKeyPlace {
  readonly dataDir: string;
  /** Null: `master.key` in the data folder. */
  readonly masterKeyFile: string | null;
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
