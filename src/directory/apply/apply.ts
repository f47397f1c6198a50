import { setImmediate } from 'node:timers/promises';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Applied, Progress } from '../directory.ts';
import type { DirectoryDocument } from '../document.ts';
import type { Sql } from '../prisma/database.ts';
import { inTurn } from './batches.ts';
import { bindToDeleted } from './bindings.ts';
import { ChangeSet, sha256 } from './change-set.ts';
import { keepToMembers } from './delegated-administrators.ts';
import { type IndexedDocument, indexDocument } from './index-document.ts';
import { planEntities } from './plan-entities.ts';
import { planOrganizations } from './plan-organizations.ts';
import { planResources } from './plan-resources.ts';
import { lockRevision, raiseRevision, type Touched } from './revision.ts';
import { countRows, writeChanges } from './write.ts';

/** What was applied, and what it touched, for the memory of the gathering. */
export interface AppliedChange {
  readonly applied: Applied;
  readonly touched: readonly Touched[];
  /** Tables that have become so different that the planner's statistics of them are void. */
  readonly outgrown: readonly string[];
}

/** Rows of one table in one change. */
const MANY_ROWS = 2_000;

/** A document of which everything is checked that needs no look at the directory. */
export interface PreparedDocument {
  readonly document: DirectoryDocument;
  readonly indexed: IndexedDocument;
  /** The SHA-256 of every policy in it, by its text. */
  readonly hashes: ReadonlyMap<string, string>;
}

/** Throws InvalidInput that names the entity. Call it outside of the transaction, in which others have to wait. */
export async function prepareDocument(document: DirectoryDocument): Promise<PreparedDocument> {
  const indexed = await indexDocument(document);
  const hashes = new Map<string, string>();
  await inTurn(policyTexts(document), (text) => {
    if (!hashes.has(text)) hashes.set(text, sha256(text));
  });
  return { document, indexed, hashes };
}

function* policyTexts(document: DirectoryDocument): Iterable<string> {
  for (const { trustPolicy } of document.roles ?? []) yield trustPolicy;
  for (const list of [document.groups, document.users, document.roles]) {
    for (const { inlinePolicies } of list ?? []) for (const policy of inlinePolicies ?? []) yield policy.document;
  }
  for (const { versions } of document.policies ?? []) for (const version of versions) yield version.document;
  for (const list of [document.resources, document.vpcEndpoints]) {
    for (const { policy } of list ?? []) if (policy != null) yield policy;
  }
}

/**
 * Brings a document into the directory, inside the transaction of `sql`. Throws InvalidInput that names the entity; the
 * transaction is then to be rolled back.
 */
export async function applyDocument(
  sql: Sql,
  catalog: Catalog,
  { document, indexed, hashes }: PreparedDocument,
  progress: Progress,
  now: number,
): Promise<AppliedChange> {
  const changes = new ChangeSet(hashes);
  const before = await lockRevision(sql);
  await planOrganizations(sql, document, indexed, changes);
  // The salt differs at every revision: a name that is deleted and created again gets another id.
  const former = await planEntities(document, indexed, { sql, catalog, changes, now, salt: String(before) });
  await planResources(document, indexed, { sql, changes, now });
  const total = countRows(changes);
  await setImmediate();
  await writeChanges(sql, changes, (done) => progress({ phase: 'writing', done, total }));
  await keepToMembers(sql, changes);
  await bindToDeleted(sql, former, writtenPolicies(indexed), changes);
  const { touched } = changes;
  const revision = changes.isEmpty ? before : await raiseRevision(sql, touched, now);
  const { users, groups, roles, policies, accounts } = indexed;
  const applied = {
    changed: !changes.isEmpty,
    revision,
    users: users.size,
    groups: groups.size,
    roles: roles.size,
    policies: policies.size,
    accounts: [...accounts.keys()],
    counts: changes.counts.all,
    warnings: changes.warnings,
  };
  const outgrown = Array.from(changes.upserts).flatMap(([table, rows]) => (rows.length < MANY_ROWS ? [] : [table]));
  return { applied, touched, outgrown };
}

/** ARNs of what the document gives a policy that names principals: it means whoever has these names now. */
function writtenPolicies({ roles, resources }: IndexedDocument): ReadonlySet<string> {
  const written = [...resources.values()].filter(({ policy }) => policy !== undefined).map(({ arn }) => arn);
  return new Set([...roles.keys(), ...written]);
}
