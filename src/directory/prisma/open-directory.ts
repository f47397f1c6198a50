import type { Catalog } from '../../catalog/catalog.ts';
import { type PreparedDocument, prepareDocument, preparedParts } from '../apply/apply.ts';
import { type CheckReport, checkStore } from '../backup/check.ts';
import { type TakeLine, writeBackup } from '../backup/write-backup.ts';
import { BearerKeeper } from '../bearers/bearer-keeper.ts';
import type { PolicyBearers } from '../bearers/policy-bearers.ts';
import type {
  AccountOrganization,
  Applied,
  Directory,
  DirectorySize,
  Gathered,
  GatherRequest,
  HeldKind,
  Progress,
  Remembered,
  Revision,
} from '../directory.ts';
import { KnownSize } from '../directory-size.ts';
import type { DirectoryState } from '../directory-state.ts';
import type { DirectoryDocument } from '../document.ts';
import type { ChangeOptions } from '../entities/change-options.ts';
import { entities } from '../entities/entities.ts';
import type { EntityStore } from '../entities/entity-store.ts';
import { type DirectoryExports, directoryExports } from '../exporting/export-page.ts';
import { find } from '../find/find.ts';
import type { FindStore } from '../find/find-store.ts';
import { CompiledPolicies } from '../gather/compiled-policies.ts';
import { Gatherer } from '../gather/gather.ts';
import { Memory } from '../gather/memory.ts';
import { DEFAULT_MEMORY, MemoryBudget } from '../gather/memory-budget.ts';
import { hasChangedSince, type Reached, readRevision } from '../gather/revision-rows.ts';
import { StoredResources } from '../gather/stored-resources.ts';
import { Advances, type DirectoryHistory, directoryHistory } from '../history.ts';
import { iam } from '../iam/iam.ts';
import type { IamStore } from '../iam/iam-store.ts';
import type { PreviewStore } from '../previews/preview.ts';
import { previews } from '../previews/previews.ts';
import { IndexKeeper, type IndexProgress } from '../principals/index-keeper.ts';
import type { PrincipalIndex } from '../principals/indexed-principals.ts';
import { type Pruned, prune, type Retention } from '../pruning/prune.ts';
import { createReadModel, type ReadModel } from '../read-model.ts';
import { OwnServices, readServices } from '../services/own-services.ts';
import type { ServiceStore } from '../services/service-store.ts';
import { serviceStore } from '../services/services.ts';
import { type Freshness, Store, USUAL_FRESHNESS } from '../store.ts';
import { accessKeys } from '../stores/access-keys.ts';
import type { AcknowledgementStore } from '../stores/acknowledgement-store.ts';
import { acknowledgements } from '../stores/acknowledgements.ts';
import { checkCredentials } from '../stores/acting-credentials.ts';
import { auditEvents } from '../stores/audit-events.ts';
import { type ExportedEvents, exportedEvents } from '../stores/audit-export.ts';
import type { AuditStore, NewAuditEvent } from '../stores/audit-store.ts';
import type { CheckerStore } from '../stores/checker-store.ts';
import { checkers } from '../stores/checkers.ts';
import { type GuessStore, guessStore } from '../stores/guess-store.ts';
import type {
  CredentialStore,
  IdentityStores,
  MfaDeviceStore,
  OidcProviderStore,
  SigningKeyStore,
} from '../stores/identity-stores.ts';
import type { KeySessionStore } from '../stores/key-session-store.ts';
import { keySessions } from '../stores/key-sessions.ts';
import type { MasterKeyStore } from '../stores/master-key-store.ts';
import { masterKeys } from '../stores/master-keys.ts';
import { mfaDevices } from '../stores/mfa-devices.ts';
import { oidcProviders } from '../stores/oidc-providers.ts';
import { roleSessions } from '../stores/role-sessions.ts';
import { type SessionHistory, sessionHistory } from '../stores/session-history.ts';
import type { AccessKeyStore, RoleSessionStore } from '../stores/session-store.ts';
import { signingKeys } from '../stores/signing-keys.ts';
import { applyTo } from './apply-to.ts';
import { type ArnPage, arnPage, WITH_POLICY } from './arn-page.ts';
import type { Database } from './database.ts';
import type { DatabaseTimes } from './database-times.ts';
import { isEmpty } from './housekeeping.ts';
import { type DirectoryOptions, openDatabase, openReplica } from './open-database.ts';
import { RevisionListener } from './revision-listener.ts';
import { isSearchIndexed } from './search-indexes.ts';

