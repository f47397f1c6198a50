import type { DecisionEffect } from '../../evaluation/decision.ts';
import type { PolicyLayer } from '../../evaluation/layer.ts';

/** Something that happened, as it is to be kept. Null: does not apply, or is not known. */
export interface NewAuditEvent {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly requestId: string | null;
  /** SignIn, AssumeRole …: AWS's name of the operation where it has one. */
  readonly event: string;
  /** Principal id of the caller, `operator`, or `anonymous`. */
  readonly principal: string;
  /** The access key it used. */
  readonly keyId: string | null;
  /** The role that it was in: its ARN, and the id of the session. */
  readonly roleArn: string | null;
  readonly roleSessionId: string | null;
  readonly sourceIdentity: string | null;
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
  /** service:Action */
  readonly action: string | null;
  /** ARN or id of what it was done to. */
  readonly target: string | null;
  /** With what: names of parameters to their values, a document's as `sha256:` with that of its text. Left out: nothing is told. */
  readonly parameters?: Readonly<Record<string, string>> | null;
  /** REFUSED: the caller may not, or is not who it says. FAILED: the request was not one that could be done. */
  readonly outcome: 'SUCCEEDED' | 'REFUSED' | 'FAILED';
  /** AWS's error code. */
  readonly code: string | null;
  /** Of the decision it rests on. */
  readonly effect: DecisionEffect | null;
  readonly deniedBy: PolicyLayer | null;
  /** Of the decision. Where the event goes with a change, the revision that the change led to takes its place. */
  readonly revision: bigint | null;
  /** Accounts that it is of beside those that its principal and its target tell of. Kept, but not read back. */
  readonly accountIds?: readonly string[];
}

export interface AuditEvent extends Omit<NewAuditEvent, 'accountIds'> {
  /** Greater is later. */
  readonly sequence: bigint;
}

/** Events that are all of what is given. */
export interface AuditFilter {
  readonly principal?: string;
  readonly target?: string;
  readonly event?: string;
  readonly outcome?: NewAuditEvent['outcome'];
  readonly roleSessionId?: string;
  /** Milliseconds since 1970: from then on, and before then. */
  readonly from?: number;
  readonly until?: number;
  /** Events of principals of these accounts, or that were done to something or with a key of theirs: as it was then. */
  readonly accountIds?: readonly string[];
}

/** At most `limit` (1 to 1,001: a page, and whether there is more) events after `after` and before `before`. */
export interface AuditPage {
  readonly after?: bigint;
  readonly before?: bigint;
  readonly limit: number;
  /** Those at the end of them, newest first. Left out: those at their beginning, oldest first. */
  readonly newest?: boolean;
  readonly filter?: AuditFilter;
}

/** The audit trail: events in the order in which they were committed. Nothing in it is ever changed or removed. */
export interface AuditStore {
  /** Keeps an event that goes with no change of the directory; those that do are given to the change. */
  record(event: NewAuditEvent): Promise<void>;
  /** What was answered once is never preceded by a later one. */
  list(page: AuditPage): Promise<readonly AuditEvent[]>;
  /** How many events there are in all. */
  count(filter: AuditFilter): Promise<number>;
}
