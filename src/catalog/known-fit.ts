import type { CatalogAction } from './catalog-service.ts';
import { fittingHead } from './resource-fit.ts';

/** The action that was last found to be one that can be asked on a resource: most are asked about one again and again. */
export class KnownFit {
  /** What the names begin with for which it holds; null: it is for one resource. */
  readonly #within: string | null;
  #action: CatalogAction | null = null;

  constructor(within: string | null) {
    this.#within = within;
  }

  has(action: CatalogAction): boolean {
    return action === this.#action;
  }

  /** `action` can be asked on `arn`, which is one of them. */
  add(action: CatalogAction, arn: string): void {
    if (this.#within === null || isOfAll(fittingHead(action, arn), this.#within)) this.#action = action;
  }
}

/** Whether `head` says so of all names within. */
function isOfAll(head: string | null, within: string): boolean {
  return head !== null && within.startsWith(head);
}
