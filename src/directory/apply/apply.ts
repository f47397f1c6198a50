import type { Catalog } from '../../catalog/catalog.ts';
import type { Applied, Progress } from '../directory.ts';
import type { DirectoryDocument } from '../document.ts';
import type { Sql } from '../prisma/database.ts';
import { bindToDeleted } from './bindings.ts';
import { ChangeSet } from './change-set.ts';
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
}

/** A document of which everything is checked that needs no look at the directory. */
export interface PreparedDocument {
  readonly document: DirectoryDocument;
  readonly indexed: IndexedDocument;
}

/** Throws InvalidInput that names the entity. Call it outside of the transaction, in which others have to wait. */
export function prepareDocument(document: DirectoryDocument): PreparedDocument {
  return { document, indexed: indexDocument(document) };
}

/**
 * Brings a document into the directory, inside the transaction of `sql`. Throws InvalidInput that names the entity; the
 * transaction is then to be rolled back.
 */
export async function applyDocument(
  sql: Sql,
  catalog: Catalog,
  { document, indexed }: PreparedDocument,
  progress: Progress,
  now: number,
): Promise<AppliedChange> {
  const changes = new ChangeSet();
  const before = await lockRevision(sql);
  await planOrganizations(sql, document, indexed, changes);
  // The salt differs at every revision: a name that is deleted and created again gets another id.
  const former = await planEntities(document, indexed, { sql, catalog, changes, now, salt: String(before) });
  await planResources(document, indexed, { sql, changes, now });
  const total = countRows(changes);
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
  return { applied, touched };
}

/** ARNs of what the document gives a policy that names principals: it means whoever has these names now. */
function writtenPolicies({ roles, resources }: IndexedDocument): ReadonlySet<string> {
  const written = [...resources.values()].filter(({ policy }) => policy !== undefined).map(({ arn }) => arn);
  return new Set([...roles.keys(), ...written]);
}
