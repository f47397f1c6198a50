import type { Check, Verdict } from './types.ts';

/** The check was denied, or not decided: `verdict` says which. */
export class AccessDeniedError extends Error {
  readonly check: Check;
  readonly verdict: Verdict;
  /** The HTTP status that fits: 403; 503 where nothing was decided. */
  readonly status: 403 | 503;

  constructor(check: Check, verdict: Verdict) {
    super(verdict.reason);
    this.name = 'AccessDeniedError';
    this.check = check;
    this.verdict = verdict;
    this.status = verdict.failure === null ? 403 : 503;
  }
}