export type { DirectoryOptions } from './open-database.ts';

/** The directory, with Prisma's client for reading it. */
export interface OpenDirectory extends Directory, IdentityStores {
  readonly prisma: ReadModel;
  readonly find: FindStore;
  readonly iam: IamStore;
  readonly sessionHistory: SessionHistory;
  /** Whether searches in the middle of a text have an index. False: the server lets nobody here create pg_trgm. */
  readonly searchIndexed: boolean;
  readonly exports: DirectoryExports;
  readonly history: DirectoryHistory;
  /** Null: no other gateway counts. */
  readonly guesses: GuessStore | null;
  readonly services: ServiceStore;
  /** How it is now, to be measured. */
  readonly state: DirectoryState;
  /** AWS's catalogue with these services, of the revision that memory has reached. */
  readonly catalog: Catalog;
  /** The lines of a backup of one state of the database, up to its counts, each when `take` is done with the one before. */
  backup(take: TakeLine): Promise<void>;
  check(): Promise<CheckReport>;
  /** The audit trail behind an event, page by page, with everything that is stored of it. */
  exportedEvents(after: bigint): AsyncIterable<ExportedEvents>;
  /** Removes what has ended and is older than `retention` says at `now`, milliseconds since 1970, in small steps. */
  prune(retention: Retention, now: number, isStopped?: () => boolean): Promise<Pruned>;
  /** A question is about to be asked: what is read in the background waits for it. */
  expectQuestion(): void;
  /** Tells how far the reading of `principals` is, whenever it is read. */
  onIndexing(tell: (progress: IndexProgress) => void): void;
  /**
   * As `apply`, for a document that is too large for memory: its parts, each of which may name what is in the parts before
   * it. `wholeLists` of a part are about this part alone.
   */
  applyParts(parts: AsyncIterable<DirectoryDocument>, progress: Progress, event: NewAuditEvent): Promise<Applied>;
}

/** What is known of a directory when it is opened. */
interface Opened {
  readonly reached: Reached;
  readonly searchIndexed: boolean;
  readonly budget: MemoryBudget;
  readonly freshness: Freshness;
  readonly replica: Database | null;
  /** As in DirectoryOptions. */
  readonly isTold?: boolean | undefined;
}

class StoredDirectory implements OpenDirectory {
  readonly prisma: ReadModel;
  readonly keys: AccessKeyStore;
  readonly sessions: RoleSessionStore;
  readonly credentials: CredentialStore;
  readonly audit: AuditStore;
  readonly checkers: CheckerStore;
  readonly acknowledgements: AcknowledgementStore;
  readonly keySessions: KeySessionStore;
  readonly masterKeys: MasterKeyStore;
  readonly mfaDevices: MfaDeviceStore;
  readonly oidcProviders: OidcProviderStore;
  readonly signingKeys: SigningKeyStore;
  readonly entities: EntityStore;
  readonly find: FindStore;
  readonly iam: IamStore;
  readonly sessionHistory: SessionHistory;
  readonly searchIndexed: boolean;
  readonly exports: DirectoryExports;
  readonly history: DirectoryHistory;
  readonly previews: PreviewStore;
  readonly guesses: GuessStore | null;
  readonly services: ServiceStore;
  readonly catalog: Catalog;
  readonly #store: Store;
  readonly #gatherer: Gatherer;
  readonly #bearers: BearerKeeper;
  readonly #principals: IndexKeeper;
  readonly #budget: MemoryBudget;
  readonly #size: KnownSize;
  readonly #replica: Database | null;
  #listener: RevisionListener | null = null;

