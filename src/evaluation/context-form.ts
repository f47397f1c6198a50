import { type ContextKey, NUMBERED_KEYS } from '../policy/context-key.ts';

/** Greatest number of names in one form: places are bytes. */
export const MAX_NAMES = 250;

const ABSENT = 254;
const NOT_LOOKED_UP = 255;

/**
 * The names of a context's keys, in their order, shared by all contexts with the same names: requests are of few forms. Where the
 * value of a key is, is found once for each form and key.
 */
export class ContextForm {
  // `declare`: without it each field is first defined as undefined.
  declare private placesRead: Uint8Array | null;
  /** In lower case. */
  declare readonly names: readonly string[];
  // Mostly one form follows: it needs no Map.
  declare private followsAs: string | null;
  declare private follows: ContextForm | null;
  declare private others: Map<string, ContextForm> | null;

  constructor(names: readonly string[]) {
    this.placesRead = null;
    this.names = names;
    this.followsAs = null;
    this.follows = null;
    this.others = null;
  }

  /** The place of a key's value; negative: it has none. */
  placeOf(key: ContextKey): number {
    const { number } = key;
    if (number < 0) return this.names.indexOf(key.name);
    this.placesRead ??= new Uint8Array(NUMBERED_KEYS).fill(NOT_LOOKED_UP);
    const known = this.placesRead[number] ?? NOT_LOOKED_UP;
    if (known < ABSENT) return known;
    if (known === ABSENT) return -1;
    const place = this.names.indexOf(key.name);
    this.placesRead[number] = place < 0 ? ABSENT : place;
    return place;
  }

  /** The form that follows with one more key, as it is written; null: the form has this key already. */
  with(written: string): ContextForm | null {
    if (this.followsAs === written) return this.follows;
    return this.others?.get(written) ?? this.add(written);
  }

  private add(written: string): ContextForm | null {
    const name = written.toLowerCase();
    if (this.names.includes(name)) return null;
    const form = new ContextForm([...this.names, name]);
    formCount += 1;
    if (this.followsAs === null) {
      this.followsAs = written;
      this.follows = form;
    } else {
      this.others ??= new Map();
      this.others.set(written, form);
    }
    return form;
  }
}

/** Forms that are remembered. Requests can name their keys as they like: from then on all are made anew. */
const MOST_FORMS = 4096;

let formCount = 0;
let empty = new ContextForm([]);

/** The form without names, from which all others follow. */
export function emptyForm(): ContextForm {
  if (formCount > MOST_FORMS) {
    formCount = 0;
    empty = new ContextForm([]);
  }
  return empty;
}
