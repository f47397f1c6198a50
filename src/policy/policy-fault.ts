/** A piece of a policy document that cannot be read. */
export interface PolicyFault {
  /** What is wrong, with its place: `Statement[0].Effect` must be `Allow` or `Deny`. */
  readonly message: string;
  /** What is made of it when the document is stored nevertheless; null: nothing hangs on it. */
  readonly taken: string | null;
  /** Position of the statement, from 0; null: it is of the document as a whole. */
  readonly statement: number | null;
  /** Element of the statement, or of the document, in which it lies; null: the whole statement is meant. */
  readonly element: string | null;
}

/** Collects what is wrong with one statement. */
export class Faults {
  readonly list: PolicyFault[] = [];
  readonly #statement: number;
  readonly #allows: boolean;

  constructor(statement: number, allows: boolean) {
    this.#statement = statement;
    this.#allows = allows;
  }

  /** An entry of a list: of an Allow it matches nothing, of a Deny everything; its neighbours count. */
  entry(element: string, message: string): void {
    this.#add(element, message, this.#allows ? 'it is taken to match nothing' : 'it is taken to match everything');
  }

  /** An entry of NotAction, NotResource or NotPrincipal. */
  exception(element: string, message: string): void {
    this.#add(
      element,
      message,
      this.#allows ? 'the statement is taken to allow nothing' : 'it is taken to except nothing',
    );
  }

  /** What restricts the statement as a whole: an Allow does not apply, a Deny does without regard to it. */
  restriction(element: string | null, message: string): void {
    this.#add(
      element,
      message,
      this.#allows ? 'the statement is taken to allow nothing' : 'the statement is taken to deny whatever that says',
    );
  }

  /** Nothing hangs on it. */
  idle(element: string, message: string): void {
    this.#add(element, message, null);
  }

  #add(element: string | null, message: string, taken: string | null): void {
    this.list.push({ message, taken, statement: this.#statement, element });
  }
}

/** Pieces of one policy that are named one by one. */
const NAMED = 5;

/** What of a policy cannot be read, and what is made of it. `what`: the policy. */
export function faultGaps(faults: readonly PolicyFault[], what: string): readonly string[] {
  const telling = faults.filter(({ taken }) => taken !== null);
  const named = telling
    .slice(0, NAMED)
    .map(({ message, taken }) => `${what} cannot be read as a whole: ${message}; ${taken}`);
  const more = telling.length - named.length;
  return more <= 0 ? named : [...named, `${what} cannot be read as a whole: ${more} more faults of this kind`];
}
