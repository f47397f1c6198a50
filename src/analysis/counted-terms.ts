import { checkTermCount, MAX_TERMS } from './limits.ts';
import { isAnything, type Term, termKey } from './term.ts';

/** Terms of a union as they are found. Throws LIMIT_EXCEEDED as soon as there are too many different ones. */
export class CountedTerms {
  readonly all: Term[] = [];
  readonly #action: string;
  readonly #different = new Set<string>();
  #hasAll = false;

  constructor(action: string) {
    this.#action = action;
  }

  add(terms: readonly Term[]): void {
    for (const term of terms) {
      this.all.push(term);
      // One that holds every request makes the others superfluous.
      this.#hasAll ||= isAnything(term);
      // Up to there nothing needs to be looked at.
      if (this.#hasAll || this.all.length <= MAX_TERMS) continue;
      if (this.#different.size === 0) for (const one of this.all) this.#different.add(termKey(one));
      else this.#different.add(termKey(term));
      checkTermCount(this.#different.size, this.#action);
    }
  }
}
