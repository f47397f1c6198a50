import type { BearerIndex } from '../bearers/bearer-index.ts';
import type { PolicyBearers } from '../bearers/policy-bearers.ts';
import { isRoleArn } from '../gather/wanted.ts';

/** Resources and roles of a revision with some changes. */
export class OverlayBearers {
  readonly #revision: bigint;
  readonly #touched: ReadonlySet<string>;
  readonly #changed: BearerIndex;
  #owners: { readonly shared: PolicyBearers['owners']; readonly all: PolicyBearers['owners'] } | null = null;

  /** `changed` holds those of the touched resources and roles that there are after the changes. */
  constructor(revision: bigint, touched: ReadonlySet<string>, changed: BearerIndex) {
    this.#revision = revision;
    this.#touched = touched;
    this.#changed = changed;
  }

  /** With those that the shared directory has now. */
  over(shared: PolicyBearers): PolicyBearers {
    const untouched = (arn: string): boolean => !this.#touched.has(arn);
    return {
      revision: this.#revision,
      owners: this.#ownersOver(shared.owners),
      concerning: (names) => {
        const asked = [...names];
        const changed = this.#changed.concerning(asked);
        const others = shared.concerning(asked).filter(untouched);
        // Terms are in the order of the policies that they come from.
        return changed.length === 0 ? others : [...others, ...changed].sort(inOrder);
      },
      inside: (arn) => {
        const inside = [...(shared.inside(arn) ?? []).filter(untouched), ...(this.#changed.inside(arn) ?? [])];
        return inside.length === 0 ? undefined : inside.sort();
      },
    };
  }

  #ownersOver(shared: PolicyBearers['owners']): PolicyBearers['owners'] {
    if (this.#owners?.shared === shared) return this.#owners.all;
    const all = new Map([...shared].filter(([arn]) => !this.#touched.has(arn)));
    for (const [arn, owner] of this.#changed.owners) all.set(arn, owner);
    this.#owners = { shared, all };
    return all;
  }
}

/** Resources before roles. */
function inOrder(a: string, b: string): number {
  return Number(isRoleArn(a)) - Number(isRoleArn(b)) || (a < b ? -1 : 1);
}
