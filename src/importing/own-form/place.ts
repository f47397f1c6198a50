import type { JsonValue } from '../../policy/json.ts';
import { nearest } from '../../policy/spelling.ts';
import { describeJson, shorten } from '../bounded-json.ts';

/** Where a value stands in its document: `roles[0].tags.team`. Made for every value, and written out only where one is wrong. */
export class Place {
  readonly #outer: Place | null;
  readonly #step: string | number;
  /** Told of what can be stored and not be understood. */
  readonly warn: (place: Place, message: string) => void;

  constructor(warn: Place['warn'], outer: Place | null = null, step: string | number = '') {
    this.warn = warn;
    this.#outer = outer;
    this.#step = step;
  }

  member(name: string): Place {
    return new Place(this.warn, this, name);
  }

  item(index: number): Place {
    return new Place(this.warn, this, index);
  }

  toString(): string {
    const outer = this.#outer?.toString() ?? '';
    if (typeof this.#step === 'number') return `${outer}[${this.#step}]`;
    return outer === '' ? shorten(this.#step) : `${outer}.${shorten(this.#step)}`;
  }
}

/** A value that does not have the form. */
export class Misfit extends Error {
  constructor(place: Place, message: string) {
    const path = place.toString();
    super(path === '' ? message : `${path}: ${message}`);
  }

  static value(place: Place, expected: string, found: JsonValue): Misfit {
    return new Misfit(place, `expected ${expected}, found ${describeJson(found)}`);
  }

  static unknownMember(place: Place, name: string, known: readonly string[]): Misfit {
    const meant = nearest(name, known);
    const hint = meant === null ? `there are ${known.join(', ')}` : `did you mean \`${meant}\`?`;
    return new Misfit(place, `there is no member \`${shorten(name)}\`: ${hint}`);
  }
}
