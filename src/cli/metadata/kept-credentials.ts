import { setTimeout as delay } from 'node:timers/promises';
import type { RoleCredentials } from '../credentials/assume.ts';

const MINUTE = 60_000;
/**
 * How much time credentials that are given out have left. Clients ask for new ones up to 15 minutes before the end (botocore;
 * the SDK for JavaScript 5 minutes), and must then get others. Milliseconds.
 */
const LEFT = 20 * MINUTE;
/** Of a session that is shorter than half an hour. */
const LEFT_OF_SHORT = 2 / 3;
/** After a failure nothing is asked for a second, then for two, four … up to a minute. Milliseconds. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = MINUTE;
/** How long a client waits for new credentials while the old ones are still valid: its own patience may be a second. */
const PATIENCE = 500;

interface Kept {
  readonly credentials: RoleCredentials;
  readonly takenAt: number;
}

/** Credentials that are replaced in time. One attempt at a time, for all who wait. */
export class KeptCredentials {
  readonly #take: () => Promise<RoleCredentials>;
  readonly #failed: (error: unknown, kept: RoleCredentials | null) => void;
  readonly #clock: () => number;
  #kept: Kept;
  #taking: Promise<RoleCredentials> | null = null;
  #failures = 0;
  #pause: { readonly until: number; readonly error: unknown } | null = null;

  /** `failed` is told each failure, and the credentials that are valid nevertheless. */
  constructor(
    first: RoleCredentials,
    take: () => Promise<RoleCredentials>,
    failed: (error: unknown, kept: RoleCredentials | null) => void,
    clock: () => number = () => Date.now(),
  ) {
    this.#take = take;
    this.#failed = failed;
    this.#clock = clock;
    this.#kept = { credentials: first, takenAt: clock() };
  }

  /** Valid credentials, with time left unless new ones cannot be had. Throws the failure if there are none. */
  async get(): Promise<RoleCredentials> {
    const now = this.#clock();
    if (hasTime(this.#kept, now)) return this.#kept.credentials;
    const valid = this.#valid(now);
    if (this.#pause !== null && now < this.#pause.until) {
      if (valid !== null) return valid;
      throw this.#pause.error;
    }
    this.#taking ??= this.#renew().finally(() => {
      this.#taking = null;
    });
    if (valid === null) return this.#taking;
    const waiting = new AbortController();
    const tired = delay(PATIENCE, valid, { signal: waiting.signal }).catch(() => valid);
    try {
      return await Promise.race([this.#taking.catch(() => valid), tired]);
    } finally {
      waiting.abort();
    }
  }

  async #renew(): Promise<RoleCredentials> {
    try {
      const credentials = await this.#take();
      this.#kept = { credentials, takenAt: this.#clock() };
      this.#failures = 0;
      this.#pause = null;
      return credentials;
    } catch (error) {
      const now = this.#clock();
      const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#failures);
      this.#failures += 1;
      this.#pause = { until: now + pause, error };
      this.#failed(error, this.#valid(now));
      throw error;
    }
  }

  #valid(now: number): RoleCredentials | null {
    const { credentials } = this.#kept;
    return credentials.expiration > now ? credentials : null;
  }
}

function hasTime({ credentials, takenAt }: Kept, now: number): boolean {
  const lifetime = credentials.expiration - takenAt;
  return credentials.expiration - now > Math.min(LEFT, lifetime * LEFT_OF_SHORT);
}
