import { RolegateError } from '../../policy/errors.ts';

/** One of several changes cannot be made, so that none was. */
export class FailedChange extends RolegateError {
  /** Its place among the changes, from 0. */
  readonly index: number;
  readonly why: RolegateError;

  constructor(index: number, why: RolegateError) {
    super(why.code, why.message, { field: why.field, cause: why });
    this.index = index;
    this.why = why;
  }
}

/** Runs what belongs to the change at `index`: its RolegateErrors become FailedChange. */
export async function asOneOf<T>(index: number, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw error instanceof RolegateError ? new FailedChange(index, error) : error;
  }
}

/** Runs a change that is the only one: its failure is thrown as such. */
export async function asOnlyOne<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw error instanceof FailedChange ? error.why : error;
  }
}
