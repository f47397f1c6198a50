import type { Database } from '../prisma/database.ts';
import { RESOURCE_JSON, type ResourceRow, readDocuments, TAGGED_AS_RESOURCE_JSON } from './rows.ts';
import type { StoredResources } from './stored-resources.ts';

/** Rows of one statement: few enough that it keeps nobody waiting on the embedded store. */
const PAGE = 250;
const DOCUMENTS = 100;

/** One page of a table, after an ARN, with the state of the database that it is of. */
const page = (table: string, json: string): string => `
  SELECT (SELECT revision::text FROM "DirectoryState" WHERE id = 1) AS revision,
    (SELECT coalesce(json_agg(${json} ORDER BY e.arn), '[]')
       FROM (SELECT * FROM ${table} WHERE arn > $1 ORDER BY arn LIMIT ${PAGE}) e) AS rows`;

const PAGES = [
  page('"Resource"', RESOURCE_JSON),
  page('"User"', TAGGED_AS_RESOURCE_JSON),
  page('(SELECT arn, "accountId", tags FROM "ManagedPolicy" WHERE "accountId" IS NOT NULL) p', TAGGED_AS_RESOURCE_JSON),
  page(`(SELECT arn, split_part(arn, ':', 5) AS "accountId", tags FROM "InstanceProfile") p`, TAGGED_AS_RESOURCE_JSON),
];

const ACCOUNTS = `
  SELECT (SELECT revision::text FROM "DirectoryState" WHERE id = 1) AS revision,
    (SELECT coalesce(json_agg(id), '[]') FROM "Account") AS ids`;

interface Reading {
  /** Whether it is still wanted. */
  readonly isWanted: () => boolean;
  /** Brings the facts of accounts into memory. */
  readonly accounts: (ids: readonly string[]) => Promise<unknown>;
  /** Resolves when others may wait for this: nobody else is being read for, or that has lasted too long. */
  readonly turn: () => Promise<void>;
  /** Called after each page, with their number. */
  readonly onPage: (pages: number) => void;
}

/** Reads everything that `resources` is to hold, page by page, so that others are let in between. */
export async function readStoredResources(
  database: Database,
  resources: StoredResources,
  { isWanted, accounts, turn, onPage }: Reading,
): Promise<void> {
  const [row] = await database.query<{ revision: string; ids: readonly string[] }>(ACCOUNTS, []);
  const ids = row?.ids ?? [];
  if (!isWanted()) return;
  resources.add(BigInt(row?.revision ?? 0), { accounts: ids });
  let pages = 0;
  for (const statement of PAGES) {
    for (let after = ''; isWanted(); await turn()) {
      const [found] = await database.query<{ revision: string; rows: readonly ResourceRow[] }>(statement, [after]);
      if (!isWanted()) return;
      const rows = found?.rows ?? [];
      resources.add(BigInt(found?.revision ?? 0), { resources: rows });
      onPage(++pages);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) break;
      after = last.arn;
    }
  }
  for (let at = 0; at < ids.length && isWanted(); at += PAGE) await accounts(ids.slice(at, at + PAGE));
  await readTexts(database, resources, isWanted, turn);
  if (isWanted()) resources.complete();
}

async function readTexts(
  database: Database,
  resources: StoredResources,
  isWanted: () => boolean,
  turn: () => Promise<void>,
): Promise<void> {
  const hashes = resources.missingTexts();
  for (let at = 0; at < hashes.length && isWanted(); at += DOCUMENTS) {
    for (const [hash, text] of await readDocuments(database, hashes.slice(at, at + DOCUMENTS))) {
      resources.keepText(hash, text);
    }
    await turn();
  }
}
