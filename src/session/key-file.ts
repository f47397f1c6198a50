import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import {
  chmod,
  constants,
  copyFile,
  type FileHandle,
  link,
  open,
  readFile,
  realpath,
  rename,
  stat,
  unlink,
} from 'node:fs/promises';
import { join } from 'node:path';
import { makeDataDir } from '../directory/data-dir.ts';

/** Only the owner can read the file. */
const PRIVATE_FILE = 0o600;
const OTHERS = 0o077;
const PERMISSIONS = 0o777;

/** The text of `name` in `folder`, without its line end, and whether this call created it. */
export interface KeyFile {
  readonly text: string;
  readonly made: boolean;
}

/**
 * Reads a file that only its owner may read, or creates it with the text of `make`. It appears whole or not at all; if
 * several processes create it at the same time, one wins and all read the same text.
 */
export async function readOrMakeKeyFile(folder: string, name: string, make: () => string): Promise<KeyFile> {
  const path = join(folder, name);
  const existing = await readPrivate(path);
  if (existing !== null) return { text: existing, made: false };
  await makeDataDir(folder);
  const text = make();
  if (await writeNew(path, `${text}\n`)) return { text, made: true };
  const winner = await readPrivate(path);
  if (winner === null) throw new Error(`another process created ${path} and it is gone again`);
  return { text: winner, made: false };
}

/** Removes a file that this process has made, unless it holds something else by now. */
export async function removeKeyFile(folder: string, name: string, text: string): Promise<void> {
  if ((await readPrivate(join(folder, name))) === text) await unlink(join(folder, name));
}

/** The text of `name` in `folder`, without its line end; null: there is no such file. */
export function readKeyFile(folder: string, name: string): Promise<string | null> {
  return readPrivate(join(folder, name));
}

/**
 * Replaces the text of a file (`change`: null leaves it), whole or not at all, and keeps its owner and mode. Returns whether it
 * did. Throws EEXIST while another process changes it.
 */
export async function replaceKeyFile(name: string, change: (text: string) => string | null): Promise<boolean> {
  // A link goes on leading to it.
  const path = await realpath(name);
  const lock = `${path}.lock`;
  await (await open(lock, 'wx', PRIVATE_FILE)).close();
  try {
    const text = change(await readFile(path, 'utf8'));
    if (text === null) return false;
    const draft = `${path}.${randomBytes(6).toString('hex')}`;
    const file = await open(draft, 'wx', PRIVATE_FILE);
    try {
      await file.writeFile(text);
      await likeFile(file, await stat(path));
      await file.sync();
      await file.close();
      await rename(draft, path);
    } catch (error) {
      await file.close().catch(() => undefined);
      await unlink(draft).catch(() => undefined);
      throw error;
    }
    return true;
  } finally {
    await unlink(lock);
  }
}

/** Whoever could read the old file can read the new one: a gateway may run as another user than the command. */
async function likeFile(file: FileHandle, { mode, uid, gid }: Stats): Promise<void> {
  const own = await file.stat();
  if (own.uid !== uid || own.gid !== gid) await file.chown(uid, gid);
  if (((own.mode ^ mode) & PERMISSIONS) !== 0) await file.chmod(mode & PERMISSIONS);
}

async function readPrivate(path: string): Promise<string | null> {
  try {
    const text = (await readFile(path, 'utf8')).trim();
    // A copy made by hand is often readable by everybody.
    if (((await stat(path)).mode & OTHERS) !== 0) await chmod(path, PRIVATE_FILE);
    return text;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** False: a file of that name exists. A hard link cannot replace one, unlike a rename. */
async function writeNew(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(draft, 'wx', PRIVATE_FILE);
  try {
    await file.writeFile(text);
    await file.sync();
    await file.close();
    await link(draft, path).catch(async (error: unknown) => {
      if (hasCode(error, 'EEXIST')) throw error;
      // A file system without hard links.
      await copyFile(draft, path, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await file.close().catch(() => undefined);
    await unlink(draft);
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
