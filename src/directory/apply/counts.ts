import { isAccountId } from '../../policy/principal-id.ts';
import type { CountedKind, ImportCounts } from '../directory.ts';

export type Outcome = 'new' | 'changed' | 'unchanged' | 'gone';

/** What an entity that the document contains has become. */
export function outcomeOf(stored: unknown, changed: boolean): Outcome {
  if (stored === null) return 'new';
  return changed ? 'changed' : 'unchanged';
}

type Counts = Record<Outcome, number>;

/** Counts what becomes of entities while the plan is made. */
export class Counting {
  readonly #counts = new Map<string | null, Map<CountedKind, Counts>>();

  /** `owner`: the id of an account or organization; null: AWS. */
  add(owner: string | null, kind: CountedKind, outcome: Outcome, by = 1): void {
    let kinds = this.#counts.get(owner);
    if (kinds === undefined) {
      kinds = new Map();
      this.#counts.set(owner, kinds);
    }
    let counts = kinds.get(kind);
    if (counts === undefined) {
      counts = { new: 0, changed: 0, unchanged: 0, gone: 0 };
      kinds.set(kind, counts);
    }
    counts[outcome] += by;
  }

  get all(): readonly ImportCounts[] {
    return Array.from(this.#counts).flatMap(([owner, kinds]) => {
      const ofAccount = owner !== null && isAccountId(owner);
      const owners = { accountId: ofAccount ? owner : null, organizationId: ofAccount ? null : owner };
      return Array.from(kinds, ([kind, counts]) => ({ ...owners, kind, ...counts }));
    });
  }
}
