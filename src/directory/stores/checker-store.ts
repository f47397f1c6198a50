import type { NewAuditEvent } from './audit-store.ts';

/** Who made the token of a checker. */
export type CheckerMaker =
  | { readonly kind: 'operator' }
  | {
      readonly kind: 'user';
      readonly id: string;
      readonly arn: string;
      /** The access key that it used: AKIA…, or the ASIA… of its temporary credentials. */
      readonly keyId: string;
      /** Its temporary credentials or its browser's sign-in; null: a long-term key. */
      readonly keySessionId: string | null;
    }
  | { readonly kind: 'role'; readonly id: string; readonly arn: string; readonly roleSessionId: string };

/** A checker as stored. Times are milliseconds since 1970. */
export interface CheckerRecord {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of its token, which is stored nowhere. */
  readonly tokenHash: string;
  /** The checker is deleted with its user or role. */
  readonly maker: CheckerMaker;
  /** The accounts whose principals it may ask about; null: all principals. */
  readonly accountIds: readonly string[] | null;
  /** Patterns as in policies; at least one. */
  readonly actions: readonly string[];
  readonly search: boolean;
  readonly createdAt: number;
  /** When it got its present token; null: it has the first one. */
  readonly rotatedAt: number | null;
  readonly expiresAt: number;
  /** The last use that was written; null: none was. */
  readonly lastUsedAt: number | null;
}

export interface NewChecker extends Omit<CheckerRecord, 'rotatedAt' | 'lastUsedAt'> {
  /** Principal id of the caller that makes it, or `operator`. */
  readonly madeBy: string;
}

export interface CheckerRotation {
  readonly id: string;
  readonly tokenHash: string;
  readonly at: number;
  /** The token that it has to have at this moment; null: any. */
  readonly replaced: string | null;
  /** Null: unchanged. */
  readonly expiresAt: number | null;
  /** From now on its maker; null: unchanged. */
  readonly maker: { readonly by: CheckerMaker; readonly madeBy: string } | null;
}

/** Which checkers are meant: those of a maker, and those whose accounts are all among `accountIds`. */
export interface CheckerFilter {
  readonly accountIds: readonly string[];
  /** Unique id of a user or role; null: nobody's. */
  readonly makerId: string | null;
}

/** The place of a checker in the list. */
export interface CheckerPlace {
  readonly createdAt: number;
  readonly id: string;
}

/** At most `limit` checkers after `after` and before `before`. */
export interface CheckerPage {
  /** Null: all. */
  readonly filter: CheckerFilter | null;
  readonly after?: CheckerPlace;
  readonly before?: CheckerPlace;
  readonly limit: number;
  /** From the end, the newest first. Left out: the oldest first. */
  readonly newest?: boolean;
}

export interface CheckerStore {
  /** By the hash of its token. Answered from memory while nothing has changed. */
  find(tokenHash: string): Promise<CheckerRecord | null>;
  get(id: string): Promise<CheckerRecord | null>;
  list(page: CheckerPage): Promise<readonly CheckerRecord[]>;
  count(filter: CheckerFilter | null): Promise<number>;
  /** Throws NoSuchEntity (an account, its maker), LimitExceeded (of one maker). */
  create(checker: NewChecker, event?: NewAuditEvent): Promise<void>;
  /** Gives it another token: the old one ends. Throws NoSuchEntity, also if it no longer has the token `replaced`. */
  rotate(rotation: CheckerRotation, event?: NewAuditEvent): Promise<void>;
  /** Throws NoSuchEntity. */
  remove(id: string, event?: NewAuditEvent): Promise<void>;
  /** Notes a use. It is written if none was in the last five minutes, and raises no revision. */
  use(checker: CheckerRecord, at: number): Promise<void>;
}
