import { setImmediate } from 'node:timers/promises';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Applied, Progress, Revision } from '../directory.ts';
import type { DirectoryDocument } from '../document.ts';
import type { WritingSql } from '../prisma/database.ts';
import { OWN_SERVICE } from '../services/own-services.ts';
import { planServices } from '../services/plan-services.ts';
import { inTurn } from './batches.ts';
import { bindGrantsToDeleted, bindToDeleted } from './bindings.ts';
import { ChangeSet, sha256 } from './change-set.ts';
import { keepToMembers } from './delegated-administrators.ts';
import { EarlyWriting } from './early-writing.ts';
import { type IndexedDocument, indexDocument } from './index-document.ts';
import { ManyTexts } from './many-texts.ts';
import { type EntityTools, planEntities } from './plan-entities.ts';
import { planOrganizations } from './plan-organizations.ts';
import { planResources } from './plan-resources.ts';
import type { Touched } from './revision.ts';
import { countRows, writeChanges } from './write.ts';

/** What was written, all that it touched, and what it has read beside that. */
export interface Written {
  readonly applied: Omit<Applied, 'revision'>;
  readonly touched: readonly Touched[];
  readonly reads: readonly Touched[];
  /** Tables that have become so different that the planner's statistics of them are void. */
  readonly outgrown: readonly string[];
}

/** Of the transaction in which documents are written. */
interface Writing {
  readonly progress: Progress;
  /** The time that rows get. */
  readonly now: number;
  /** The revision that it begins with. */
  readonly before: Revision;
  /** What is read is wanted, too: documents name very much. */
  readonly tellsReads: boolean;
}

/** Rows of one table in one change. */
const MANY_ROWS = 2_000;

/** A document of which everything is checked that needs no look at the directory. */
export interface PreparedDocument {
  readonly document: DirectoryDocument;
  readonly indexed: IndexedDocument;
  /** The SHA-256 of every policy in it, by its text. */
  readonly hashes: ReadonlyMap<string, string>;
  /** These alone. */
  readonly given: Pick<ReadonlySet<string>, 'has'>;
}

/** Throws InvalidInput that names the entity. Call it outside of the transaction, in which others have to wait. */
export async function prepareDocument(document: DirectoryDocument): Promise<PreparedDocument> {
  const indexed = await indexDocument(document);
  const hashes = new ManyTexts<string>();
  const given = new ManyTexts<true>();
  await inTurn(policyTexts(document), (text) => {
    if (hashes.has(text)) return;
    const hash = sha256(text);
    hashes.set(text, hash);
    given.set(hash, true);
  });
  return { document, indexed, hashes, given };
}

