import type { PrincipalFacts } from '../../evaluation/principal.ts';
import { sessionArn, sessionsOf } from '../../evaluation/principal-values.ts';
import { parseArn } from '../../policy/arn.ts';
import type { CompiledPolicy } from '../../policy/load.ts';
import type { NamedPrincipal } from '../../policy/principal-element.ts';
import type { IndexedPrincipal } from './indexed-principals.ts';

// A role can be assumed by nobody whom no Allow of its trust policy names: an identity policy alone never does.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-cross-account.html
// So who may assume what is looked for among the names of trust policies. They are texts: `*`, an account id, an ARN or unique
// id, a service, and the beginning of the ARNs of all sessions of a role.

/** Bytes of a name, of the place of a role under it, and of a trust policy. Measured. */
const NAME_BYTES = 200;
const EDGE_BYTES = 40;
const POLICY_BYTES = 300;

/** In front of names by which something else than an Allow can mean somebody. */
const BESIDE = '!';

/** The names by which a trust policy can mean somebody. Null: it is no policy document, and lets nobody in. */
function namesIn(policy: CompiledPolicy | null): readonly string[] {
  const names = new Set<string>();
  if (policy === null || policy.closed || policy.faults.length > 0) names.add(`${BESIDE}*`);
  for (const { allows, principal } of policy?.statements ?? []) {
    if (principal === null) continue;
    const mark = allows ? '' : BESIDE;
    if (principal.negated) {
      // With Allow it names nobody.
      if (!allows) names.add(`${BESIDE}*`);
      continue;
    }
    if (principal.everyone) names.add(`${mark}*`);
    for (const named of principal.named) for (const name of namesFor(named)) names.add(mark + name);
  }
  return [...names];
}

function namesFor(named: NamedPrincipal): readonly string[] {
  switch (named.kind) {
    case 'account':
      return [named.accountId];
    case 'arn': {
      const isSession = parseArn(named.arn)?.resource.startsWith('assumed-role/') === true;
      return isSession ? [named.arn, named.arn.slice(0, named.arn.lastIndexOf('/') + 1)] : [named.arn];
    }
    case 'uniqueId':
      return [named.id];
    case 'service':
      return [named.service];
    case 'federated':
      return [named.provider];
    case 'every':
      return ['*'];
    // Only S3's policies name these.
    case 'canonicalUser':
      return [];
    default:
      return named satisfies never;
  }
}

/** All names by which a trust policy can mean this caller. */
export function namesOfCaller(facts: PrincipalFacts): readonly string[] {
  switch (facts.kind) {
    case 'user':
      return ['*', facts.accountId, facts.arn, facts.id];
    case 'roleSession':
      return ['*', facts.accountId, facts.role.arn, facts.role.id, sessionArn(facts) ?? sessionsOf(facts.role)];
    case 'federatedUser':
      return ['*', facts.accountId, facts.arn, ...(facts.issuer === null ? [] : [facts.issuer.arn, facts.issuer.id])];
    case 'root':
      return ['*', facts.accountId];
    case 'service':
      return ['*', facts.service];
    case 'anonymous':
      return ['*', ...(facts.federatedProvider === undefined ? [] : [facts.federatedProvider])];
    default:
      return facts satisfies never;
  }
}

interface KeptTrust {
  readonly names: readonly string[];
  holders: number;
}

/** Whom trust policies name, and the roles that have them. */
export class TrustEdges {
  readonly #policies = new Map<string, KeptTrust>();
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
    this.#policies.set(hash, { names: namesIn(policy), holders: 0 });
    this.#weight += POLICY_BYTES;
  }

  /** A role with its trust policy, and the unique ids that the names in it were bound to. */
  put(role: IndexedPrincipal, hash: string, bindings: Readonly<Record<string, string>>): void {
    const trust = this.#policies.get(hash);
    if (trust === undefined) return;
    trust.holders += 1;
    const bound = trust.names.flatMap((name) => {
      const mark = name.startsWith(BESIDE) ? BESIDE : '';
      const id = bindings[name.slice(mark.length)];
      return id === undefined ? [] : [mark + id];
    });
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
    if (trust !== undefined) trust.holders -= 1;
  }

  /** Forgets the trust policies that no role has any more. A role that is put again is without its own for a moment. */
  dropUnheld(): void {
    for (const [hash, { holders }] of this.#policies) {
      if (holders > 0) continue;
      this.#policies.delete(hash);
      this.#weight -= POLICY_BYTES;
    }
  }

  /** The roles whose trust policy says anything of somebody with one of these names. */
  about(names: readonly string[]): ReadonlySet<IndexedPrincipal> {
    return this.under([...names, ...names.map((name) => BESIDE + name)]);
  }

  /** The roles of which an Allow of the trust policy names one of these. */
  under(names: readonly string[]): ReadonlySet<IndexedPrincipal> {
    const sets = names.flatMap((name) => this.#roles.get(name) ?? []);
    const [only] = sets;
    if (only !== undefined && sets.length === 1) return only;
    return new Set(sets.flatMap((roles) => [...roles]));
  }
}
