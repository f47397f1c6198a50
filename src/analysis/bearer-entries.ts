import type { AttachedPolicy } from '../evaluation/applicable-policies.ts';
import { isClosed } from '../evaluation/closed-policy.ts';
import type { Evaluation } from '../evaluation/evaluation.ts';
import { namedByGrant } from '../evaluation/grantee.ts';
import type { PolicyLayer } from '../evaluation/layer.ts';
import { AS_ACCOUNT, DIRECTLY, type Naming, NOT_NAMED } from '../evaluation/match-principal.ts';
import type { PreparedBucket } from '../evaluation/prepare.ts';
import { sameAccount } from '../evaluation/situation.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import type { Steps } from '../policy/steps.ts';
import { AlikeRoles } from './alike-roles.ts';
import { EVERYTHING_DENIED } from './denials.ts';
import { type Bearer, type Entry, type Governed, governedTerm, knownTerms, type Slot } from './entry.ts';
import { Settling } from './settle.ts';
import { intersectTerms, type Term } from './term.ts';

type Found = Omit<Entry, 'id'>;

/**
 * The statements of a resource's policy, of the bucket behind an access point, and of grants of a key, as far as they concern the
 * principal. `evaluation`: any action of the principal on the resource. Empty: the resource does not concern it.
 */
export function* bearerEntries(evaluation: Evaluation, governed: Governed): Steps<readonly Found[]> {
  const { facts, kind, grantPolicies, bucket, accountId } = evaluation.resource;
  if (facts.policy === null && grantPolicies.length === 0 && bucket === null) return [];
  const bearer: Bearer = {
    resource: evaluation.resource,
    governed,
    settling: new Settling(evaluation, accountId !== null),
  };
  const reading = new BearerReading(evaluation, bearer, governedTerm(governed));
  if (facts.policy !== null) {
    const isIdle = (naming: Naming): boolean => isIdleAllow(naming, evaluation);
    yield* reading.add(kind === 'role' ? 'TRUST_POLICY' : 'RESOURCE_POLICY', facts.policy, {
      naming: (statement) => evaluation.named(statement),
      slot: ({ allows }, naming) =>
        allows && isIdle(naming) ? null : { kind: allows ? 'grant' : 'resourceDeny', bearer, naming },
    });
  }
  for (const one of grantPolicies) {
    yield* reading.add('KMS_GRANT', one, {
      naming: (statement) => namedByGrant(evaluation, statement),
      slot: (_statement, naming) => (isIdleAllow(naming, evaluation) ? null : { kind: 'keyGrant', bearer, naming }),
    });
  }
  if (bucket !== null) yield* reading.addBucket(bucket);
  return reading.found;
}

/** An Allow without effect: services must be named, and an account grants nothing to its own principals. */
function isIdleAllow(naming: Naming, evaluation: Evaluation): boolean {
  if (isOutside(evaluation)) return naming !== DIRECTLY;
  return naming === AS_ACCOUNT && evaluation.resource.kind === 'other' && sameAccount(evaluation);
}

function isOutside({ principal: { caller } }: Evaluation): boolean {
  return caller === 'service' || caller === 'anonymous';
}

/** How the statements of a policy name the principal, and what part they have; null: none. */
interface Roles {
  naming(statement: CompiledStatement): Naming;
  slot(statement: CompiledStatement, naming: Naming): Slot | null;
}

/** Made when they are first used: by then all of the roles are known. */
function ofAll(roles: AlikeRoles, settled: readonly Term[], statement: CompiledStatement): Entry['terms'] {
  let terms: readonly Term[] | undefined;
  return function* () {
    terms ??= yield* roles.termsOf(settled, statement);
    return terms;
  };
}

class BearerReading {
  readonly found: Found[] = [];
  readonly #evaluation: Evaluation;
  readonly #bearer: Bearer;
  readonly #governed: () => Term;

  constructor(evaluation: Evaluation, bearer: Bearer, governed: () => Term) {
    this.#evaluation = evaluation;
    this.#bearer = bearer;
    this.#governed = governed;
  }

  *add(layer: PolicyLayer, attached: AttachedPolicy, roles: Roles): Steps<void> {
    if (isClosed(attached)) {
      const slot = roles.slot(EVERYTHING_DENIED, DIRECTLY);
      if (slot !== null) this.#everything(slot);
    }
    for (const statement of attached.policy.statements) {
      yield 1;
      const naming = roles.naming(statement);
      const slot = naming === NOT_NAMED ? null : roles.slot(statement, naming);
      if (slot === null) continue;
      const settled = yield* this.#bearer.settling.termsOf(layer, attached, statement);
      const { governed } = this.#bearer;
      if (governed instanceof AlikeRoles) {
        if (settled.length > 0)
          this.found.push({ slot, statement, place: { layer, attached }, terms: ofAll(governed, settled, statement) });
        continue;
      }
      const terms: Term[] = [];
      for (const term of settled) {
        const both = yield* intersectTerms(this.#governed(), term);
        if (both !== null) terms.push(both);
      }
      if (terms.length > 0)
        this.found.push({ slot, statement, place: { layer, attached }, terms: () => knownTerms(terms) });
    }
  }

  *addBucket({ policy, facts, control }: PreparedBucket): Steps<void> {
    const evaluation = this.#evaluation;
    const bearer = this.#bearer;
    if (policy !== null) {
      yield* this.add('UNDERLYING_BUCKET_POLICY', policy, {
        naming: (statement) => evaluation.namedBehind(statement),
        slot: ({ allows }, naming) => {
          if (allows && isOutside(evaluation) && naming !== DIRECTLY) return null;
          return { kind: allows ? 'bucketGrant' : 'bucketDeny', bearer, naming };
        },
      });
    }
    for (const attached of control.behind) {
      yield* this.add('RESOURCE_CONTROL_POLICY', attached, {
        naming: (statement) => evaluation.named(statement),
        slot: ({ allows }) => (allows ? null : { kind: 'bucketControlDeny', bearer }),
      });
    }
    // What the policies of the caller allow on an access point of its account is not enough for a bucket of another one.
    const isForeign = facts.accountId !== evaluation.resource.accountId && sameAccount(evaluation);
    if (isForeign) this.#everything({ kind: 'foreignBucket', bearer });
  }

  #everything(slot: Slot): void {
    this.found.push({ slot, statement: EVERYTHING_DENIED, place: null, terms: () => knownTerms([this.#governed()]) });
  }
}
