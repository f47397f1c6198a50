import type { Sql } from '../prisma/database.ts';
import { inTurn, readInBatches } from './batches.ts';
import type { ChangeSet } from './change-set.ts';
import { sha256 } from './change-set.ts';
import type { StoredEntity, StoredHolder, StoredPolicy, StoredRole } from './stored.ts';

/** The names of the texts of policies that a stored entity has. */
function* hashesOf(stored: StoredEntity & Partial<StoredHolder & StoredRole & StoredPolicy>): Iterable<string> {
  for (const [, hash] of stored.inline ?? []) yield hash;
  for (const [, hash] of stored.versions ?? []) yield hash;
  if (stored.trustPolicyHash !== undefined) yield stored.trustPolicyHash;
}

/** A text without the white space that means nothing in JSON. */
function compact(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_all, string: string | undefined) => string ?? '');
}

/**
 * Looks for stored texts that differ from those of the document in white space alone. IAM keeps a policy as it was written, and
 * its command line prints it as JSON: read again, it is the same policy. No statement where all stored texts are in the document.
 */
export async function findSpacedTexts(sql: Sql, rows: readonly StoredEntity[], changes: ChangeSet): Promise<void> {
  const others = new Set<string>();
  await inTurn(rows, (row) => {
    for (const hash of hashesOf(row)) if (!changes.isGiven(hash)) others.add(hash);
  });
  if (others.size === 0) return;
  const texts = await readInBatches(sql, [...others], (hashes) =>
    sql.query<{ hash: string; text: string }>(
      `SELECT hash, text FROM "PolicyDocument" WHERE hash = ANY($1::text[]) AND text ~ '\\s'`,
      [hashes],
    ),
  );
  for (const { hash, text } of texts) changes.sameText(hash, sha256(compact(text)));
}
