import { RolegateError } from '../policy/errors.ts';

/** Too many wrong attempts, or too many requests: this one was not looked at. AWS's code and the beginning of its message. */
export class Throttled extends RolegateError {
  /** Seconds until the next attempt is possible. */
  readonly retryAfterSeconds: number;

  /** `pause`: milliseconds. `reason`: why, without a full stop. */
  constructor(pause: number, reason = 'too many attempts with wrong credentials') {
    const seconds = Math.ceil(pause / 1000);
    super('Throttling', `Rate exceeded: ${reason}; try again in ${seconds} s`);
    this.retryAfterSeconds = seconds;
  }
}
