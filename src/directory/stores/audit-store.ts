import type { DecisionEffect } from '../../evaluation/decision.ts';
import type { PolicyLayer } from '../../evaluation/layer.ts';
import type { ActingCredentials } from './acting-credentials.ts';

/** An event to be stored. Null: does not apply, or is not known. */
export interface NewAuditEvent {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly requestId: string | null;
  /** SignIn, AssumeRole …: AWS's name of the operation where it has one. */
  readonly event: string;
  /** Principal id of the caller, `operator`, `checker/…`, or `anonymous`. */
  readonly principal: string;
  /** The access key it used. */
  readonly keyId: string | null;
  /** The role that the caller was in: its ARN, and the id of the session. */
  readonly roleArn: string | null;
  readonly roleSessionId: string | null;
  readonly sourceIdentity: string | null;
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
  /** service:Action */
  readonly action: string | null;
  /** ARN or id of the target. */
  readonly target: string | null;
  /** Parameters by name; a document is given as `sha256:` and the hash of its text. Left out: none. */
  readonly parameters?: Readonly<Record<string, string>> | null;
  /** REFUSED: the caller is not allowed, or did not prove its identity. FAILED: the request could not be carried out. */
  readonly outcome: 'SUCCEEDED' | 'REFUSED' | 'FAILED';
  /** AWS's error code. */
  readonly code: string | null;
  /** Effect of the decision behind the outcome. */
  readonly effect: DecisionEffect | null;
  readonly deniedBy: PolicyLayer | null;
  /** Revision of the decision. If the event belongs to a change, it is the revision that the change led to. */
  readonly revision: bigint | null;
  /** Accounts that the event is about beside those of its principal and target. Stored, but not read back. */
  readonly accountIds?: readonly string[];
  /** What the call acts with: if it does not count any more, the change of the event is not made. Not stored. Left out: nothing to check. */
  readonly acting?: ActingCredentials | null;
}

export interface AuditEvent extends Omit<NewAuditEvent, 'accountIds' | 'acting'> {
  /** Greater is later. */
  readonly sequence: bigint;
  /** How often it happened: a failure that is repeated within an hour is one event. `at` is the first time. */
  readonly count: number;
  /** The last time. Milliseconds since 1970. */
  readonly lastAt: number;
}

/** Events that meet every condition given. */
export interface AuditFilter {
  readonly principal?: string;
  readonly target?: string;
  readonly event?: string;
  readonly outcome?: NewAuditEvent['outcome'];
  readonly roleSessionId?: string;
  /** Milliseconds since 1970: the first instant included, and the first one after it that is not. */
  readonly from?: number;
  readonly until?: number;
  /** Events of principals of these accounts, or on targets or with keys that belonged to them at that time. */
  readonly accountIds?: readonly string[];
}

/** At most `limit` events (1 to 1,001: a page, and one to see whether there are more) after `after` and before `before`. */
export interface AuditPage {
  readonly after?: bigint;
  readonly before?: bigint;
  readonly limit: number;
  /** True: the last ones, newest first. Left out: the first ones, oldest first. */
  readonly newest?: boolean;
  readonly filter?: AuditFilter;
}

/** The audit trail: events in the order in which they were committed. Repeated failures are counted at the event of the first. */
export interface AuditStore {
  /** Stores, or counts, an event that belongs to no change of the directory; the event of a change is passed to the change. */
  record(event: NewAuditEvent): Promise<void>;
  /** A later event is never placed before one that was already returned. */
  list(page: AuditPage): Promise<readonly AuditEvent[]>;
  /** The number of events in all. */
  count(filter: AuditFilter): Promise<number>;
}
