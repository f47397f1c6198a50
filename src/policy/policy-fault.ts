/** A piece of a policy document that cannot be read. */
export interface PolicyFault {
  /** The fault, with its place: `Statement[0].Effect` must be `Allow` or `Deny`. */
  readonly message: string;
  /** How the piece is treated when the document is stored nevertheless; null: nothing depends on it. */
  readonly taken: string | null;
  /** Position of the statement, from 0; null: the fault is in the document as a whole. */
  readonly statement: number | null;
  /** Element of the statement or document that contains the fault; null: the whole statement. */
  readonly element: string | null;
}

/** Collects the faults of one statement. */
export class Faults {
  readonly list: PolicyFault[] = [];
  readonly #statement: number;
  readonly #allows: boolean;

  constructor(statement: number, allows: boolean) {
    this.#statement = statement;
    this.#allows = allows;
  }

  /** An entry of a list: in an Allow it matches nothing, in a Deny everything; the other entries count. */
  entry(element: string, message: string): void {
    this.#add(element, message, this.#allows ? 'it is taken to match nothing' : 'it is taken to match everything');
  }

  /** An entry of NotAction, NotResource or NotPrincipal. */
  exception(element: string, message: string): void {
    this.#add(
      element,
      message,
      this.#allows ? 'the statement is taken to allow nothing' : 'it is taken to exclude nothing',
    );
  }

  /** A restriction of the whole statement: an Allow does not apply, a Deny applies as if the restriction were met. */
  restriction(element: string | null, message: string): void {
    this.#add(
      element,
      message,
      this.#allows
        ? 'the statement is taken to allow nothing'
        : 'the statement is taken to deny as if this restriction were met',
    );
  }

  /** Nothing depends on it. */
  idle(element: string, message: string): void {
    this.#add(element, message, null);
  }

  #add(element: string | null, message: string, taken: string | null): void {
    this.list.push({ message, taken, statement: this.#statement, element });
  }
}

/** Faults of one policy that are listed individually. */
const NAMED = 5;

/** The unreadable pieces of a policy, and how they are treated. `what`: the policy. */
export function faultGaps(faults: readonly PolicyFault[], what: string): readonly string[] {
  const telling = faults.filter(({ taken }) => taken !== null);
  const named = telling
    .slice(0, NAMED)
    .map(({ message, taken }) => `${what} cannot be read as a whole: ${message}; ${taken}`);
  const more = telling.length - named.length;
  return more <= 0 ? named : [...named, `${what} cannot be read as a whole: ${more} more faults of this kind`];
}
