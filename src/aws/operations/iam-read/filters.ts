import { isStorable } from '../../../directory/storable.ts';
import { type Arn, parseArn } from '../../../policy/arn.ts';
import { ValidationError } from '../../../session/errors.ts';
import { checkLength, quoted, violated } from '../../wire/read-input.ts';

const PATH_PREFIX = /^\/[\x21-\x7e]*$/;
const LONGEST_PATH = 512;

/** A `PathPrefix`; left out: `/`, with which all paths begin. Throws ValidationError. */
export function pathPrefixOf(given: string | undefined): string {
  if (given === undefined) return '/';
  checkLength(given, 'pathPrefix', LONGEST_PATH);
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

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html */
const LONGEST_ARN = 2048;

/** The parts of an ARN. Throws ValidationError for what is none, or could not be looked up. `place`: `policyArn`. */
export function arnOf(text: string, place: string): Arn {
  const arn = text.length <= LONGEST_ARN && isStorable(text) ? parseArn(text) : null;
  if (arn === null) throw invalidArn(text, place);
  return arn;
}

export function invalidArn(text: string, place: string): ValidationError {
  return new ValidationError(`ARN ${quoted(text)} is not valid.`, place);
}
