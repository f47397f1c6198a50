import type { AttachedPolicy } from '../evaluation/applicable-policies.ts';
import { StatementInPolicy } from '../evaluation/matched-statement.ts';
import type { PreparedResource } from '../evaluation/prepare.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import type { Steps } from '../policy/steps.ts';
import type { Governed } from './entry.ts';
import { resourceGlob } from './resource-set.ts';
import { ANYTHING, intersectTerms, type Term } from './term.ts';

/**
 * Roles of one account with the same trust document. Whatever a principal may do to one of them by that document it may do to all, so
 * that together they are one term for each statement. Their tags make no difference: what depends on tags stays a condition.
 */
export class AlikeRoles implements Governed {
  readonly resources: string[] = [];
  readonly notResources: readonly string[] = [];
  readonly #policies: AttachedPolicy[] = [];
  /** Whether the document concerns the principal. */
  concerns = false;

  add({ resources }: Governed, policy: AttachedPolicy): void {
    for (const one of resources) this.resources.push(one);
    this.#policies.push(policy);
  }

  /** A statement of the document as it stands at each of them. `settled`: what it says of one of them. */
  *termsOf(settled: readonly Term[], statement: CompiledStatement): Steps<readonly Term[]> {
    const all: Term = { ...ANYTHING, resources: [this.resources.map(resourceGlob)] };
    const statements = this.#policies.map((one) => new StatementInPolicy('TRUST_POLICY', one, statement));
    const terms: Term[] = [];
    for (const term of settled) {
      const both = yield* intersectTerms(all, { ...term, statements });
      if (both !== null) terms.push(both);
    }
    return terms;
  }
}

/** Equal for roles that are alike; null: it is no role, or not like another one. */
export function likenessOfRole(
  { kind, accountId, facts: { policy, policyBindings } }: PreparedResource,
  { notResources }: Governed,
): string | null {
  const text = policy?.policy.source.text ?? null;
  if (kind !== 'role' || text === null || policy?.policy.closed === true || notResources.length > 0) return null;
  return `${accountId ?? ''} ${JSON.stringify(policyBindings)} ${text}`;
}
