import { randomUUID } from 'node:crypto';
import { RolegateError } from '../../policy/errors.ts';
import { sha256 } from '../apply/change-set.ts';
import type { Sql } from '../prisma/database.ts';
import type { Made } from './change-of.ts';
import { changed, type Holder, noSuch } from './holder.ts';

/** Counted as IAM counts: without blanks outside of strings. A stored document that is not JSON counts whole. */
export function sizeOf(document: string): number {
  try {
    return JSON.stringify(JSON.parse(document)).length;
  } catch {
    return document.length;
  }
}

async function checkSize(sql: Sql, holder: Holder, policyName: string, document: string): Promise<void> {
  const others = await sql.query<{ text: string }>(
    `SELECT d.text FROM "InlinePolicy" p JOIN "PolicyDocument" d ON d.hash = p."documentHash"
      WHERE p."${holder.column}" = $1 AND p.name <> $2`,
    [holder.id, policyName],
  );
  const size = others.reduce((sum, { text }) => sum + sizeOf(text), sizeOf(document));
  const { inlineCharacters } = holder.quotas;
  if (size <= inlineCharacters) return;
  const limit = `Maximum policy size of ${inlineCharacters} bytes exceeded for ${holder.noun} ${holder.name}`;
  throw new RolegateError('LimitExceeded', limit, { field: 'policyDocument' });
}

/** Stores a document and returns its name in the directory. */
export async function keepDocument(sql: Sql, document: string): Promise<string> {
  const hash = sha256(document);
  // One that is there is used again, so that nothing removes it for not having been used.
  await sql.query(
    `INSERT INTO "PolicyDocument" (hash, text) VALUES ($1, $2) ON CONFLICT (hash) DO UPDATE SET "unreferencedSince" = NULL
      WHERE "PolicyDocument"."unreferencedSince" IS NOT NULL`,
    [hash, document],
  );
  return hash;
}

export async function putInlinePolicy(sql: Sql, holder: Holder, policyName: string, document: string): Promise<Made> {
  await checkSize(sql, holder, policyName, document);
  const hash = await keepDocument(sql, document);
  const { column } = holder;
  const rows = await sql.query(
    `INSERT INTO "InlinePolicy" AS p (id, "${column}", name, "documentHash") VALUES ($1, $2, $3, $4)
     ON CONFLICT ("${column}", name) WHERE "${column}" IS NOT NULL DO UPDATE SET "documentHash" = EXCLUDED."documentHash"
       WHERE p."documentHash" <> EXCLUDED."documentHash" RETURNING id`,
    [randomUUID(), holder.id, policyName, hash],
  );
  return changed(holder, rows);
}

export async function deleteInlinePolicy(sql: Sql, holder: Holder, policyName: string): Promise<Made> {
  const rows = await sql.query(`DELETE FROM "InlinePolicy" WHERE "${holder.column}" = $1 AND name = $2 RETURNING id`, [
    holder.id,
    policyName,
  ]);
  if (rows.length === 0) throw noSuch(`${holder.noun} policy`, policyName);
  return changed(holder);
}
