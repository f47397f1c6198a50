import type { ResourceFacts } from './resource.ts';

/** The source of named principals: a resource, whose policy is bound to the entities that existed when it was saved. */
export interface Bound {
  /** The unique ids that names in its policy are bound to; null: none is. */
  readonly bindings: ResourceFacts['policyBindings'] | null;
}

/** Not bound to anybody. */
export const UNBOUND: Bound = { bindings: null };

/** The bindings of a policy; null: there are none. */
export function bindingsOf({ policyBindings }: Pick<ResourceFacts, 'policyBindings'>): Bound['bindings'] {
  return Object.keys(policyBindings).length === 0 ? null : policyBindings;
}
