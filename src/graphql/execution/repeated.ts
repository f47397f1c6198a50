/**
 * An object of an answer that stands in many places of it, as it is among a thousand decisions: its text is made once. Whoever does not
 * know it writes the same from its value.
 */
export class Repeated {
  readonly #value: object;
  /** As JSON.stringify writes it. */
  readonly text: string;

  constructor(value: object) {
    this.#value = value;
    this.text = JSON.stringify(value);
  }

  toJSON(): object {
    return this.#value;
  }
}

/** Whether an item is one object for all places where its fields have the same values, whatever the place. */
export type IsShared = (item: object) => boolean;

/** Extensions of an object type of which some items are shared. */
export function sharedItems(isShared: IsShared): Readonly<Record<string, unknown>> {
  return { isShared };
}
