/** How changes are made. */
export interface ChangeOptions {
  /**
   * The changes are refused (Conflict) if something that they read or write was touched after this revision. Null or left out: they
   * are made whatever was changed.
   */
  readonly expectedRevision?: bigint | null;
  /** True: everything is looked at and nothing is stored. */
  readonly dryRun?: boolean;
  /** Awaited between two changes, and between the parts of a long one: others have their turn. What it throws ends the transaction, and nothing is made. */
  readonly between?: () => Promise<void>;
}
