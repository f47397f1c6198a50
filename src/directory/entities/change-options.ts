import type { Touched } from '../apply/touched.ts';

/** How changes are made. */
export interface ChangeOptions {
  /**
   * The changes are refused (Conflict) if something that they read or write was touched after this revision. Null or left out: they
   * are made whatever was changed.
   */
  readonly expectedRevision?: bigint | null;
  /** True: everything is looked at and nothing is stored. */
  readonly dryRun?: boolean;
  /** New ids are drawn from it: the same changes of the same state get the same ones. Left out: others each time. */
  readonly seed?: string;
  /** Awaited between two changes, and between the parts of a long one: others have their turn. What it throws ends the transaction, and nothing is made. */
  readonly between?: () => Promise<void>;
  /**
   * Those of them that the caller may know of: a conflict with the others is none, and is not told. Left out: it may know of all.
   */
  readonly known?: (touched: readonly Touched[]) => Promise<readonly Touched[]>;
  /** What is not compared with `expectedRevision`. Left out: everything is. */
  readonly disregarded?: readonly Touched[];
}
