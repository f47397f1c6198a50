import type { PrincipalFacts } from '../../evaluation/principal.ts';
import { EVERYBODY, namesBoundIn, namesIn, namesOf } from '../../evaluation/principal-names.ts';
import type { CompiledPolicy } from '../../policy/load.ts';
import type { IndexedPrincipal } from './indexed-principals.ts';

// A role can be assumed by nobody whom no Allow of its trust policy names: an identity policy alone never does.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-cross-account.html
// So who may assume what is looked for among the names of trust policies, as with those of all policies of resources.

/** Bytes of a name, of the place of a role under it, and of a trust policy. Measured. */
const NAME_BYTES = 200;
const EDGE_BYTES = 40;
const POLICY_BYTES = 300;

/** The names of those whom an Allow of a trust policy can mean. Null: it is no policy document, and lets nobody in. */
function namesOfAllowed(policy: CompiledPolicy | null): readonly string[] {
  const names = new Set<string>();
  for (const statement of policy?.statements ?? []) {
    // With Allow, NotPrincipal names nobody.
    if (!statement.allows || statement.principal === null || statement.principal.negated) continue;
    for (const name of namesIn(statement, {}) ?? [EVERYBODY]) names.add(name);
  }
  return [...names];
}

interface KeptTrust {
  readonly names: readonly string[];
  holders: number;
}

/** Whom trust policies name, and the roles that have them. */
export class TrustEdges {
  readonly #policies = new Map<string, KeptTrust>();
  readonly #unheld = new Set<string>();
  readonly #roles = new Map<string, Set<IndexedPrincipal>>();
  readonly #held = new Map<IndexedPrincipal, { readonly hash: string; readonly names: readonly string[] }>();
  #weight = 0;

  /** Bytes. */
  get weight(): number {
    return this.#weight;
  }

  has(hash: string): boolean {
    return this.#policies.has(hash);
  }

  /** Null: it is no policy document, and lets nobody in. */
  learn(hash: string, policy: CompiledPolicy | null): void {
    if (this.#policies.has(hash)) return;
    this.#policies.set(hash, { names: namesOfAllowed(policy), holders: 0 });
    this.#unheld.add(hash);
    this.#weight += POLICY_BYTES;
  }

  /** A role with its trust policy, and the unique ids that the names in it were bound to. */
  put(role: IndexedPrincipal, hash: string, bindings: Readonly<Record<string, string>>): void {
    const trust = this.#policies.get(hash);
    if (trust === undefined) return;
    trust.holders += 1;
    this.#unheld.delete(hash);
    const bound = namesBoundIn(trust.names, bindings);
    const names = bound.length === 0 ? trust.names : [...trust.names, ...bound];
    this.#held.set(role, { hash, names });
    for (const name of names) {
      const roles = this.#roles.get(name) ?? new Set();
      if (roles.size === 0) this.#weight += NAME_BYTES + name.length;
      this.#roles.set(name, roles.add(role));
    }
    this.#weight += EDGE_BYTES * names.length;
  }

  remove(role: IndexedPrincipal): void {
    const held = this.#held.get(role);
    if (held === undefined) return;
    this.#held.delete(role);
    this.#weight -= EDGE_BYTES * held.names.length;
    for (const name of held.names) {
      const roles = this.#roles.get(name);
      if (roles?.delete(role) !== true || roles.size > 0) continue;
      this.#roles.delete(name);
      this.#weight -= NAME_BYTES + name.length;
    }
    const trust = this.#policies.get(held.hash);
    if (trust === undefined) return;
    trust.holders -= 1;
    if (trust.holders <= 0) this.#unheld.add(held.hash);
  }

  /** Forgets the trust policies that no role has any more. A role that is put again is without its own for a moment. */
  dropUnheld(): void {
    for (const hash of this.#unheld) if (this.#policies.delete(hash)) this.#weight -= POLICY_BYTES;
    this.#unheld.clear();
  }

  /** The roles of which an Allow of the trust policy can mean this caller. */
  trusting(caller: PrincipalFacts): ReadonlySet<IndexedPrincipal> {
    return this.under([EVERYBODY, ...namesOf(caller)]);
  }

  /** The roles of which an Allow of the trust policy has one of these names. */
  under(names: readonly string[]): ReadonlySet<IndexedPrincipal> {
    const sets = names.flatMap((name) => this.#roles.get(name) ?? []);
    const [only] = sets;
    if (only !== undefined && sets.length === 1) return only;
    return new Set(sets.flatMap((roles) => [...roles]));
  }
}
