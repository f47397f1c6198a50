import type { ContextValue } from '../policy/context-key.ts';

export type { ContextValue };

/** Condition keys of a request, by name in lower case. */
export type RequestContext = ReadonlyMap<string, ContextValue>;

/** What the catalogue knows of the action that is asked for. */
export interface ActionFacts {
  /** `service:Name`, spelled as the catalogue spells it, or as asked where it does not know the action. */
  readonly name: string;
  /** The part before the colon, in lower case. */
  readonly service: string;
  /** It has no resource types: only `*` in a policy's Resource matches it. */
  readonly wildcardOnly: boolean;
  /** The service is one whose resources resource control policies govern. */
  readonly resourceControlSupported: boolean;
}

/** What is true of one request beside its principal, action and resource. */
export interface RequestFacts {
  readonly context: RequestContext;
  /** Milliseconds since 1970, taken once. */
  readonly now: number;
  /**
   * What counts when `context` gives a key that also follows from the principal, the resource or their organization.
   * `directory` (every question about stored principals): what is known counts, a request cannot forge it.
   * `context` (simulations): the given value counts.
   */
  readonly authority: 'directory' | 'context';
}
