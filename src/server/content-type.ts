import type { IncomingMessage } from 'node:http';
import type { Refusal } from './graphql-error.ts';

export const MULTIPART = 'multipart/form-data';

/** Without its parameters, in lower case; empty: there is none. */
export function mediaTypeOf({ headers }: IncomingMessage): string {
  const type = headers['content-type'] ?? '';
  return type === 'application/json' ? type : (type.split(';')[0]?.trim().toLowerCase() ?? '');
}

export function isEncoded({ headers }: IncomingMessage): boolean {
  const encoding = headers['content-encoding'];
  return encoding !== undefined && encoding.toLowerCase() !== 'identity';
}

export const ENCODED: Refusal = {
  status: 415,
  code: 'BAD_REQUEST',
  message: 'the request body must not be compressed: leave out `content-encoding`',
};
