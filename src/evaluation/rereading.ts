import type { ContextKey } from '../policy/context-key.ts';
import type { CompiledPolicy } from '../policy/load.ts';
import { EVERY_RESOURCE, type ResourceElement, resourceElementKeys } from '../policy/resource-pattern.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import type { AttachedPolicy, ControlLevel } from './applicable-policies.ts';
import {
  type PreparedPrincipal,
  type PreparedResource,
  prepareEndpoint,
  preparePolicies,
  preparePrincipal,
  prepareResource,
} from './prepare.ts';
import type { PreparedEndpoint, RequestFacts } from './request.ts';

/** Keys of a request that are the same for all resources of one account and Region. */
const SETTLED: ReadonlySet<string> = new Set(['aws:securetransport', 'aws:viaawsservice', 'aws:requestedregion']);

/**
 * Whether the value of a key is unknown for a resource with an unknown name: its tags, and keys that contain its name. False for
 * keys that follow from the resource's account and Region.
 */
export function isOpen(key: ContextKey, { context, authority }: Pick<RequestFacts, 'context' | 'authority'>): boolean {
  if (key.owner === 'resource') return key.tag !== null && !(authority === 'context' && context.has(key.name));
  if (key.owner === 'assumed') return !SETTLED.has(key.name) && !context.has(key.name);
  return key.owner === 'call' && key.name.includes('accesspoint');
}

/** Whether the statement depends on a key that is open. */
export function dependsOnOpen(statement: CompiledStatement, open: (key: ContextKey) => boolean): boolean {
  return statement.conditions.some(({ keys }) => keys.some(open)) || hasOpenResource(statement, open);
}

function hasOpenResource({ resources }: CompiledStatement, open: (key: ContextKey) => boolean): boolean {
  return resources !== null && resourceElementKeys(resources).some(open);
}

const EVERYWHERE: ResourceElement = { negated: false, patterns: [EVERY_RESOURCE] };

/**
 * The same policies with the worst case for open keys: an Allow that depends on one does not apply, a Deny does. `best`: the
 * opposite. If both give the same decision, it holds for all values of the keys.
 */
export class Rereading {
  readonly #best: boolean;
  readonly #open: (key: ContextKey) => boolean;
  readonly #policies = new Map<AttachedPolicy, AttachedPolicy>();
  readonly #principals = new Map<PreparedPrincipal, PreparedPrincipal>();
  readonly #endpoints = new Map<PreparedEndpoint, PreparedEndpoint>();
  readonly #control = new Map<readonly ControlLevel[], readonly ControlLevel[]>();

  constructor(best: boolean, open: (key: ContextKey) => boolean) {
    this.#best = best;
    this.#open = open;
  }

  principal(prepared: PreparedPrincipal): PreparedPrincipal {
    const known = this.#principals.get(prepared);
    if (known !== undefined) return known;
    const { facts, policies, session } = prepared;
    const source = policies?.source ?? null;
    const own =
      source === null
        ? null
        : preparePolicies({
            identity: source.identity.map((one) => this.attached(one)),
            boundary: source.boundary === null ? null : this.attached(source.boundary),
            serviceControl: this.#levels(source.serviceControl),
            resourceControl: this.#levels(source.resourceControl ?? null),
          });
    const passed = session === null ? null : session.source.map((one) => this.attached(one));
    const read = preparePrincipal(facts, own, passed);
    this.#principals.set(prepared, read);
    return read;
  }

  resource(prepared: PreparedResource): PreparedResource {
    const { facts, kind, accountId, restrictedBy } = prepared;
    const policy = facts.policy === null ? null : this.attached(facts.policy);
    const read = prepareResource({ ...facts, policy, resourceControl: this.#levels(facts.resourceControl) });
    // What is public is decided by the whole policy.
    return {
      ...read,
      kind,
      accountId,
      restrictedBy,
      ...(prepared.tagsCount === undefined ? {} : { tagsCount: prepared.tagsCount }),
    };
  }

  /** The request on the same way, with the policy of its VPC endpoint read alike. */
  request(facts: RequestFacts): RequestFacts {
    const { endpoint } = facts;
    return endpoint === undefined ? facts : { ...facts, endpoint: this.#endpoint(endpoint) };
  }

  #endpoint(prepared: PreparedEndpoint): PreparedEndpoint {
    const known = this.#endpoints.get(prepared);
    if (known !== undefined) return known;
    const read = prepareEndpoint(this.attached(prepared.source));
    this.#endpoints.set(prepared, read);
    return read;
  }

  attached(attached: AttachedPolicy): AttachedPolicy {
    const known = this.#policies.get(attached);
    if (known !== undefined) return known;
    const read = { ...attached, policy: this.#policy(attached.policy) };
    this.#policies.set(attached, read);
    return read;
  }

  #levels(levels: readonly ControlLevel[] | null): readonly ControlLevel[] | null {
    if (levels === null) return null;
    const known = this.#control.get(levels);
    if (known !== undefined) return known;
    const read = levels.map((level) => ({ ...level, policies: level.policies.map((one) => this.attached(one)) }));
    this.#control.set(levels, read);
    return read;
  }

  #policy(policy: CompiledPolicy): CompiledPolicy {
    const statements = policy.statements.map((one) => this.#statement(one)).filter((one) => one !== null);
    return { ...policy, statements };
  }

  #statement(statement: CompiledStatement): CompiledStatement | null {
    if (!dependsOnOpen(statement, this.#open)) return statement;
    if (statement.allows !== this.#best) return null;
    return {
      ...statement,
      conditions: statement.conditions.filter(({ keys }) => !keys.some(this.#open)),
      resources: hasOpenResource(statement, this.#open) ? EVERYWHERE : statement.resources,
    };
  }
}