  constructor(
    database: Database,
    services: OwnServices,
    { reached, searchIndexed, budget, freshness, replica }: Opened,
  ) {
    this.#replica = replica;
    this.searchIndexed = searchIndexed;
    this.#budget = budget;
    const resources = new StoredResources(budget);
    const advances = new Advances();
    const memory = new Memory(reached.revision, budget, (touched) => {
      resources.advance(touched);
      this.#bearers.advance(touched);
      this.#principals.advance(touched);
      advances.tell(touched);
    });
    this.#store = new Store(database, memory, reached.restored, { freshness, replica, services });
    const { catalog } = services;
    this.catalog = catalog;
    const compiled = new CompiledPolicies(budget);
    const tools = { catalog, services, compiled, memory, resources };
    const synchronize = (): Promise<void> => this.#store.synchronize();
    this.#principals = new IndexKeeper({ database, memory, compiled, budget, synchronize });
    this.#gatherer = new Gatherer(database, tools, this.#store, replica);
    const gather = (request: GatherRequest): Promise<Gathered> => this.gather(request);
    this.#bearers = new BearerKeeper({ database, memory, catalog, budget, compiled, gather, synchronize });
    this.prisma = createReadModel(database.adapter);
    this.keys = accessKeys(this.#store);
    this.sessions = roleSessions(this.#store);
    this.credentials = { check: (acting, at) => checkCredentials(database, acting, at) };
    this.audit = auditEvents(this.#store);
    this.checkers = checkers(this.#store);
    this.acknowledgements = acknowledgements(this.#store);
    this.keySessions = keySessions(this.#store);
    this.masterKeys = masterKeys(this.#store);
    this.mfaDevices = mfaDevices(this.#store);
    this.oidcProviders = oidcProviders(this.#store);
    this.signingKeys = signingKeys(this.#store);
    this.entities = entities(this.#store, catalog);
    this.find = find(this.#store);
    this.iam = iam(this.#store);
    this.sessionHistory = sessionHistory(database);
    this.exports = directoryExports(database);
    this.#size = new KnownSize(database, () => memory.revision);
    this.guesses = guessStore(database);
    this.history = directoryHistory(this.#store, advances);
    this.services = serviceStore(this.#store, services);
    this.previews = previews({ store: this.#store, shared: this, compiled, catalog });
  }

  /** From now on this process is told of changes that others make. */
  listen(url: string, times?: DatabaseTimes): void {
    this.#listener = new RevisionListener(url, this.#store, times);
  }

  expectQuestion(): void {
    this.#gatherer.expect();
  }

  /** Brings into memory what every question needs. `isTold`: true: connections are made ready, too; false: it waits for the first one. */
  async warm(isTold?: boolean): Promise<void> {
    const ready = isTold === true ? this.#gatherer.prepare() : undefined;
    if (isTold !== false) await Promise.all([this.#gatherer.readResources(), ready]);
    await this.#size.read();
  }

  get state(): DirectoryState {
    const { memory, lag, database } = this.#store;
    const { connections = null } = database;
    return { revision: memory.revision, lag, size: { ...this.size }, memory: memory.state, connections };
  }

  get size(): DirectorySize {
    return this.#size.known;
  }

  async revision(): Promise<Revision> {
    await this.#store.refresh();
    return this.#store.memory.revision;
  }

  async changedSince(revision: Revision): Promise<boolean> {
    return hasChangedSince(this.#store.database, revision);
  }

  gather(request: GatherRequest, since: Revision | null = null): Promise<Gathered> {
    return this.#gatherer.gather(request, since);
  }

  remember(now: number, since: Revision | null, loaded: Gathered | null): Remembered | null {
    return this.#gatherer.remember(now, since, loaded);
  }

  async apply(
    document: DirectoryDocument,
    progress: Progress = () => undefined,
    event?: NewAuditEvent,
    options?: ChangeOptions,
  ): Promise<Applied> {
    return this.#apply([await prepareDocument(document)], progress, event, options);
  }

  applyParts(parts: AsyncIterable<DirectoryDocument>, progress: Progress, event: NewAuditEvent): Promise<Applied> {
    return this.#apply(preparedParts(parts), progress, event);
  }

  async #apply(
    parts: Iterable<PreparedDocument> | AsyncIterable<PreparedDocument>,
    progress: Progress,
    event: NewAuditEvent | undefined,
    options: ChangeOptions = {},
  ): Promise<Applied> {
    const applied = await applyTo(this.#store, this.catalog, parts, { progress, event, options });
    if (options.dryRun === true) return applied;
    // A large change has made it forget them.
    await this.warm();
    return applied;
  }

  backup(take: TakeLine): Promise<void> {
    return writeBackup(this.#store.database.long, Date.now(), take);
  }

  check(): Promise<CheckReport> {
    return checkStore(this.#store.database.long);
  }

  exportedEvents(after: bigint): AsyncIterable<ExportedEvents> {
    return exportedEvents(this.#store.database, after);
  }

  prune(retention: Retention, now: number, isStopped?: () => boolean): Promise<Pruned> {
    return prune(this.#store.database, retention, now, isStopped);
  }

  organizationOf(
    accountIds: readonly string[],
    since: Revision | null = null,
  ): Promise<ReadonlyMap<string, AccountOrganization>> {
    return this.#gatherer.organizationOf(accountIds, since);
  }

  async principals(): Promise<PrincipalIndex | null> {
    await this.#store.refresh();
    return this.#principals.current();
  }

  onIndexing(tell: (progress: IndexProgress) => void): void {
    this.#principals.onProgress(tell);
  }

  heldDocuments(kind: HeldKind, arns: readonly string[]): ReturnType<Gatherer['held']> {
    return this.#gatherer.held(kind, arns);
  }

  userArns(page: ArnPage): Promise<readonly string[]> {
    return arnPage(this.#store.database, '"User"', page);
  }

  roleArns(page: ArnPage): Promise<readonly string[]> {
    return arnPage(this.#store.database, '"Role"', page);
  }

  resourceArnsWithPolicy(page: ArnPage): Promise<readonly string[]> {
    return arnPage(this.#store.database, '"Resource"', page, WITH_POLICY);
  }

  resourceArns(page: ArnPage): Promise<readonly string[]> {
    return arnPage(this.#store.database, '"Resource"', page);
  }

  bearers(): Promise<PolicyBearers | null> {
    return this.#bearers.current();
  }

  isEmpty(): Promise<boolean> {
    return isEmpty(this.#store.database);
  }

  async ping(): Promise<void> {
    await this.#store.database.ping();
  }

  async close(): Promise<void> {
    this.#budget.close();
    await this.#listener?.close();
    await this.#gatherer.close();
    await this.#principals.close();
    await this.prisma.$disconnect();
    await this.#replica?.close();
    await this.#store.database.close();
  }
}

/** The directory in `database`, whose schema is the present one. Nothing of it is in memory yet. */
export function directoryIn(database: Database, catalog: Catalog, memory?: number): Promise<OpenDirectory> {
  return storedIn(database, catalog, memory);
}

async function storedIn(
  database: Database,
  catalog: Catalog,
  memory: number = DEFAULT_MEMORY,
  { freshness = USUAL_FRESHNESS, replica = null, isTold }: Partial<Opened> = {},
): Promise<StoredDirectory> {
  const { services } = await readServices(database, 2n ** 62n);
  const own = new OwnServices(catalog, services);
  const reached = await readRevision(database, 2n ** 62n);
  const searchIndexed = await isSearchIndexed(database);
  const budget = new MemoryBudget(memory);
  const directory = new StoredDirectory(database, own, { reached, searchIndexed, budget, freshness, replica });
  await directory.warm(isTold);
  return directory;
}

/**
 * Opens the directory, after bringing its database to the current schema. Throws RolegateError: DATA_DIR_LOCKED (another
 * process holds the folder), DATA_DIR_UNUSABLE, DIRECTORY_UNAVAILABLE (the server does not answer), BAD_CONFIGURATION,
 * DIRECTORY_TOO_NEW, MIGRATION_FAILED, MIGRATION_CHANGED.
 */
export async function openDirectory(options: DirectoryOptions, catalog: Catalog): Promise<OpenDirectory> {
  const database = await openDatabase(options);
  try {
    // Who is told of no changes ends soon, and may ask nothing: the first question begins to read what is kept in memory.
    const { memory, isTold } = options;
    if (options.kind === 'embedded') return await storedIn(database, catalog, memory, { isTold });
    const { freshness = USUAL_FRESHNESS } = options;
    const directory = await storedIn(database, catalog, memory, { freshness, replica: openReplica(options), isTold });
    if (isTold === true) directory.listen(options.directUrl ?? options.url, options.times);
    return directory;
  } catch (error) {
    await database.close().catch(() => undefined);
    throw error;
  }
}
