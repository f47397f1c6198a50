import type { PermissionTerm } from '../../analysis/term.ts';
import type { AccessLevel } from '../../catalog/catalog-service.ts';
import type { Revision } from '../../directory/directory.ts';
import type { PolicyInPlace, Veil } from '../../evaluation/veil.ts';
import type { PrincipalRef } from '../../policy/principal-id.ts';
import type { Subject } from '../question.ts';

/** What changes do to one action of somebody. */
export type ChangeOfAccess = 'GAINED' | 'CHANGED' | 'LOST';

/** One action that somebody may do otherwise after some changes than before. */
export interface PreviewedDifference {
  readonly action: string;
  /** The allowed requests before the changes; empty: none. */
  readonly before: readonly PermissionTerm[];
  /** Those after them. */
  readonly after: readonly PermissionTerm[];
  readonly change: ChangeOfAccess;
  readonly accessLevel: AccessLevel;
  /** Something may be allowed after that is not allowed before: it is not certain for what is `CHANGED`, where conditions differ. */
  readonly gains: boolean;
}

/** What changes do to a principal, as itself or in a role. */
export interface PreviewedAccess {
  readonly principal: PrincipalRef;
  /** Null: as itself. */
  readonly assumedRole: string | null;
  /** Worst first; at least one, or `partial`. */
  readonly differences: readonly PreviewedDifference[];
  /** Actions with more terms than can be compared. */
  readonly partial: readonly string[];
}

/** What may be gained by the changes, and is not compared. */
export interface Unjudged {
  /** What it is, in words. */
  readonly gap: string;
  /** The only actions that can be gained so; null: any. */
  readonly actions: readonly string[] | null;
}

/** What some changes do to everybody whom they concern. */
export interface PreviewedChange {
  /** Worst first. */
  readonly accesses: readonly PreviewedAccess[];
  /** Something else is concerned, too, which the asker may not know of. */
  readonly withheld: boolean;
  /** Of those that it may know of, all were compared. */
  readonly isComplete: boolean;
  readonly gaps: readonly string[];
  readonly unjudged: readonly Unjudged[];
  readonly revision: Revision;
  /** Some of it holds at its own time alone. */
  readonly dependsOnTime: boolean;
}

/** What whoever asks may be told. */
export interface PreviewScope {
  /** Whether it may ask about each of the principals. */
  readonly visible: (principals: readonly PrincipalRef[]) => Promise<readonly boolean[]>;
  /** Whether it may read each of the policies. */
  readonly readable: (policies: readonly PolicyInPlace[]) => Promise<readonly boolean[]>;
  /** The subject as it may know it. */
  readonly known: (subject: Subject) => Promise<Subject>;
  /** Runs `work` with the veil between it and the policies of others. */
  readonly behind: <T>(subject: Subject, work: (veil: Veil | null) => Promise<T>) => Promise<T>;
}
