import type { Catalog } from '../../catalog/catalog.ts';
import type { Touched } from '../apply/revision.ts';
import type { Worked } from '../change.ts';
import type { WritingSql } from '../prisma/database.ts';
import type { Draw } from './draw.ts';

/** What changes use beside their input. */
export interface ChangeTools {
  readonly catalog: Catalog;
  /** The time that changed rows get. Milliseconds since 1970. */
  readonly now: number;
  /** What new ids are made from. */
  readonly draw: Draw;
  /** Awaited between two parts of a long change: others have their turn. What it throws ends the transaction, and nothing is made. */
  readonly turn: () => Promise<void>;
}

/** What a change has made. `result`: ARN or id of the entity that it is about. */
export type Made = Worked<string>;

/** The same, with what the change has read. */
export function reading(made: Made, ...read: readonly Touched[]): Made {
  return { ...made, reads: [...(made.reads ?? []), ...read] };
}

/**
 * A change, in the transaction that makes it: several changes can share one, and one that is rolled back has made nothing. Its
 * input has been validated as far as that needs no directory. Throws RolegateErrors with AWS's codes and messages.
 */
export type ChangeOf<I> = (sql: WritingSql, input: I, tools: ChangeTools) => Promise<Made>;
