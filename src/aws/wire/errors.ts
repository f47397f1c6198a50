import { Throttled } from '../../guard/throttled.ts';
import { RolegateError } from '../../policy/errors.ts';
import { AuthenticationError } from '../../session/errors.ts';
import { namespaceOf, SERVICES, type ServiceName } from './shapes.ts';
import { element, xmlText } from './xml.ts';

/** An error as AWS's clients read it. */
export interface AwsError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Left out: none. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The caller asks for what this address does not serve: InvalidAction, MissingAction, NotImplemented, MethodNotAllowed … */
export class NotServed extends RolegateError {}

/** Statuses of errors that the models of the services do not have. https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html */
const COMMON: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  ExpiredToken: 403,
  IncompleteSignature: 400,
  InternalFailure: 500,
  InvalidAction: 400,
  InvalidClientTokenId: 403,
  MethodNotAllowed: 405,
  MissingAction: 400,
  MissingAuthenticationToken: 403,
  NotImplemented: 501,
  RequestEntityTooLarge: 413,
  ServiceUnavailable: 503,
  SignatureDoesNotMatch: 403,
  Throttling: 400,
  UnsupportedMediaType: 415,
  ValidationError: 400,
};

/** The gateway's codes that AWS calls otherwise. */
const AWS_CODES: Readonly<Record<string, string>> = {
  BAD_USER_INPUT: 'ValidationError',
  CONFLICT: 'ConcurrentModification',
  DIRECTORY_DAMAGED: 'ServiceUnavailable',
  DIRECTORY_FAILING: 'ServiceUnavailable',
  DIRECTORY_FULL: 'ServiceUnavailable',
  DIRECTORY_UNAVAILABLE: 'ServiceUnavailable',
  FORBIDDEN: 'AccessDenied',
  LIMIT_EXCEEDED: 'LimitExceeded',
  NOT_FOUND: 'NoSuchEntity',
  // AWS's clients send a request again that is answered so.
  TIMED_OUT: 'ServiceUnavailable',
};

/** An error that the caller may see; null: an unexpected one. */
export function awsErrorOf(service: ServiceName, error: unknown): AwsError | null {
  if (error instanceof Throttled) {
    const headers = { 'retry-after': String(error.retryAfterSeconds) };
    return { status: 400, code: 'Throttling', message: 'Rate exceeded', headers };
  }
  if (!(error instanceof RolegateError)) return null;
  // A web identity that has expired has another code than the caller's own credentials.
  const isWebIdentity = error.code === 'ExpiredToken' && !(error instanceof AuthenticationError);
  const code = isWebIdentity ? 'ExpiredTokenException' : (AWS_CODES[error.code] ?? error.code);
  const status = COMMON[code] ?? SERVICES[service].errors[code] ?? SERVICES.iam.errors[code];
  return status === undefined ? null : { status, code, message: error.message, ...headersOf(status) };
}

function headersOf(status: number): Pick<AwsError, 'headers'> {
  if (status === 503) return { headers: { 'retry-after': '1' } };
  return status === 405 ? { headers: { allow: 'GET, POST' } } : {};
}

export const UNEXPECTED: AwsError = {
  status: 500,
  code: 'InternalFailure',
  message: 'The request processing has failed because of an unexpected error.',
};

export function errorXml(service: ServiceName, { status, code, message }: AwsError, requestId: string): string {
  const type = element('Type', status >= 500 ? 'Receiver' : 'Sender');
  const error = element('Error', `${type}${element('Code', xmlText(code))}${element('Message', xmlText(message))}`);
  const id = element('RequestId', xmlText(requestId));
  return element('ErrorResponse', `${error}${id}`, ` xmlns="${namespaceOf(service)}"`);
}

/** As `errorXml`, for clients that ask for JSON. */
export function errorJson({ status, code, message }: AwsError, requestId: string): string {
  const told = { Type: status >= 500 ? 'Receiver' : 'Sender', Code: code, Message: message };
  return JSON.stringify({ Error: told, RequestId: requestId });
}
