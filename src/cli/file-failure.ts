import { CommandFailed } from './failure.ts';
import { plain } from './plain.ts';

const SYSTEM: Readonly<Record<string, string>> = {
  ENOTDIR: 'it is no folder',
  EEXIST: 'it is no folder',
  EISDIR: 'it is a folder',
  ENOENT: 'there is no such file or folder',
  EACCES: 'this user has no access to it',
  EPERM: 'this user has no access to it',
  EROFS: 'it may not be written',
  ENOSPC: 'there is no space left',
  EDQUOT: 'there is no space left',
};

/** Why a file or folder could not be read or written, as a sentence; other errors as they are. */
export function fileFailure(path: string, error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known = SYSTEM[code];
  if (known !== undefined) return new CommandFailed(`${plain(path)}: ${known}`, { cause: error });
  return error instanceof Error ? error : new Error(String(error));
}
