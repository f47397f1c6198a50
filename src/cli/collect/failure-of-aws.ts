import { plain } from '../plain.ts';

/** Why the `aws` command gave no answer. */
export interface AwsFailure {
  /**
   * `transient`: the same question may be answered later. `signIn`: no question will be answered before the user signs in
   * again. `unsupported`: this `aws` command does not know the operation. `unreachable`: the service has no endpoint in the
   * Region, or the network is down.
   */
  readonly kind: 'forbidden' | 'transient' | 'signIn' | 'unsupported' | 'unreachable' | 'other';
  /** AWS's own code, or one of ours for what is not AWS's. */
  readonly code: string;
  /** For people, without control characters. */
  readonly message: string;
}

const FORBIDDEN =
  /^(?:AccessDenied|AccessDeniedException|AccessDeniedForDependencyException|AuthorizationError|AuthorizationErrorException|Forbidden|NotAuthorized|UnauthorizedException|UnauthorizedOperation|403)$/;
const TRANSIENT =
  /^(?:Throttl\w*|RequestThrottl\w*|EC2ThrottledException|RequestLimitExceeded|TooManyRequests\w*|SlowDown|BandwidthLimitExceeded|ProvisionedThroughputExceededException|PriorRequestNotComplete|Internal(?:Error|Failure|ServerError|ServerException|ServiceError|ServiceException)|KMSInternalException|ServiceException|ServiceUnavailable\w*|ServerException|429|500|502|503|504)$/;
const EXPIRED = /^(?:ExpiredToken|ExpiredTokenException|RequestExpired|TokenRefreshRequired)$/;
/** Sentences of the AWS command line, which have no code. */
const SIGN_IN =
  /session (?:associated with this profile )?has expired|token has expired|token .{0,200}(?:does not exist|is expired)|error loading sso token|unable to locate credentials|partial credentials found|reauthenticate|config profile \(.{0,200}\) could not be found/i;
const UNSUPPORTED = /invalid choice|unknown options?:/i;
const UNREACHABLE = /could not connect to the endpoint url|failed to establish a new connection/i;
const BROKEN = /connection was closed|connect timeout|read timeout|connection reset|timed out/i;

/** Reads what the `aws` command wrote to standard error. */
export function failureOf(stderr: string, exitCode: number | null): AwsFailure {
  const message = sentenceOf(stderr) || `it ended with exit code ${exitCode ?? 'none'} and said nothing`;
  const code = /An error occurred \(([A-Za-z0-9._-]{1,100})\)/.exec(stderr)?.[1];
  if (code !== undefined) {
    // Some services put a namespace before the code: `AWS.SimpleQueueService.NonExistentQueue`.
    const last = code.slice(code.lastIndexOf('.') + 1);
    if (EXPIRED.test(last) || code === 'NoCredentials') return { kind: 'signIn', code, message };
    if (FORBIDDEN.test(last)) return { kind: 'forbidden', code, message };
    if (TRANSIENT.test(last)) return { kind: 'transient', code, message };
    return { kind: 'other', code, message };
  }
  if (SIGN_IN.test(stderr)) return { kind: 'signIn', code: 'NoCredentials', message };
  if (UNREACHABLE.test(stderr)) return { kind: 'unreachable', code: 'EndpointUnreachable', message };
  if (BROKEN.test(stderr)) return { kind: 'transient', code: 'ConnectionBroken', message };
  if (UNSUPPORTED.test(stderr)) return { kind: 'unsupported', code: 'UnknownToThisCommand', message };
  return { kind: 'other', code: 'CommandFailed', message };
}

/** The sentence in the output: usage texts come before it, `Additional error details` behind it. */
function sentenceOf(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const line = lines.find((text) => text.includes('An error occurred (')) ?? lines.find((text) => /error/i.test(text));
  return plain(line ?? lines.at(-1) ?? '');
}
