import { ValidationError } from '../../session/errors.ts';

/**
 * The parameters of a request as a tree: `Tags.member.1.Key=a` is a value three levels below the root. Maps, not objects:
 * a parameter may have any name.
 */
export interface Parameter {
  /** Null: only parameters below it were sent. */
  value: string | null;
  readonly below: Map<string, Parameter>;
}

/** No shape is nested more deeply. */
const MAX_LEVELS = 12;
/** Characters of a name that an error repeats. */
const SHOWN = 100;

/**
 * Parses form data, or a query string. A `+` is a space, as clients of AWS write it. Throws ValidationError for a parameter
 * that is given twice, since two readers could read two different requests.
 */
export function parseParameters(...forms: readonly string[]): Parameter {
  const root = aParameter();
  for (const form of forms) {
    for (const [name, value] of new URLSearchParams(form)) set(root, name, value);
  }
  return root;
}

function aParameter(): Parameter {
  return { value: null, below: new Map() };
}

function set(root: Parameter, name: string, value: string): void {
  const path = name.split('.', MAX_LEVELS + 1);
  // Unknown parameters are ignored, as AWS does.
  if (path.length > MAX_LEVELS) return;
  let parameter = root;
  for (const part of path) {
    let next = parameter.below.get(part);
    if (next === undefined) {
      next = aParameter();
      parameter.below.set(part, next);
    }
    parameter = next;
  }
  if (parameter.value !== null) {
    throw new ValidationError(`The parameter ${name.slice(0, SHOWN)} is given more than once`, null);
  }
  parameter.value = value;
}

/** The value of a top-level parameter; null: it was not sent. */
export function parameterOf(parameters: Parameter, name: string): string | null {
  return parameters.below.get(name)?.value ?? null;
}
