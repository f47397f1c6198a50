import type { Revision } from '../../directory/directory.ts';
import type { RequestContext } from '../../evaluation/request.ts';
import type { PolicyInPlace } from '../../evaluation/veil.ts';
import type { PrincipalRef } from '../../policy/principal-id.ts';
import type { Answer } from '../question.ts';
import type { EscalationMethod } from './methods.ts';

/** One step of a way to more permissions. */
export interface EscalationStep {
  readonly method: EscalationMethod;
  /** ARN of the user or role that makes the calls. */
  readonly from: string;
  /** ARN of what they are made on: a role, user, group or policy. */
  readonly target: string;
  /** ARN of the user or role whose permissions it has then, or that can do more then. */
  readonly to: string;
  /** The decisions that prove it, in the order of the calls. All of them allow. */
  readonly answers: readonly Answer[];
}

/** What a way gives: something that its end may do and its beginning may not. */
export interface Gain {
  /** ALLOWED, for the principal at the end of the way, as it is then. */
  readonly gained: Answer;
  /** The same request of the principal at the beginning: a denial. */
  readonly before: Answer;
}

/** A way by which a user or role comes to permissions that it does not have. */
export interface EscalationPath {
  /** ARN of the user or role. */
  readonly principal: string;
  readonly steps: readonly EscalationStep[];
  /** ARN of the user or role whose permissions it has at the end. */
  readonly end: string;
  /** It can do everything at the end that its account lets anybody do. */
  readonly isAdministrator: boolean;
  /** Null: it depends on what the last step needs, which no directory holds. */
  readonly gain: Gain | null;
}

/** What a search has found. */
export interface EscalationPaths {
  /** The shortest first. */
  readonly paths: readonly EscalationPath[];
  /** ARNs of the users and roles, among those looked at, that may do everything that their account lets anybody do. */
  readonly administrators: readonly string[];
  /** Something was left out that the caller may not ask about. */
  readonly withheld: boolean;
  readonly gaps: readonly string[];
  readonly revision: Revision;
}

/** What a caller may be told of. */
export interface EscalationScope {
  /** Ids of accounts. The users and roles of others are not told of. */
  readonly accounts: readonly string[];
  /** Whether it may ask about each. */
  principals(refs: readonly PrincipalRef[]): Promise<readonly boolean[]>;
  /** Whether it may read each. */
  policies(policies: readonly PolicyInPlace[]): Promise<readonly boolean[]>;
  /** Whether it may read each; ARNs. */
  groups(arns: readonly string[]): Promise<readonly boolean[]>;
}

export interface EscalationOptions {
  /** ARN of the user or role that begins; null: each of `accountIds`. */
  readonly principal: string | null;
  /** Ids of accounts; null: all. Counts without `principal` alone. */
  readonly accountIds: readonly string[] | null;
  /** Greatest number of steps, 1 to 5. */
  readonly maxDepth: number;
  /** Condition keys that all calls have. */
  readonly context: RequestContext;
  /** Null: everything may be told. */
  readonly scope: EscalationScope | null;
}

/** Greatest number of steps. */
export const MAX_STEPS = 5;
/** Greatest number of ways of one user or role that are listed. */
export const MAX_PATHS = 1000;
