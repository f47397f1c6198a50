import { isStorable } from '../../../directory/storable.ts';
import { type Arn, parseArn } from '../../../policy/arn.ts';
import { ValidationError } from '../../../session/errors.ts';
import { quoted, violated } from '../../wire/read-input.ts';

const PATH_PREFIX = /^\/[\x21-\x7e]*$/;
const LONGEST_PATH = 512;

/** A `PathPrefix`; left out: `/`, with which all paths begin. Throws ValidationError. */
export function pathPrefixOf(given: string | undefined): string {
  if (given === undefined) return '/';
  if (given.length > LONGEST_PATH) {
    throw violated(quoted(given), 'pathPrefix', `Member must have length less than or equal to ${LONGEST_PATH}`);
  }
  if (PATH_PREFIX.test(given)) return given;
  const pattern = String.raw`Member must satisfy regular expression pattern: \u002F[\u0021-\u007F]*`;
  throw violated(quoted(given), 'pathPrefix', pattern);
}

/** One of the values of an enumeration. `place`: `scope`. Throws ValidationError for others. */
export function oneOf<Value extends string>(given: string, values: readonly Value[], place: string): Value {
  const value = values.find((each) => each === given);
  if (value !== undefined) return value;
  throw violated(quoted(given), place, `Member must satisfy enum value set: [${values.join(', ')}]`);
}

/** The parts of an ARN. Throws ValidationError for what is none, or could not be looked up. `place`: `policyArn`. */
export function arnOf(text: string, place: string): Arn {
  const arn = isStorable(text) ? parseArn(text) : null;
  if (arn === null) throw invalidArn(text, place);
  return arn;
}

export function invalidArn(text: string, place: string): ValidationError {
  return new ValidationError(`ARN ${quoted(text)} is not valid.`, place);
}
