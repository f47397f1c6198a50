import type { Condition } from '../policy/condition.ts';
import { type ContextKey, type ContextReader, NEW_SESSION_NAME, SESSION_NAME } from '../policy/context-key.ts';
import type { CompiledPolicy } from '../policy/load.ts';
import type { ResourceElement } from '../policy/resource-pattern.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import { templateKeys } from '../policy/variable.ts';
import type { AttachedPolicy } from './applicable-policies.ts';
import { Evaluation } from './evaluation.ts';
import type { PolicyLayer } from './layer.ts';
import { PolicyReading } from './policy-reading.ts';
import type { PreparedPrincipal } from './prepare.ts';
import type { Tags } from './principal.ts';
import { principalTags } from './principal-values.ts';
import type { RequestContext } from './request.ts';
import { holdsUnsaid, unsaidBy } from './unsaid.ts';
import { withFacts } from './with-facts.ts';

/** A policy where it is attached, by what says who may read it. */
export interface PolicyInPlace {
  readonly layer: PolicyLayer;
  readonly arn: string | null;
  readonly holder: string | null;
}

/** What the session that calls passes on to the sessions of roles that it assumes. */
export interface PassedOn {
  readonly tags: Tags;
  readonly sourceIdentity: string | null;
}

/** The layers of policies that belong to whoever calls. */
const OWN_LAYERS: ReadonlySet<PolicyLayer> = new Set(['IDENTITY_POLICY', 'PERMISSIONS_BOUNDARY', 'SESSION_POLICY']);

export function isOwnLayer(layer: PolicyLayer): boolean {
  return OWN_LAYERS.has(layer);
}

function placeOf({ arn, holder }: AttachedPolicy, layer: PolicyLayer): PolicyInPlace {
  return { layer, arn, holder: holder ?? null };
}

/** Keys that follow from a session that a question supposes: its tags, its name, its source identity. */
const OF_SESSION: ReadonlySet<string> = new Set(['aws:sourceidentity', 'aws:userid']);

/**
 * What hides from a caller the policies of others that it may not read, where it asks about itself: whatever the question gives
 * does not count for their statements, unless the call that asks has it itself. Otherwise a question that may be asked ten thousand
 * times would find any value of a condition. Missing keys are decided as always, so that the answer is one that some policy could
 * give; the keys are none that the answer names.
 *
 * In closed forms such conditions are settled, and not shown: they would say the value outright.
 */
export class Veil {
  readonly #own: Hiding;
  readonly #others: Hiding;

  /**
   * `had`: the condition keys that the call itself has. `passedOn`: what its session passes on to sessions of roles that it assumes. `isReadable`: whether the caller may read a policy; it is asked of those
   * alone that depend on what a question gives.
   */
  constructor(had: RequestContext, passedOn: PassedOn | null, isReadable: (policy: PolicyInPlace) => boolean) {
    this.#own = new Hiding(had, null, (policy) => isOwnLayer(policy.layer) || isReadable(policy));
    this.#others = new Hiding(had, passedOn, isReadable);
  }

  /** The policies for what the caller asks as itself: its own are not hidden. */
  get asItself(): PolicyReading {
    return this.#own;
  }

  /** The policies for what it asks as a session of a role that it supposes: those of the role are somebody else's. */
  get inRole(): PolicyReading {
    return this.#others;
  }
}

/** Replaces the conditions of hidden policies by conditions on the same keys of the call itself. */
class Hiding extends PolicyReading {
  readonly #had: RequestContext;
  readonly #isReadable: (policy: PolicyInPlace) => boolean;
  /** What a session that the question supposes has whatever the question says of it; null: the caller is none, or all of it counts. */
  readonly #passedOn: PassedOn | null;
  readonly #contexts = new WeakMap<RequestContext, RequestContext>();

  constructor(had: RequestContext, passedOn: PassedOn | null, isReadable: (policy: PolicyInPlace) => boolean) {
    super();
    this.#had = had;
    this.#isReadable = isReadable;
    this.#passedOn = passedOn;
  }

