import type { IndexedHolder, IndexedPrincipal } from '../../directory/principals/indexed-principals.ts';
import type { PolicyInPlace } from '../../evaluation/veil.ts';
import type { PrincipalRef } from '../../policy/principal-id.ts';
import { refOf } from './judge.ts';
import type { EscalationScope } from './paths.ts';

/** What may be told to whoever asks. Notes whether something was left out. */
export class Sight {
  readonly #scope: EscalationScope | null;
  readonly #known = new Map<string, boolean>();
  #withheld = false;

  constructor(scope: EscalationScope | null) {
    this.#scope = scope;
  }

  get withheld(): boolean {
    return this.#withheld;
  }

  /** Those that it may ask about. */
  async principals(list: readonly IndexedPrincipal[]): Promise<readonly IndexedPrincipal[]> {
    const scope = this.#scope;
    if (scope === null) return list;
    const within = new Set(scope.accounts);
    const fresh = list.filter(({ arn, accountId }) => !this.#known.has(arn) && within.has(accountId));
    const refs = fresh.map(({ arn }): PrincipalRef => refOf(arn));
    const seen = await scope.principals(refs);
    for (const [index, { arn }] of fresh.entries()) this.#known.set(arn, seen[index] === true);
    return list.filter(({ arn }) => this.#isSeen(arn));
  }

  async service(service: string): Promise<boolean> {
    return this.#once(service, (scope) => scope.principals([{ kind: 'service', service }]));
  }

  async policy(policy: PolicyInPlace): Promise<boolean> {
    return this.#once(`${policy.layer} ${policy.arn ?? policy.holder}`, (scope) => scope.policies([policy]));
  }

  /** A group with what it holds. */
  async group({ arn, inline, attached }: IndexedHolder): Promise<boolean> {
    return this.#once(arn, async (scope) => {
      const policies = attached.map((one): PolicyInPlace => ({ layer: 'IDENTITY_POLICY', arn: one.arn, holder: null }));
      const own: PolicyInPlace = { layer: 'IDENTITY_POLICY', arn: null, holder: arn };
      const readable = await scope.policies(inline.length === 0 ? policies : [...policies, own]);
      const [isReadable = false] = await scope.groups([arn]);
      return [isReadable && !readable.includes(false)];
    });
  }

  async #once(key: string, ask: (scope: EscalationScope) => Promise<readonly boolean[]>): Promise<boolean> {
    if (this.#scope === null) return true;
    if (!this.#known.has(key)) this.#known.set(key, (await ask(this.#scope))[0] === true);
    return this.#isSeen(key);
  }

  #isSeen(key: string): boolean {
    const isSeen = this.#known.get(key) === true;
    if (!isSeen) this.#withheld = true;
    return isSeen;
  }
}
