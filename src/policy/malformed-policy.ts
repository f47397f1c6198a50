import { RolegateError } from './errors.ts';

/** A policy document that cannot be understood: not JSON, an unknown element, a value of the wrong type. */
export class MalformedPolicy extends RolegateError {
  constructor(message: string, options: { readonly field?: string | null; readonly cause?: unknown } = {}) {
    super('MalformedPolicyDocument', message, options);
  }
}
