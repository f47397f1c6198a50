import type { NewAuditEvent } from './audit-store.ts';

/** A finding that somebody has set apart. Times are milliseconds since 1970. */
export interface Acknowledgement {
  readonly accountId: string;
  readonly findingId: string;
  readonly reason: string;
  readonly acknowledgedAt: number;
  /** Then it is listed again; null: for good. */
  readonly until: number | null;
}

/** Which finding it is about. */
export type AcknowledgedId = Pick<Acknowledgement, 'accountId' | 'findingId'>;

export interface AcknowledgementStore {
  /** Those of these findings that hold at `now`. */
  of(findings: readonly AcknowledgedId[], now: number): Promise<readonly Acknowledgement[]>;
  /** In the place of the former one. Those of the account whose time is over are forgotten. Throws LimitExceeded. */
  put(acknowledgement: Acknowledgement, event: NewAuditEvent): Promise<void>;
  /** Ends it, if there is one. */
  remove(accountId: string, findingId: string, event: NewAuditEvent): Promise<void>;
}
