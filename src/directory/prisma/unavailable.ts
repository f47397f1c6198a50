import { RolegateError } from '../../policy/errors.ts';
import { StoreUnavailable } from '../store-unavailable.ts';
import { saidIn, storageError, storageFailureOf } from './storage-failure.ts';

/** Codes of Node and of PostgreSQL (https://www.postgresql.org/docs/current/errcodes-appendix.html) for an unreachable server. */
const LOST = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'EPIPE',
  '53300',
  '57P01',
  '57P02',
  '57P03',
  // It has ended a statement, the wait for a lock, or a transaction that took too long: a database that hangs is as good as none.
  '55P03',
  '57014',
  '25P03',
  // Prisma's: not reachable, timed out, connection closed, no connection left in the pool.
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2037',
]);
const LOST_MESSAGE =
  /connection terminated|query read timeout|client has encountered a connection error|timeout exceeded when trying to connect|client was closed|cannot use a pool after calling end|pglite is clos|the database has ended|server has closed the connection|not queryable/i;

function isLost(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    const code = 'code' in each && typeof each.code === 'string' ? each.code : '';
    if (LOST.has(code) || code.startsWith('08') || LOST_MESSAGE.test(each.message)) return true;
    if (each instanceof AggregateError && each.errors.some(isLost)) return true;
  }
  for (const said of saidIn(error)) {
    if (LOST.has(said.code) || KINDS.has(said.kind)) return true;
  }
  return false;
}

/** Kinds of errors of Prisma's adapters. */
const KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections']);

/** Of the trigger that refuses credentials of a retired master key (migration master_keys). */
const RETIRED = 'RG001';

/**
 * `error` as callers get it: a StoreUnavailable if the database is unreachable or its storage fails (a later try can succeed),
 * InvalidClientTokenId if a credential was to be stored whose master key has been retired meanwhile.
 */
export function directoryError(error: unknown): unknown {
  if (error instanceof RolegateError) return error;
  if (error instanceof Error && 'code' in error && error.code === RETIRED) {
    const message = 'The security token included in the request is invalid.';
    return new RolegateError('InvalidClientTokenId', message, { cause: error });
  }
  const failure = storageFailureOf(error);
  if (failure !== null) return storageError(failure, error);
  if (!isLost(error)) return error;
  return new StoreUnavailable('DIRECTORY_UNAVAILABLE', "the directory's database does not answer", { cause: error });
}
