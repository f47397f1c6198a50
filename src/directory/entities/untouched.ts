import { InvalidInput, RolegateError } from '../../policy/errors.ts';
import type { Touched } from '../apply/revision.ts';
import type { Revision } from '../directory.ts';
import type { Sql } from '../prisma/database.ts';

/** Something that a change reads or writes was changed after the revision that its caller knows. */
export class Conflict extends RolegateError {
  /** What was touched since. Empty: so much time has passed that it is not known any more. */
  readonly touched: readonly Touched[];

  constructor(touched: readonly Touched[]) {
    super('CONFLICT', 'something that this change reads or writes was changed after `expectedRevision`', {
      field: 'expectedRevision',
    });
    this.touched = touched;
  }
}

/**
 * Throws Conflict if one of `entities` was touched after `expected`, and InvalidInput if that revision is yet to come.
 * `current`: the revision of this transaction, which holds the write lock.
 */
export async function checkUntouched(
  sql: Sql,
  expected: Revision,
  current: Revision,
  entities: readonly Touched[],
): Promise<void> {
  if (expected > current) throw new InvalidInput('expectedRevision', 'this revision is yet to come');
  if (expected === current || entities.length === 0) return;
  const touched = await sql.query<Touched>(
    `SELECT DISTINCT c.entity, c."entityId" FROM "DirectoryChange" c
       JOIN json_to_recordset($2::text::json) AS r(entity text, "entityId" text)
         ON r.entity = c.entity AND r."entityId" = c."entityId"
      WHERE c.revision > $1::text::bigint ORDER BY c.entity, c."entityId"`,
    [String(expected), JSON.stringify(entities)],
  );
  if (touched.length > 0) throw new Conflict(touched);
}
