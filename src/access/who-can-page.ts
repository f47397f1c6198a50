interface Keyed<T> {
  readonly arn: string;
  readonly entry: T;
}

/**
 * The part of a list after a given ARN, collected from entries in any order: users before roles, each in the order of
 * their ARNs. Memory holds at most twice as many entries as the part.
 */
export class PagePart<T> {
  readonly #after: string | null;
  readonly #limit: number;
  #kept: Keyed<T>[] = [];
  #total = 0;
  #before = 0;

  constructor({ after, limit }: { readonly after: string | null; readonly limit: number }) {
    this.#after = after;
    this.#limit = limit;
  }

  add(arn: string, entry: T): void {
    this.#total += 1;
    if (this.#after !== null && compareArns(arn, this.#after) <= 0) {
      this.#before += 1;
      return;
    }
    this.#kept.push({ arn, entry });
    if (this.#kept.length > 2 * this.#limit) this.#cut();
  }

  result(): { readonly total: number; readonly before: number; readonly entries: readonly T[] } {
    this.#cut();
    return { total: this.#total, before: this.#before, entries: this.#kept.map(({ entry }) => entry) };
  }

  #cut(): void {
    this.#kept = this.#kept.sort((a, b) => compareArns(a.arn, b.arn)).slice(0, this.#limit);
  }
}

/** Users before roles, then by the text of the ARN: databases have their own sort orders. */
export function compareArns(a: string, b: string): number {
  return Number(isRole(a)) - Number(isRole(b)) || (a < b ? -1 : a > b ? 1 : 0);
}

function isRole(arn: string): boolean {
  return arn.split(':', 6)[5]?.startsWith('role/') === true;
}
