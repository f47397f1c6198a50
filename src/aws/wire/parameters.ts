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

/** Names and values, decoded. */
export type Pairs = readonly (readonly [name: string, value: string])[];

/** No shape is nested more deeply. */
const MAX_LEVELS = 12;
/** As many as a field of GraphQL takes questions. Trees of the largest bodies would otherwise cost more than all checks before. */
const MAX_PARAMETERS = 10_000;
/** Characters of a name that an error repeats. */
const SHOWN = 100;

/** Names and values of form data. A `+` is a space, as clients of AWS write it. Throws ValidationError for too many. */
export function formPairs(form: string): Pairs {
  let count = 1;
  for (let at = form.indexOf('&'); at !== -1; at = form.indexOf('&', at + 1)) count += 1;
  if (count > MAX_PARAMETERS) {
    throw new ValidationError(`The request has more than ${MAX_PARAMETERS} parameters`, null);
  }
  return [...new URLSearchParams(form)];
}

/** The tree of all pairs. Throws ValidationError for a parameter that is given twice: two readers could read two requests. */
export function parametersOf(...lists: readonly Pairs[]): Parameter {
  const root = aParameter();
  for (const pairs of lists) {
    for (const [name, value] of pairs) set(root, name, value);
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
