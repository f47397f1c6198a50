import type { Catalog } from '../../catalog/catalog.ts';
import { applyDocuments, type PreparedDocument, prepareDocument } from '../apply/apply.ts';
import { type CheckReport, checkStore } from '../backup/check.ts';
import { type TakeLine, writeBackup } from '../backup/write-backup.ts';
import type {
  AccountOrganization,
  Applied,
  Directory,
  Gathered,
  GatherRequest,
  Progress,
  Remembered,
  Revision,
} from '../directory.ts';
import type { DirectoryDocument } from '../document.ts';
import { entities } from '../entities/entities.ts';
import type { EntityStore } from '../entities/entity-store.ts';
import { type DirectoryExports, directoryExports } from '../exporting/export-page.ts';
import { find } from '../find/find.ts';
import type { FindStore } from '../find/find-store.ts';
import { CompiledPolicies } from '../gather/compiled-policies.ts';
import { Gatherer } from '../gather/gather.ts';
import { Memory } from '../gather/memory.ts';
import { DEFAULT_MEMORY, MemoryBudget } from '../gather/memory-budget.ts';
import { hasChangedSince } from '../gather/revision-rows.ts';
import { StoredResources } from '../gather/stored-resources.ts';
import { iam } from '../iam/iam.ts';
import type { IamStore } from '../iam/iam-store.ts';
import { createReadModel, type ReadModel } from '../read-model.ts';
import { OwnServices, readServices } from '../services/own-services.ts';
import type { ServiceStore } from '../services/service-store.ts';
import { serviceStore } from '../services/services.ts';
import { Store } from '../store.ts';
import { accessKeys } from '../stores/access-keys.ts';
import { checkCredentials } from '../stores/acting-credentials.ts';
import { addAuditEvent, auditEvents } from '../stores/audit-events.ts';
import type { AuditStore, NewAuditEvent } from '../stores/audit-store.ts';
import type { CheckerStore } from '../stores/checker-store.ts';
import { checkers } from '../stores/checkers.ts';
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
import type { AccessKeyStore, RoleSessionStore } from '../stores/session-store.ts';
import { signingKeys } from '../stores/signing-keys.ts';
import { type ArnPage, arnPage, WITH_POLICY } from './arn-page.ts';
import type { Database, StatementListener } from './database.ts';
import type { DatabaseTimes } from './database-times.ts';
import { openEmbeddedDatabase } from './embedded-database.ts';
import { migrate } from './migrate.ts';
import { isSearchIndexed } from './search-indexes.ts';
import { openServerDatabase } from './server-database.ts';
import type { AvailabilityListener } from './storage-watch.ts';

/** Where the directory is kept: in a folder of this machine, by this process alone, or on a PostgreSQL server. */
export type DirectoryOptions = (
  | { readonly kind: 'embedded'; readonly dataDir: string }
  | { readonly kind: 'server'; readonly url: string; readonly times?: DatabaseTimes }
) & {
  readonly onStatement?: StatementListener;
  readonly onAvailability?: AvailabilityListener;
  /** Bytes for everything that is kept of it in memory. Left out: DEFAULT_MEMORY. */
  readonly memory?: number;
};

/** The directory, with Prisma's client for reading it. */
export interface OpenDirectory extends Directory, IdentityStores {
  readonly prisma: ReadModel;
  readonly find: FindStore;
  readonly iam: IamStore;
  /** Whether searches in the middle of a text have an index. False: the server lets nobody here create pg_trgm. */
  readonly searchIndexed: boolean;
  readonly exports: DirectoryExports;
  readonly services: ServiceStore;
  /** AWS's catalogue with these services, of the revision that memory has reached. */
  readonly catalog: Catalog;
  /** The lines of a backup of one state of the database, up to its counts, each when `take` is done with the one before. */
  backup(take: TakeLine): Promise<void>;
  check(): Promise<CheckReport>;
  /**
   * As `apply`, for a document that is too large for memory: its parts, each of which may name what is in the parts before
   * it. `wholeLists` of a part are about this part alone.
   */
  applyParts(parts: AsyncIterable<DirectoryDocument>, progress: Progress, event: NewAuditEvent): Promise<Applied>;
}

async function* preparedParts(parts: AsyncIterable<DirectoryDocument>): AsyncGenerator<PreparedDocument> {
  for await (const part of parts) yield await prepareDocument(part);
}

class StoredDirectory implements OpenDirectory {
  readonly prisma: ReadModel;
  readonly keys: AccessKeyStore;
  readonly sessions: RoleSessionStore;
  readonly credentials: CredentialStore;
  readonly audit: AuditStore;
  readonly checkers: CheckerStore;
  readonly keySessions: KeySessionStore;
  readonly masterKeys: MasterKeyStore;
  readonly mfaDevices: MfaDeviceStore;
  readonly oidcProviders: OidcProviderStore;
  readonly signingKeys: SigningKeyStore;
  readonly entities: EntityStore;
  readonly find: FindStore;
  readonly iam: IamStore;
  readonly searchIndexed: boolean;
  readonly exports: DirectoryExports;
  readonly services: ServiceStore;
  readonly catalog: Catalog;
  readonly #store: Store;
  readonly #gatherer: Gatherer;
  readonly #budget: MemoryBudget;

