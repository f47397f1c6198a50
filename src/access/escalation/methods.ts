import { readFileSync } from 'node:fs';

/** What kind of a way to more permissions it is. */
export type EscalationKind =
  | 'ASSUME_ROLE'
  | 'PASS_ROLE'
  | 'USE_RESOURCE'
  | 'CHANGE_POLICY'
  | 'CHANGE_TRUST'
  | 'TAKE_CREDENTIALS'
  | 'JOIN_GROUP'
  | 'LIFT_BOUNDARY';

/** A row of the table. */
export interface EscalationMethod {
  readonly id: string;
  readonly kind: EscalationKind;
  readonly title: string;
  /** Where it is described. */
  readonly source: string;
  /** What has to be there besides permissions, and is not in a directory. Left out: nothing. */
  readonly needs?: string;
}

/** A way through IAM: one call on a user, role, group or policy. */
export interface IamMethod extends EscalationMethod {
  readonly action: string;
  readonly on: 'user' | 'role' | 'group' | 'policy';
  /** Condition keys whose values the caller chooses. Left out: none. */
  readonly context?: Readonly<Record<string, string>>;
  /** What with Denies it takes away from its holder. Left out: nothing. */
  readonly lifts?: 'attached' | 'inline' | 'membership';
}

/** One of the calls of a way through a service. `types`: the catalogue's types of the resources that it takes; empty: it takes none. */
export interface ServiceCall {
  readonly action: string;
  readonly types: readonly string[];
}

/** A way through a service that runs the caller's code with a role. PASS_ROLE: the caller passes it; USE_RESOURCE: something has it. */
export interface ServiceMethod extends EscalationMethod {
  readonly kind: 'PASS_ROLE' | 'USE_RESOURCE';
  /** As the role's trust policy names it. */
  readonly service: string;
  readonly calls: readonly ServiceCall[];
}

/**
 * The ways that are publicly known, as data (`methods.json`): which calls on what, and where each is described: Rhino Security Labs'
 * list, its successors, and AWS's own documentation. A new way is a new row.
 */
export const METHODS: { readonly iam: readonly IamMethod[]; readonly services: readonly ServiceMethod[] } = JSON.parse(
  readFileSync(new URL('methods.json', import.meta.url), 'utf8'),
);
