import type { Touched } from '../apply/revision.ts';
import type { Revision } from '../directory.ts';
import type { NewAuditEvent } from '../stores/audit-store.ts';
import type { ChangeOptions } from './change-options.ts';
import type { ChangeInputs, ChangeName } from './changes.ts';

export type { ChangeOptions };

/** One change, by its name, with its event in the audit trail. */
export type ChangeStep = {
  readonly [Name in ChangeName]: {
    readonly name: Name;
    readonly input: ChangeInputs[Name];
    /** Left out: none is kept. A change without effect keeps none either. */
    readonly event?: NewAuditEvent | undefined;
  };
}[ChangeName];

/** What changes have made, or, in a dry run, would make. */
export interface MadeChanges {
  /** A revision that includes the changes; in a dry run, and where nothing changed, the one before. */
  readonly revision: Revision;
  /** Each entity once. */
  readonly touched: readonly Touched[];
  /** ARN or id of the entity that each change is about, in the order of the changes. */
  readonly names: readonly string[];
}

/** Each change by itself, by its name. The event belongs to the same transaction. */
type SingleChanges = {
  readonly [Name in ChangeName]: (input: ChangeInputs[Name], event?: NewAuditEvent) => Promise<void>;
};

/** Changes of the directory's entities. */
export interface EntityStore extends SingleChanges {
  /** All of the changes in one transaction, in their order, or none. Throws FailedChange, Conflict. */
  make(steps: readonly ChangeStep[], options?: ChangeOptions): Promise<MadeChanges>;
  /** Switches a long-term key on or off. Throws NoSuchEntity. */
  setKeyActive(id: string, active: boolean, event?: NewAuditEvent): Promise<void>;
  /** ARN of the role in an instance profile; null: there is no such profile, or it is empty. */
  instanceProfileRole(arn: string): Promise<string | null>;
}
