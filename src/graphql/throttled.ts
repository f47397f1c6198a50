import type { Throttled } from '../guard/throttled.ts';

/** The answer to a throttled attempt over HTTP. */
export interface ThrottledAnswer {
  readonly status: 429;
  readonly code: 'RATE_LIMITED';
  readonly message: string;
  readonly extensions: { readonly awsCode: string; readonly retryAfterSeconds: number };
  readonly headers: Readonly<Record<string, string>>;
}

/** The answer to a throttled attempt: 429, with the time to wait. */
export function throttledAnswer({ code, message, retryAfterSeconds }: Throttled): ThrottledAnswer {
  return {
    status: 429,
    code: 'RATE_LIMITED',
    message,
    extensions: { awsCode: code, retryAfterSeconds },
    headers: { 'retry-after': String(retryAfterSeconds) },
  };
}