/** Each part as `prepareDocument` makes it, when it is asked for. */
export async function* preparedParts(parts: AsyncIterable<DirectoryDocument>): AsyncGenerator<PreparedDocument> {
  for await (const part of parts) yield await prepareDocument(part);
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
 * Brings documents into the directory, one after the other, inside the transaction of `sql`, which holds the write lock: the parts of a
 * whole, each of which may name what is in the parts before it. Of a part that is written, only names are kept. Throws InvalidInput that
 * names the entity; the transaction is then to be rolled back.
 */
export async function applyDocuments(
  sql: WritingSql,
  catalog: Catalog,
  parts: Iterable<PreparedDocument> | AsyncIterable<PreparedDocument>,
  { progress, now, before, tellsReads }: Writing,
): Promise<Written> {
  const changes = new ChangeSet();
  const former = new Map<string, string>();
  const named = { policies: new Set<string>(), grants: new Set<string>() };
  const accounts = new Set<string>();
  const sum = { users: 0, groups: 0, roles: 0, policies: 0 };
  const rowsOf = new Map<string, number>();
  const reads: Touched[] = [];
  for await (const { document, indexed, hashes, given } of parts) {
    changes.beginPart(hashes, given);
    await planOrganizations(sql, document, indexed, changes);
    const early = new EarlyWriting(sql, changes, (done, taken) =>
      progress({ phase: 'writing', done, total: taken + countRows(changes) }),
    );
    // The salt differs at every revision: a name that is deleted and created again gets another id.
    const tools = { sql, catalog, changes, now, salt: String(before), early };
    const replaced = await planThings(document, indexed, tools).catch(async (error: unknown) => {
      throw await early.causeOf(error);
    });
    for (const [table, rows] of early.written) rowsOf.set(table, (rowsOf.get(table) ?? 0) + rows);
    const written = early.rows;
    const total = written + countRows(changes);
    await setImmediate();
    await writeChanges(sql, changes, (done) => progress({ phase: 'writing', done: written + done, total }));
    await keepToMembers(sql, changes);
    for (const [table, rows] of [...changes.upserts, ...changes.inserts]) {
      rowsOf.set(table, (rowsOf.get(table) ?? 0) + rows.length);
    }
    if (tellsReads) await inTurn(namesIn(document, indexed), (one) => reads.push(one));
    await setImmediate();
    changes.endPart();
    await inTurn(replaced, ([arn, id]) => former.set(arn, id));
    await inTurn(writtenPolicies(indexed), (arn) => named.policies.add(arn));
    await inTurn(writtenGrants(indexed), (arn) => named.grants.add(arn));
    for (const id of indexed.accounts.keys()) accounts.add(id);
    for (const kind of ['users', 'groups', 'roles', 'policies'] as const) sum[kind] += indexed[kind].size;
  }
  await bindToDeleted(sql, former, named.policies, changes);
  await bindGrantsToDeleted(sql, former, named.grants, changes);
  const { counts, warnings, touched } = changes;
  const applied = { changed: !changes.isEmpty, ...sum, accounts: [...accounts], counts: counts.all, warnings };
  const outgrown = Array.from(rowsOf).flatMap(([table, rows]) => (rows < MANY_ROWS ? [] : [table]));
  return { applied, touched, reads, outgrown };
}

/** Plans all but organizations and accounts. Returns as `planEntities`. What is written early is written. */
async function planThings(
  document: DirectoryDocument,
  indexed: IndexedDocument,
  tools: EntityTools,
): Promise<ReadonlyMap<string, string>> {
  const replaced = await planEntities(document, indexed, tools);
  await planServices(document, tools);
  await planResources(document, indexed, tools);
  await tools.early.end();
  return replaced;
}

/** The lists of a document, as the log of changes names what is in them. */
const NAMED = [
  ['Organization', 'organizations'],
  ['Account', 'accounts'],
  ['ManagedPolicy', 'policies'],
  ['ManagedPolicy', 'policyReferences'],
  ['Group', 'groups'],
  ['User', 'users'],
  ['Role', 'roles'],
  ['InstanceProfile', 'instanceProfiles'],
  ['OidcProvider', 'oidcProviders'],
  ['Resource', 'resources'],
  ['VpcEndpoint', 'vpcEndpoints'],
] as const;

/** What a document names: it is read, even where nothing is different. */
function* namesIn({ services, accessKeys }: DirectoryDocument, indexed: IndexedDocument): Iterable<Touched> {
  for (const [entity, kind] of NAMED) for (const entityId of indexed[kind].keys()) yield { entity, entityId };
  for (const { prefix } of services ?? []) yield { entity: OWN_SERVICE, entityId: prefix };
  for (const { id, user } of accessKeys ?? []) {
    yield { entity: 'AccessKey', entityId: id };
    if (user !== undefined) yield { entity: 'User', entityId: user };
  }
}

/** ARNs of what the document gives a policy that names principals: it means whoever has these names now. */
function* writtenPolicies({ roles, resources }: IndexedDocument): Iterable<string> {
  yield* roles.keys();
  for (const { arn, policy } of resources.values()) if (policy !== undefined) yield arn;
}

/** ARNs of keys whose grants the document gives: those mean whoever has the names now. */
function* writtenGrants({ resources }: IndexedDocument): Iterable<string> {
  for (const { arn, grants } of resources.values()) if (grants !== undefined) yield arn;
}
