import { InvalidInput } from '../policy/errors.ts';

/**
 * A value that a scalar took and could not read. It is told by the field that the value was given to, at that field's path:
 * a scalar that throws costs the whole request.
 */
export class Malformed {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** Stands in the place of what a scalar reads. `checkArguments` and `eachOf` look for it before a resolver takes it for that. */
export function malformed(reason: string): never {
  return new Malformed(reason) as never; // as: of whatever type the scalar has
}

/** The first malformed value within `value`, which stands at `place`; null: there is none. `except` is not looked at. */
export function faultIn(value: unknown, place: string, except?: unknown): InvalidInput | null {
  const fault = find(value, except);
  if (fault === null) return null;
  const field = `${place}${fault.place}`.replace(/^\./, '');
  return new InvalidInput(field, `\`${field}\`: ${fault.reason}`);
}

interface Fault {
  /** Behind the value that was looked at: `.resource`, `[3].resource`, or nothing. */
  readonly place: string;
  readonly reason: string;
}

function find(value: unknown, except: unknown): Fault | null {
  if (typeof value !== 'object' || value === null || value === except) return null;
  if (value instanceof Malformed) return { place: '', reason: value.reason };
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const fault = find(value[index], except);
      if (fault !== null) return { ...fault, place: `[${index}]${fault.place}` };
    }
    return null;
  }
  const fields = value as Readonly<Record<string, unknown>>; // as: an input object, or what a scalar has read
  for (const name in fields) {
    const fault = find(fields[name], except);
    if (fault !== null) return { ...fault, place: `.${name}${fault.place}` };
  }
  return null;
}
