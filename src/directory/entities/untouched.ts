import { InvalidInput, RolegateError } from '../../policy/errors.ts';
import { batchesOf } from '../apply/batches.ts';
import type { Touched } from '../apply/revision.ts';
import type { Revision } from '../directory.ts';
import type { Sql } from '../prisma/database.ts';
import type { ChangeOptions } from './change-options.ts';

const FIELD = 'expectedRevision';
/** Entities of a conflict that the caller's knowledge is asked of at once. */
const AT_ONCE = 1_000;

/** Something that a change reads or writes was changed after the revision that its caller knows, or that is not known. */
export class Conflict extends RolegateError {
  /** What was touched since. Empty: so much time has passed that it is not known any more. */
  readonly touched: readonly Touched[];

  constructor(touched: readonly Touched[]) {
    const why =
      touched.length > 0
        ? 'something that this change reads or writes was changed after `expectedRevision`'
        : 'what was changed after `expectedRevision` is not known any more: read again what the change is about';
    super('CONFLICT', why, { field: FIELD });
    this.touched = touched;
  }
}

/** What is known of the changes of a directory. */
export interface History {
  /** The revision of this transaction, which holds the write lock. */
  readonly current: Revision;
  /** The revision at which the directory was restored from a backup: earlier ones are of another history. Null: it never was. */
  readonly restored: Revision | null;
  /** The last revision of which something was removed from the log of changes. Null: all are kept. */
  readonly pruned: Revision | null;
}

/** The history before a change. `current`: the revision of its transaction. */
export async function readHistory(sql: Sql, current: Revision): Promise<History> {
  const [row] = await sql.query<{ restored: string | null; pruned: string | null }>(
    'SELECT "restoredRevision"::text AS restored, "prunedRevision"::text AS pruned FROM "DirectoryState" WHERE id = 1',
  );
  const revisionOf = (text: string | null | undefined): Revision | null => (text == null ? null : BigInt(text));
  return { current, restored: revisionOf(row?.restored), pruned: revisionOf(row?.pruned) };
}

/**
 * Whether a change can be compared with what was touched after `expected`. Throws InvalidInput for a revision that is yet to come, or
 * is of another history, and Conflict for one that is older than the log of changes.
 */
export function checkExpected(expected: Revision, { current, restored, pruned }: History): void {
  if (expected > current) throw new InvalidInput(FIELD, 'this revision is yet to come');
  if (restored !== null && expected < restored) {
    throw new InvalidInput(
      FIELD,
      'this revision is of another history: the directory was restored from a backup after it',
    );
  }
  if (pruned !== null && expected < pruned) throw new Conflict([]);
}

/** Throws Conflict if one of `entities` was touched after `expected`. */
export async function checkUntouched(sql: Sql, expected: Revision, entities: readonly Touched[]): Promise<void> {
  const later: Touched[] = [];
  for (const part of batchesOf(sql, entities)) {
    const touched = await sql.query<Touched>(
      `SELECT DISTINCT c.entity, c."entityId" FROM "DirectoryChange" c
         JOIN json_to_recordset($2::text::json) AS r(entity text, "entityId" text)
           ON r.entity = c.entity AND r."entityId" = c."entityId"
        WHERE c.revision > $1::text::bigint ORDER BY c.entity, c."entityId"`,
      [String(expected), JSON.stringify(part)],
    );
    for (const one of touched) later.push(one);
  }
  if (later.length > 0) throw new Conflict(distinct(later));
}

/** Each once, in the order in which they come. */
export function distinct(touched: readonly Touched[]): readonly Touched[] {
  return [...new Map(touched.map((one) => [nameOf(one), one])).values()];
}

/** Those that are not among `others`. */
export function without(others: readonly Touched[], touched: readonly Touched[]): readonly Touched[] {
  if (others.length === 0) return touched;
  const names = new Set(others.map(nameOf));
  return touched.filter((one) => !names.has(nameOf(one)));
}

function nameOf({ entity, entityId }: Touched): string {
  return `${entity} ${entityId}`;
}

/**
 * Makes changes that expect a revision, for a caller who may know of some of what they are compared with. A conflict with what it may
 * not know of is none: it would tell when that was changed. What it may know of is named alone.
 */
export async function withKnownConflicts<T>(
  options: ChangeOptions,
  make: (options: ChangeOptions) => Promise<T>,
): Promise<T> {
  const { known } = options;
  const disregarded: Touched[] = [...(options.disregarded ?? [])];
  for (;;) {
    try {
      return await make({ ...options, disregarded });
    } catch (error) {
      if (!(error instanceof Conflict) || error.touched.length === 0 || known === undefined) throw error;
      const told: Touched[] = [];
      for (let at = 0; at < error.touched.length && told.length === 0; at += AT_ONCE) {
        for (const one of await known(error.touched.slice(at, at + AT_ONCE))) told.push(one);
      }
      if (told.length > 0) throw new Conflict(told);
      for (const one of error.touched) disregarded.push(one);
    }
  }
}
