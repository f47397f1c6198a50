import { InvalidInput } from '../policy/errors.ts';

/**
 * A value that a scalar accepted but could not read. The field that got the value reports it at its own path: a scalar that
 * throws would fail the whole request.
 */
export class Malformed {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

let made = 0;

/** How many malformed values were read so far: where none is added, all that was read between is well-formed. */
export function malformedSoFar(): number {
  return made;
}

/** One more: what was read before is part of what is read now. */
export function countMalformed(): void {
  made += 1;
}

/** Long lists in which nothing is malformed: nobody has to look through them again. */
const wellFormed = new WeakSet<object>();

export function keepWellFormed(list: readonly unknown[]): void {
  wellFormed.add(list);
}

/** Whether that is known of a list; false: it has to be looked through. */
export function isKnownWellFormed(list: readonly unknown[]): boolean {
  return wellFormed.has(list);
}

/** Takes the place of the value that a scalar reads. `checkArguments` and `eachOf` find it before a resolver uses it. */
export function malformed(reason: string): never {
  made += 1;
  return new Malformed(reason) as never; // as: stands for a value of any scalar
}

/** Whether no value within `value` is malformed. */
export function isWellFormed(value: unknown): boolean {
  return find(value, undefined) === null;
}

/** The first malformed value within `value`, which is at `place()`; null: none. `except` is not searched. */
export function faultIn(value: unknown, place: () => string, except?: unknown): InvalidInput | null {
  const fault = find(value, except);
  if (fault === null) return null;
  const field = `${place()}${fault.place}`.replace(/^\./, '');
  return new InvalidInput(field, `\`${field}\`: ${fault.reason}`);
}

interface Fault {
  /** Path from the searched value: `.resource`, `[3].resource`, or empty. */
  readonly place: string;
  readonly reason: string;
}

function find(value: unknown, except: unknown): Fault | null {
  if (typeof value !== 'object' || value === null || value === except) return null;
  if (value instanceof Malformed) return { place: '', reason: value.reason };
  if (Array.isArray(value)) {
    if (wellFormed.has(value)) return null;
    for (let index = 0; index < value.length; index += 1) {
      const fault = find(value[index], except);
      if (fault !== null) return { ...fault, place: `[${index}]${fault.place}` };
    }
    return null;
  }
  const fields = value as Readonly<Record<string, unknown>>; // as: an input object, or a value that a scalar has read
  for (const name in fields) {
    const fault = find(fields[name], except);
    if (fault !== null) return { ...fault, place: `.${name}${fault.place}` };
  }
  return null;
}
