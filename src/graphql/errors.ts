import type { RolegateError } from '../policy/errors.ts';

/** The values of `extensions.code` of an error, in addition to those that GraphQL over HTTP defines. */
export type ErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'BAD_USER_INPUT'
  | 'CONFLICT'
  /** The gateway has not got to the revision that the answer must not be older than. */
  | 'REVISION_NOT_REACHED'
  | 'LIMIT_EXCEEDED'
  /** The request took longer than requests may. */
  | 'TIMED_OUT'
  | 'QUERY_TOO_COMPLEX'
  | 'DIRECTORY_UNAVAILABLE'
  | 'DIRECTORY_FULL'
  | 'DIRECTORY_DAMAGED'
  | 'DIRECTORY_FAILING'
  | 'INTERNAL_SERVER_ERROR'
  /** The gateway stops: what was going on ends, and can go on at another one, or when it is back. */
  | 'STOPPING'
  /** In addition to the errors of a list: `count` more of its entries could not be answered. */
  | 'MORE_ERRORS';

/** Codes of RolegateErrors, AWS's own included, to the codes that GraphQL clients see. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  UNAUTHENTICATED: 'UNAUTHENTICATED',
  InvalidClientTokenId: 'UNAUTHENTICATED',
  SignatureDoesNotMatch: 'UNAUTHENTICATED',
  ExpiredToken: 'UNAUTHENTICATED',
  IncompleteSignature: 'UNAUTHENTICATED',
  MissingAuthenticationToken: 'UNAUTHENTICATED',
  FORBIDDEN: 'FORBIDDEN',
  AccessDenied: 'FORBIDDEN',
  NOT_FOUND: 'NOT_FOUND',
  NoSuchEntity: 'NOT_FOUND',
  BAD_USER_INPUT: 'BAD_USER_INPUT',
  ValidationError: 'BAD_USER_INPUT',
  MalformedPolicyDocument: 'BAD_USER_INPUT',
  PackedPolicyTooLarge: 'BAD_USER_INPUT',
  InvalidIdentityToken: 'BAD_USER_INPUT',
  InvalidAuthenticationCode: 'BAD_USER_INPUT',
  CONFLICT: 'CONFLICT',
  REVISION_NOT_REACHED: 'REVISION_NOT_REACHED',
  EntityAlreadyExists: 'CONFLICT',
  DeleteConflict: 'CONFLICT',
  UnmodifiableEntity: 'CONFLICT',
  PolicyNotAttachable: 'CONFLICT',
  LIMIT_EXCEEDED: 'LIMIT_EXCEEDED',
  LimitExceeded: 'LIMIT_EXCEEDED',
  TIMED_OUT: 'TIMED_OUT',
  // Nobody reads it.
  CANCELLED: 'TIMED_OUT',
  QUERY_TOO_COMPLEX: 'QUERY_TOO_COMPLEX',
  STOPPING: 'STOPPING',
  DIRECTORY_UNAVAILABLE: 'DIRECTORY_UNAVAILABLE',
  DIRECTORY_FULL: 'DIRECTORY_FULL',
  DIRECTORY_DAMAGED: 'DIRECTORY_DAMAGED',
  DIRECTORY_FAILING: 'DIRECTORY_FAILING',
};

/** The code that clients see; null: the error is internal. */
export function codeOf(error: RolegateError): ErrorCode | null {
  return CODES[error.code] ?? null;
}
