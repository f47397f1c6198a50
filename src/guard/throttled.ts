import { RolegateError } from '../policy/errors.ts';

/** Too many wrong attempts: this one was not checked. AWS's code and message. */
export class Throttled extends RolegateError {
  /** Seconds until the next attempt is possible. */
  readonly retryAfterSeconds: number;

  /** `pause`: milliseconds. */
  constructor(pause: number) {
    const seconds = Math.ceil(pause / 1000);
    super('Throttling', `Rate exceeded: too many attempts with wrong credentials; try again in ${seconds} s`);
    this.retryAfterSeconds = seconds;
  }
}
