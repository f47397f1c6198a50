/**
 * The base of every error that the caller may see. `code` is stable, and AWS's own where AWS has one; the message
 * is safe to show: it names the field, the place of the value and the limit, and contains no secret.
 */
export class RolegateError extends Error {
  readonly code: string;
  /** The input that caused the error, as the client wrote it (`requests[3].action`); null: none did. */
  readonly field: string | null;

  constructor(
    code: string,
    message: string,
    options: { readonly field?: string | null; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.field = options.field ?? null;
  }
}

/** The request does not have the expected form: malformed, unknown, too many, too long. */
export class InvalidInput extends RolegateError {
  constructor(field: string, message: string, options: { readonly cause?: unknown } = {}) {
    super('BAD_USER_INPUT', message, { field, ...options });
  }
}
