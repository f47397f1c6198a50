import type { Revision } from '../directory/directory.ts';
import type { Decision } from '../evaluation/decision.ts';
import type { RequestContext } from '../evaluation/request.ts';
import type { PrincipalRef } from '../policy/principal-id.ts';

/** A role session that is asked about but does not exist: what assuming the role with these arguments would give. */
export interface HypotheticalSession {
  readonly roleSessionName?: string;
  /** JSON texts. */
  readonly sessionPolicies?: readonly string[];
  readonly sessionPolicyArns?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly transitiveTagKeys?: readonly string[];
  readonly externalId?: string;
  readonly sourceIdentity?: string;
  readonly mfaAuthenticated?: boolean;
}

/** Who is asked about: a principal, as itself or in a role. */
export interface Subject {
  readonly principal: PrincipalRef;
  /** ARN of a role. */
  readonly assumedRole: string | null;
  readonly session: HypotheticalSession | null;
}

/** May `subject` do `action` on `resource`? */
export interface Question {
  readonly subject: Subject;
  /** service:Action */
  readonly action: string;
  /** An ARN, or `*`. */
  readonly resource: string;
  /** Owner of the resource where its ARN names no account and the directory does not know it. */
  readonly resourceAccount: string | null;
  readonly context: RequestContext;
  /** Where it stands in the client's request, for errors: `requests[3]`, `request` … */
  readonly path: string;
}

export interface Answer {
  readonly question: Question;
  readonly decision: Decision;
  readonly gaps: readonly string[];
  readonly revision: Revision;
}
