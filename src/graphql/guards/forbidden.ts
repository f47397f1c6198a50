import type { Refused } from '../../guard/ruling.ts';
import { RolegateError } from '../../policy/errors.ts';

/** The error of a field that the caller may not read. */
export function forbidden(fieldName: string, { needs }: Refused): RolegateError {
  return new RolegateError('FORBIDDEN', `\`${fieldName}\` needs ${needs}, which you are not allowed`);
}

/** The error of a field that needs credentials, if there are none. */
export function notSignedIn(fieldName: string): RolegateError {
  return new RolegateError(
    'UNAUTHENTICATED',
    `\`${fieldName}\` needs credentials: an access key (HTTP Basic), or a session token, a checker’s token or the operator token (Bearer)`,
  );
}