  constructor(
    database: Database,
    services: OwnServices,
    revision: Revision,
    searchIndexed: boolean,
    budget: MemoryBudget,
  ) {
    this.searchIndexed = searchIndexed;
    this.#budget = budget;
    const resources = new StoredResources(budget);
    const memory = new Memory(revision, budget, (touched) => resources.advance(touched));
    this.#store = new Store(database, memory, services);
    const { catalog } = services;
    this.catalog = catalog;
    const tools = { catalog, services, compiled: new CompiledPolicies(budget), memory, resources };
    this.#gatherer = new Gatherer(database, tools, () => this.#store.synchronize());
    this.prisma = createReadModel(database.adapter);
    this.keys = accessKeys(this.#store);
    this.sessions = roleSessions(this.#store);
    this.credentials = { check: (acting, at) => checkCredentials(database, acting, at) };
    this.audit = auditEvents(this.#store);
    this.checkers = checkers(this.#store);
    this.keySessions = keySessions(this.#store);
    this.masterKeys = masterKeys(this.#store);
    this.mfaDevices = mfaDevices(this.#store);
    this.oidcProviders = oidcProviders(this.#store);
    this.signingKeys = signingKeys(this.#store);
    this.entities = entities(this.#store, catalog);
    this.find = find(this.#store);
    this.iam = iam(this.#store);
    this.exports = directoryExports(database);
    this.services = serviceStore(this.#store, services);
  }

  /** Brings into memory what every question needs. */
  warm(): Promise<void> {
    return this.#gatherer.readResources();
  }

  async revision(): Promise<Revision> {
    await this.#store.synchronize();
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
  ): Promise<Applied> {
    return this.#apply([await prepareDocument(document)], progress, event);
  }

  applyParts(parts: AsyncIterable<DirectoryDocument>, progress: Progress, event: NewAuditEvent): Promise<Applied> {
    return this.#apply(preparedParts(parts), progress, event);
  }

  async #apply(
    parts: Iterable<PreparedDocument> | AsyncIterable<PreparedDocument>,
    progress: Progress,
    event: NewAuditEvent | undefined,
  ): Promise<Applied> {
    const { applied, outgrown } = await this.#store.change(async (sql, now) => {
      const result = await applyDocuments(sql, this.catalog, parts, progress, now);
      const { revision, accounts } = result.applied;
      await addAuditEvent(sql, event && { accountIds: accounts, ...event }, revision);
      return { revision, touched: result.touched, result };
    }, this.#store.database.long);
    // A server does this by itself, PGlite does not. Between the tables others can ask.
    if (this.#store.database.exclusive) {
      // A fifth of the usual sample: each statement keeps the process.
      if (outgrown.length > 0) await this.#store.database.query('SET default_statistics_target = 20');
      for (const table of outgrown) await this.#store.database.query(`ANALYZE "${table}"`);
    }
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

  organizationOf(
    accountIds: readonly string[],
    since: Revision | null = null,
  ): Promise<ReadonlyMap<string, AccountOrganization>> {
    return this.#gatherer.organizationOf(accountIds, since);
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

  async isEmpty(): Promise<boolean> {
    const [row] = await this.#store.database.query<{ empty: boolean }>(
      `SELECT NOT EXISTS (SELECT 1 FROM "Account") AND NOT EXISTS (SELECT 1 FROM "Organization")
          AND NOT EXISTS (SELECT 1 FROM "AccessKey") AS empty`,
    );
    return row?.empty === true;
  }

  async ping(): Promise<void> {
    await this.#store.database.ping();
  }

  async close(): Promise<void> {
    this.#budget.close();
    await this.#gatherer.close();
    await this.prisma.$disconnect();
    await this.#store.database.close();
  }
}

async function openDatabase(options: DirectoryOptions): Promise<Database> {
  if (options.kind === 'embedded') return openEmbeddedDatabase(options.dataDir, migrate, options);
  const database = openServerDatabase(options.url, options);
  try {
    // A server that hangs is found out here, and not after the time for long work.
    await database.query('SELECT 1');
    await migrate(database.long);
    return database;
  } catch (error) {
    await database.close().catch(() => undefined);
    throw error;
  }
}

/** The directory in `database`, whose schema is the present one. Nothing of it is in memory yet. */
export async function directoryIn(
  database: Database,
  catalog: Catalog,
  memory: number = DEFAULT_MEMORY,
): Promise<OpenDirectory> {
  const { revision, services } = await readServices(database, 2n ** 62n);
  const directory = new StoredDirectory(
    database,
    new OwnServices(catalog, services),
    revision,
    await isSearchIndexed(database),
    new MemoryBudget(memory),
  );
  await directory.warm();
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
    return await directoryIn(database, catalog, options.memory);
  } catch (error) {
    await database.close().catch(() => undefined);
    throw error;
  }
}
