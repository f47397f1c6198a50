import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { CommandFailed } from '../failure.ts';

/** A token, and the file from which one workload reads it. */
export interface TokenFile {
  /** Absolute. */
  readonly path: string;
  readonly token: string;
  /** Removes the file, unless another process has put its own there. */
  remove(): Promise<void>;
}

/**
 * Makes a token and writes it, without a line end, to a file that only this user can read. `path` null: in a new folder below
 * that of temporary files. Throws CommandFailed.
 */
export async function writeTokenFile(path: string | null): Promise<TokenFile> {
  const token = randomBytes(32).toString('base64url');
  const folder = path === null ? await mkdtemp(join(tmpdir(), 'rolegate-metadata-')) : null;
  const file = folder === null ? resolve(path ?? '') : join(folder, 'token');
  // Whole or not at all, in the place of what a killed process has left there, and never through a link.
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(draft, token, { mode: 0o600, flag: 'wx' });
    await rename(draft, file);
  } catch (cause) {
    await rm(draft, { force: true });
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    throw new CommandFailed(`the token file ${file} cannot be written (${code})`, { cause });
  }
  const remove = async (): Promise<void> => {
    if ((await readFile(file, 'utf8').catch(() => '')) !== token) return;
    await unlink(file).catch(() => undefined);
    if (folder !== null) await rmdir(dirname(file)).catch(() => undefined);
  };
  return { path: file, token, remove };
}