  protected read(attached: AttachedPolicy, layer: PolicyLayer): CompiledPolicy {
    const { policy } = attached;
    const statements = policy.statements.map((one) => this.#statement(one));
    const isSame = statements.every((one, index) => one === policy.statements[index]);
    return isSame || this.#isReadable(placeOf(attached, layer)) ? policy : { ...policy, statements };
  }

  #statement(statement: CompiledStatement): CompiledStatement {
    const conditions = statement.conditions.map((one) => this.#condition(one, statement));
    const resources = this.#resources(statement.resources);
    const principal = this.#principal(statement);
    const isSame = conditions.every((one, index) => one === statement.conditions[index]);
    if (isSame && resources === statement.resources && principal === statement.principal) return statement;
    return { ...statement, conditions, resources, principal };
  }

  #condition(condition: Condition, statement: CompiledStatement): Condition {
    const given = condition.keys.filter((key) => this.#canBeGiven(key));
    if (given.length === 0) return condition;
    const holds = (reader: ContextReader): boolean => this.#holds(condition, statement, reader);
    const followsFromResource = condition.keys.some(isOfResource);
    if (followsFromResource && given.some(isOfCall)) {
      // Both what is given and a resource that a closed form does not name: the worst case.
      return { ...condition, keys: NO_KEYS, unsaid: 0, holds: () => !statement.allows };
    }
    // Keys of the call are settled: nothing that is given later changes them.
    return { ...condition, keys: followsFromResource ? condition.keys : NO_KEYS, holds };
  }

  #holds(condition: Condition, statement: CompiledStatement, reader: ContextReader): boolean {
    if (!(reader instanceof Evaluation)) {
      return condition.holds({ value: (key) => (isOfCall(key) ? this.#had.get(key.name) : reader.value(key)) });
    }
    const { principal, resource, request } = reader;
    const context = this.#contextOf(request.context);
    const had = reader.supposing(this.#asCalled(principal), resource, { ...request, context });
    const unsaid = condition.unsaid & unsaidBy(had) & (SESSION_NAME | NEW_SESSION_NAME);
    if (unsaid === 0) return condition.holds(had);
    return holdsUnsaid(had, { statement }, unsaid, (said) => condition.holds(said));
  }

  /** Of a given context the keys that the call has, with its values. */
  #contextOf(given: RequestContext): RequestContext {
    const known = this.#contexts.get(given);
    if (known !== undefined) return known;
    const context = new Map([...this.#had].filter(([name]) => given.has(name)));
    this.#contexts.set(given, context);
    return context;
  }

  /** A supposed session without what the question says of it. */
  #asCalled(principal: PreparedPrincipal): PreparedPrincipal {
    if (this.#passedOn === null || principal.facts.kind !== 'roleSession') return principal;
    const facts = { ...principal.facts, sessionName: null, ...this.#passedOn };
    return { ...withFacts(principal, facts), tags: principalTags(facts) };
  }

  #resources(resources: ResourceElement | null): ResourceElement | null {
    if (resources === null) return null;
    // As for a key that is missing: such an entry matches nothing.
    const patterns = resources.patterns.filter(
      ({ template }) => template === null || !templateKeys(template).some((key) => this.#canBeGiven(key)),
    );
    return patterns.length === resources.patterns.length ? resources : { ...resources, patterns };
  }

  /** Names of sessions are given with a supposed session. */
  #principal({ principal, allows }: CompiledStatement): CompiledStatement['principal'] {
    if (this.#passedOn === null || !allows || principal === null || principal.negated) return principal;
    const named = principal.named.filter((one) => one.kind !== 'arn' || !one.arn.includes(':assumed-role/'));
    return named.length === principal.named.length ? principal : { ...principal, named };
  }

  /** Whether a question can give the value of a key. */
  #canBeGiven(key: ContextKey): boolean {
    if (isOfCall(key) || isOfResource(key)) return true;
    return this.#passedOn !== null && (OF_SESSION.has(key.name) || (key.owner === 'principal' && key.tag !== null));
  }
}

const NO_KEYS: readonly ContextKey[] = [];

/** Assumed for every call alike, whatever its resource is. */
const SETTLED: ReadonlySet<string> = new Set(['aws:securetransport', 'aws:viaawsservice']);

/** A key that only the call can give. */
function isOfCall({ owner, name }: ContextKey): boolean {
  return owner === 'request' || owner === 'mfa' || (owner === 'assumed' && SETTLED.has(name));
}

/** A key that follows from the resource or the action, and is given where it does not. */
function isOfResource(key: ContextKey): boolean {
  const { owner } = key;
  return owner === 'resource' || owner === 'call' || (owner === 'assumed' && !isOfCall(key));
}
