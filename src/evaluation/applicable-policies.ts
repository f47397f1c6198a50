import type { CompiledPolicy } from '../policy/load.ts';

/** A policy where it is attached. */
export interface AttachedPolicy {
  readonly policy: CompiledPolicy;
  /** ARN of a managed policy, name of an inline one, id of a control policy, or ARN of the resource. */
  readonly id: string;
  readonly name: string | null;
  /** The name that AWS prints after "with an explicit deny in …": the ARN of a managed or control policy; null for others. */
  readonly arn: string | null;
  /**
   * ARN of the user, group, role or resource that contains the policy, or of the role session that it was passed for.
   * Left out: the policy is independent, or came with the question.
   */
  readonly holder?: string;
  /** Of a control policy: where it is attached. Left out: it is none. */
  readonly level?: LevelName;
}

/** A level of an organization at which control policies are attached. */
export interface LevelName {
  readonly kind: 'ROOT' | 'ORGANIZATIONAL_UNIT' | 'ACCOUNT';
  /** r-…, ou-… or an account id; of a level that came with the question, its place there. */
  readonly id: string;
  /** Null: not known. */
  readonly name: string | null;
  /** As AWS Organizations names it. Null: it came with the question. */
  readonly arn: string | null;
}

/** One level of the organization on the path from its root to an account, with the control policies attached there. */
export interface ControlLevel {
  readonly level: LevelName;
  readonly policies: readonly AttachedPolicy[];
}

/** The policies attached to a user or role (including those of a user's groups) and the control policies above its account. */
export interface PrincipalPolicies {
  readonly identity: readonly AttachedPolicy[];
  readonly boundary: AttachedPolicy | null;
  /** From the root down to the account; null: no such layer (no organization, type disabled, management account). */
  readonly serviceControl: readonly ControlLevel[] | null;
  /**
   * The resource control policies above its account, for requests without a resource and on resources that are treated as its own.
   * Left out or null: no such layer.
   */
  readonly resourceControl?: readonly ControlLevel[] | null;
}
