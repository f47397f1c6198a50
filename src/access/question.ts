import type { Revision } from '../directory/directory.ts';
import type { KeySessionRecord } from '../directory/stores/key-session-store.ts';
import type { RoleSessionRecord } from '../directory/stores/session-store.ts';
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
  /**
   * The very session that asks, when `principal` is a role session and it is known which: two live sessions may have the
   * same ARN and differ in their session policies. Left out: the newest live one of that ARN.
   */
  readonly heldSession?: RoleSessionRecord | null;
  /**
   * The temporary credentials or the sign-in that asks, when `principal` acts as itself and not with its long-term key:
   * what they may call and when they were issued takes part. Left out: the long-term key.
   */
  readonly heldKeySession?: KeySessionRecord | null;
  /** ARN of a role. */
  readonly assumedRole: string | null;
  readonly session: HypotheticalSession | null;
  /**
   * Who asks may perhaps not know whether the role is there: one that is not is answered as one that trusts nobody, and
   * `Answer.roleIsAbsent` says so. Left out: NOT_FOUND.
   */
  readonly roleConcealed?: boolean;
}

/** The inputs of a question, as errors name them. */
export type QuestionField =
  | 'principal'
  | 'assumedRole'
  | 'session'
  | 'action'
  | 'resource'
  | 'furtherResources'
  | 'resourceAccount'
  | 'context';

/** May `subject` do `action` on `resource`? */
export interface Question {
  readonly subject: Subject;
  /** service:Action */
  readonly action: string;
  /** An ARN, or `*`. */
  readonly resource: string;
  /** Resources that the same call touches as well (ec2:RunInstances): all have to be allowed, the most restrictive counts. */
  readonly furtherResources?: readonly string[];
  /** Owner of the resource where its ARN names no account and the directory does not know it. */
  readonly resourceAccount: string | null;
  readonly context: RequestContext;
  /** False: keys that every request has and `context` does not give are missing. Left out: they are assumed, see evaluation/call-keys.ts. */
  readonly assumeContextKeys?: boolean;
  /** Where it stands in the client's request, for errors: `requests[3]`, `request` …; empty: its fields are arguments. */
  readonly path: string;
  /** Names of fields that stand elsewhere: `{ principal: 'principal', resource: 'resources[3]' }`. */
  readonly fields?: Readonly<Partial<Record<QuestionField, string>>>;
}

/** A question that leaves open who is asked about. */
export type OpenQuestion = Omit<Question, 'subject'>;

export interface Answer {
  readonly question: Question;
  readonly decision: Decision;
  readonly gaps: readonly string[];
  /** Those of `gaps` that are about the resource and its account. Left out: none are. */
  readonly resourceGaps?: readonly string[];
  /** The role that is asked about is not there; only where the question conceals that. */
  readonly roleIsAbsent?: true;
  readonly revision: Revision;
}

/** The name of one of a question's inputs as the client wrote it: `requests[3].action`. */
export function fieldOf(question: Pick<Question, 'path' | 'fields'>, field: QuestionField): string {
  const elsewhere = question.fields?.[field];
  if (elsewhere !== undefined) return elsewhere;
  return question.path === '' ? field : `${question.path}.${field}`;
}
