import { PothosValidationError } from '@pothos/core';
import { GraphQLError, type GraphQLErrorExtensions } from 'graphql';
import { RevisionNotReached } from '../directory/revision-not-reached.ts';
import { revisionText } from '../directory/revision-text.ts';
import { StoreUnavailable } from '../directory/store-unavailable.ts';
import { Throttled } from '../guard/throttled.ts';
import { RolegateError } from '../policy/errors.ts';
import { withEnumValues } from './enum-values.ts';
import { codeOf, type ErrorCode } from './errors.ts';
import { literalPlace } from './literal-place.ts';
import { throttledAnswer } from './throttled.ts';

const MASKED_MESSAGE = 'Unexpected error.';

/**
 * The error that a client sees. Our own errors keep their message and get the code of the table in errors.ts; so do errors
 * that graphql-js and Yoga raise about the client's own document. Everything else, errors of libraries included, becomes
 * "Unexpected error."; the original is kept as `originalError`, for the log.
 */
export function maskError(error: unknown): GraphQLError {
  const cause = rootOf(error);
  if (cause instanceof Throttled) return throttled(error, cause);
  if (cause instanceof StoreUnavailable) return unavailable(error, cause);
  if (cause instanceof RevisionNotReached) return behind(error, cause);
  if (cause instanceof RolegateError) {
    const code = codeOf(cause);
    return code === null ? masked(error) : told(error, cause.message, code, cause.field);
  }
  if (isGone(cause)) return told(error, 'it is no longer in the directory', 'NOT_FOUND', null);
  if (cause instanceof PothosValidationError) return told(error, cause.message, 'BAD_USER_INPUT', null);
  if (cause instanceof GraphQLError && isAboutDocument(error)) return withCode(error, cause);
  return masked(error);
}

/** The innermost of nested errors. */
function rootOf(error: unknown): unknown {
  let root = error;
  while (root instanceof GraphQLError && root.originalError !== undefined) root = root.originalError;
  return root;
}

/**
 * Whether the error was raised outside the resolvers: syntax, validation, coercion of variables and arguments, limits, HTTP.
 * Errors of resolvers have a path and an original.
 */
function isAboutDocument(error: unknown): error is GraphQLError {
  if (!(error instanceof GraphQLError)) return false;
  if (error.path === undefined) return true;
  const root = rootOf(error);
  return root instanceof GraphQLError && typeof root.extensions['code'] === 'string';
}

/** Longest message that is not shortened. Messages may repeat input of the client, and an answer can hold many of them. */
const MAX_MESSAGE = 500;

function shortened(message: string): string {
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message;
}

function withCode(error: GraphQLError, cause: GraphQLError): GraphQLError {
  const code = error.extensions['code'] ?? cause.extensions['code'] ?? 'BAD_USER_INPUT';
  const literal = error.path === undefined ? literalPlace(error) : null;
  if (literal !== null) {
    const message = shortened(withEnumValues(error.message));
    return rebuilt(error, message, { ...error.extensions, code, field: literal.field }, null, literal.path);
  }
  const field = placeOf(error, cause);
  // Without the faulty value, which the message contains in full, however long it is.
  const message = withEnumValues(field === null ? error.message : `\`${field}\`: ${cause.message}`);
  return rebuilt(error, shortened(message), { ...error.extensions, code, ...(field === null ? {} : { field }) }, null);
}

/**
 * The place of a faulty value in the variables. graphql-js puts it between the value and the reason:
 * `Variable "$requests" got invalid value "x" at "requests[3].principal"; ` followed by the reason. Of many values, it is without the value.
 */
function placeOf({ message }: GraphQLError, cause: GraphQLError): string | null {
  const variable = /^Variable "\$(\w+)" got (?:an )?invalid value /.exec(message)?.[1];
  if (variable === undefined || !message.endsWith(`; ${cause.message}`)) return null;
  const before = message.slice(0, -`; ${cause.message}`.length);
  return / at "([^"]+)"$/.exec(before)?.[1] ?? variable;
}

/** Yoga takes the status and the headers of the whole answer from `http`. */
function throttled(error: unknown, cause: Throttled): GraphQLError {
  const { status, code, message, extensions, headers } = throttledAnswer(cause);
  return rebuilt(error, message, { code, ...extensions, http: { status, headers: { ...headers } } }, null);
}

/** Whatever else of the operation was answered: it is to be sent again, and balancers and clients do so for this status. */
function unavailable(error: unknown, cause: StoreUnavailable): GraphQLError {
  const http = { status: 503, headers: { 'retry-after': '1' } };
  return rebuilt(error, cause.message, { code: cause.code, http }, null);
}

function behind(error: unknown, { message, code, field, atLeast, revision }: RevisionNotReached): GraphQLError {
  const both = { atLeast: revisionText(atLeast), revision: revisionText(revision) };
  return rebuilt(error, message, { code, field, ...both }, null);
}

function told(error: unknown, message: string, code: ErrorCode, field: string | null): GraphQLError {
  return rebuilt(error, shortened(message), { code, ...(field === null ? {} : { field }) }, null);
}

function masked(error: unknown): GraphQLError {
  return rebuilt(error, MASKED_MESSAGE, { code: 'INTERNAL_SERVER_ERROR' }, rootOf(error));
}

function rebuilt(
  error: unknown,
  message: string,
  extensions: GraphQLErrorExtensions,
  original: unknown,
  path: readonly string[] | null = null,
): GraphQLError {
  const at = error instanceof GraphQLError ? error : null;
  return new GraphQLError(message, {
    nodes: at?.nodes ?? null,
    source: at?.source ?? null,
    positions: at?.positions ?? null,
    path: at?.path ?? path,
    originalError: original instanceof Error ? original : null,
    extensions,
  });
}

/** Whether the error is about a row that was deleted after its ARN was read. */
function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'P2025';
}
