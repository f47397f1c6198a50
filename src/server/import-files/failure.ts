import { RolegateError } from '../../policy/errors.ts';
import { ImportRefused } from './refused.ts';

const SYSTEM: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read',
  EPERM: 'it may not be read',
  // Opened without following links.
  ELOOP: 'it has become a link while it was read',
};

/** Words of zlib, yauzl and tar-stream for an archive that ends too early. */
const CUT_OFF = /unexpected end|unexpected EOF|not a zip file, or file is truncated/i;

/** Errors of the system and of the libraries that unpack, as a refusal that names `path`. */
export function refusal(path: string, error: unknown): Error {
  if (error instanceof RolegateError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  const known = SYSTEM[code];
  if (known !== undefined) return new ImportRefused(path, known, { cause: error });
  const problem = CUT_OFF.test(message) ? 'it is cut off' : `it cannot be read (${message.slice(0, 200)})`;
  return new ImportRefused(path, problem, { cause: error });
}
