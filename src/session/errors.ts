import type { Answer } from '../access/question.ts';
import { RolegateError } from '../policy/errors.ts';

/** AWS's codes for credentials that are not accepted. https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html */
export type AuthenticationCode =
  | 'InvalidClientTokenId'
  | 'SignatureDoesNotMatch'
  | 'ExpiredToken'
  | 'IncompleteSignature'
  | 'MissingAuthenticationToken';

const AUTHENTICATION_MESSAGES: Readonly<Record<AuthenticationCode, string>> = {
  InvalidClientTokenId: 'The security token included in the request is invalid.',
  // AWS's code; its message is about signatures, which nobody made here: the secret itself is sent.
  SignatureDoesNotMatch: 'The secret access key is not that of the access key: check it.',
  ExpiredToken: 'The security token included in the request is expired',
  IncompleteSignature:
    'the Authorization header has to be `Basic` with base64 of `accessKeyId:secretAccessKey`, or `Bearer` with a session token, the token of a checker or the operator token',
  MissingAuthenticationToken: 'Request is missing Authentication Token',
};

/**
 * The caller did not prove its identity, or gave no credentials. What was sent is never repeated: the code fixes the
 * message, unless a door has one of its own.
 */
export class AuthenticationError extends RolegateError {
  declare readonly code: AuthenticationCode;

  constructor(code: AuthenticationCode, options: { readonly cause?: unknown; readonly message?: string } = {}) {
    super(code, options.message ?? AUTHENTICATION_MESSAGES[code], options);
  }
}

/** The caller is not allowed to do what it asks. */
export class AccessDenied extends RolegateError {
  /** The decision behind it; null where none was made. */
  readonly answer: Answer | null;

  constructor(message: string, answer: Answer | null = null) {
    super('AccessDenied', message);
    this.answer = answer;
  }
}

/** The caller did not prove possession of its MFA device. No decision was made. */
export class MultiFactorAuthenticationFailed extends AccessDenied {
  /** `why`: continues AWS's sentence. */
  constructor(why: string) {
    super(`MultiFactorAuthentication failed${why}`);
  }
}

/** A parameter of the call is out of its limits. */
export class ValidationError extends RolegateError {
  constructor(message: string, field: string | null) {
    super('ValidationError', message, { field });
  }
}
