import type { ContextKey } from '../policy/context-key.ts';
import type { CompiledPolicy } from '../policy/load.ts';
import { EVERY_RESOURCE, type ResourceElement, resourceElementKeys } from '../policy/resource-pattern.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import type { AttachedPolicy } from './applicable-policies.ts';
import { PolicyReading } from './policy-reading.ts';
import type { RequestFacts } from './request.ts';

/** Keys of a request that are the same for all resources of one account and Region. */
const SETTLED: ReadonlySet<string> = new Set(['aws:securetransport', 'aws:viaawsservice', 'aws:requestedregion']);

/**
 * Whether the value of a key is unknown for a resource with an unknown name: its tags, its boundary, and keys that contain its name. False for
 * keys that follow from the resource's account and Region.
 */
export function isOpen(key: ContextKey, { context, authority }: Pick<RequestFacts, 'context' | 'authority'>): boolean {
  if (key.owner === 'resource') return key.tag !== null && !(authority === 'context' && context.has(key.name));
  if (key.owner === 'assumed') return !SETTLED.has(key.name) && !context.has(key.name);
  return key.owner === 'call' && (key.name.includes('accesspoint') || key.name === 'iam:permissionsboundary');
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
export class Rereading extends PolicyReading {
  readonly #best: boolean;
  readonly #open: (key: ContextKey) => boolean;

  constructor(best: boolean, open: (key: ContextKey) => boolean) {
    super();
    this.#best = best;
    this.#open = open;
  }

  protected read({ policy }: AttachedPolicy): CompiledPolicy {
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
