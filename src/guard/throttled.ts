import { RolegateError } from '../policy/errors.ts';

/** Too many wrong attempts: this one was not looked at. AWS's code and message. */
export class Throttled extends RolegateError {
  /** When it may be tried again. */
  readonly retryAfterSeconds: number;

  /** `pause`: milliseconds. */
  constructor(pause: number) {
    const seconds = Math.ceil(pause / 1000);
    super('Throttling', `Rate exceeded: too many attempts with wrong credentials; try again in ${seconds} s`);
    this.retryAfterSeconds = seconds;
  }
}
