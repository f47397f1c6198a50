import type { Catalog } from '../../catalog/catalog.ts';
import { InvalidInput } from '../../policy/errors.ts';
import type { Applied, Progress, Revision } from '../directory.ts';
import type { DirectoryDocument } from '../document.ts';
import type { Sql } from '../prisma/database.ts';
import { bindGrantsToDeleted, bindToDeleted } from './bindings.ts';
import { ChangeSet } from './change-set.ts';
import { keepToMembers } from './delegated-administrators.ts';
import { type EntityKind, freeId, nounOf } from './entity-arn.ts';
import { type IndexedDocument, indexDocument } from './index-document.ts';
import { planAccount, planKnowledge } from './plan-account.ts';
import { planEndpoint } from './plan-endpoint.ts';
import { type HolderTools, type IdOf, planGroup, planInstanceProfile, planRole, planUser } from './plan-holders.ts';
import { planOidcProvider } from './plan-oidc-provider.ts';
import { planOrganization } from './plan-organization.ts';
import { planPolicy, policiesOf } from './plan-policies.ts';
import { planAccessKey, planResource, type StoredKey } from './plan-resource.ts';
import { type Resolved, resolveIds } from './resolve-ids.ts';
import { lockRevision, raiseRevision, type Touched } from './revision.ts';
import {
  readAccounts,
  readEndpoints,
  readEntities,
  readKnowledge,
  readOrganizations,
  readProviders,
  readResources,
  type StoredEntity,
} from './stored.ts';
import { countRows, writeChanges } from './write.ts';

/** What was applied, and what it touched, for the memory of the gathering. */
export interface AppliedChange {
  readonly applied: Applied;
  readonly touched: readonly Touched[];
}

/** Ids of entities by ARN: those of the document, else stored ones. */
async function idLookup(
  sql: Sql,
  kind: EntityKind,
  resolved: ReadonlyMap<string, Resolved<StoredEntity>>,
  references: Iterable<string>,
): Promise<IdOf> {
  const missing = [...new Set(references)].filter((arn) => !resolved.has(arn));
  const rows =
    missing.length === 0
      ? []
      : await sql.query<{ id: string; arn: string }>(`SELECT id, arn FROM "${kind}" WHERE arn = ANY($1::text[])`, [
          missing,
        ]);
  const stored = new Map(rows.map((row) => [row.arn, row.id]));
  return (arn, holder) => {
    const id = resolved.get(arn)?.id ?? stored.get(arn);
    if (id === undefined) throw new InvalidInput('document', `${holder}: there is no ${nounOf(kind)} ${arn}`);
    return id;
  };
}

/** Reads what is stored under the names and ids of `inputs`, and gives each its id. */
async function resolve<K extends EntityKind>(
  sql: Sql,
  kind: K,
  inputs: Iterable<{ readonly arn: string; readonly id?: string }>,
  changes: ChangeSet,
  salt: string,
) {
  const list = [...inputs];
  const arns = list.map((input) => input.arn);
  const ids = list.map((input) => input.id ?? freeId(kind, input.arn, salt, () => false));
  const rows = await readEntities(sql, kind, arns, ids);
  return resolveIds(kind, list, rows, changes, salt);
}

/** The work of one `apply`, inside its transaction. */
class Application {
  readonly #sql: Sql;
  readonly #catalog: Catalog;
  readonly #document: DirectoryDocument;
  readonly #indexed: IndexedDocument;
  readonly #changes = new ChangeSet();
  readonly #now: number;
  readonly #replaced = new Map<string, string>();

  constructor(sql: Sql, catalog: Catalog, document: DirectoryDocument, indexed: IndexedDocument, now: number) {
    this.#sql = sql;
    this.#catalog = catalog;
    this.#document = document;
    this.#indexed = indexed;
    this.#now = now;
  }

  async run(progress: Progress): Promise<AppliedChange> {
    const before = await lockRevision(this.#sql);
    await this.#planOrganizations();
    // It differs at every revision: a name that is deleted and created again gets another id.
    await this.#planEntities(String(before));
    await this.#planResources();
    const changes = this.#changes;
    const total = countRows(changes);
    await writeChanges(this.#sql, changes, (done) => progress({ phase: 'writing', done, total }));
    await keepToMembers(this.#sql, changes);
    const rewritten = new Set([
      ...this.#indexed.roles.keys(),
      ...[...this.#indexed.resources.values()].filter((each) => each.policy !== undefined).map((each) => each.arn),
    ]);
    await bindToDeleted(this.#sql, this.#replaced, rewritten, changes);
    const regranted = [...this.#indexed.resources.values()].filter((each) => each.grants !== undefined);
    await bindGrantsToDeleted(this.#sql, this.#replaced, new Set(regranted.map((each) => each.arn)), changes);
    const revision = changes.isEmpty ? before : await raiseRevision(this.#sql, changes.touched, this.#now);
    return { applied: this.#summary(revision, !changes.isEmpty), touched: changes.touched };
  }

  async #planOrganizations(): Promise<void> {
    const { accounts } = this.#indexed;
    const inputs = this.#document.organizations ?? [];
    const referred = [...accounts.values()].flatMap(({ input }) =>
      typeof input?.membership === 'object' ? [input.membership] : [],
    );
    const ids = [...new Set([...inputs.map((each) => each.id), ...referred.map((each) => each.organizationId)])];
    const stored = new Map((await readOrganizations(this.#sql, ids)).map((row) => [row.id, row]));
    for (const input of inputs) {
      const partition = accounts.get(input.managementAccountId)?.partition ?? 'aws';
      planOrganization(input, stored.get(input.id) ?? null, partition, this.#changes);
    }
    const given = new Map(inputs.map((input) => [input.id, input]));
    for (const { organizationId, unitId } of referred) {
      const units = given.get(organizationId)?.units ?? stored.get(organizationId)?.units;
      if (!given.has(organizationId) && !stored.has(organizationId)) {
        throw new InvalidInput('document', `there is no organization \`${organizationId}\``);
      }
      if (unitId !== null && units?.some((unit) => unit.id === unitId) !== true) {
        throw new InvalidInput('document', `there is no organizational unit \`${unitId}\` in ${organizationId}`);
      }
    }
    const rows = new Map((await readAccounts(this.#sql, [...accounts.keys()])).map((row) => [row.id, row]));
    for (const account of accounts.values()) planAccount(account, rows.get(account.id) ?? null, this.#changes);
    await this.#planKnowledge();
  }

  async #planKnowledge(): Promise<void> {
    const { knowledge = [] } = this.#document;
    const key = (accountId: string, layer: string, service = ''): string => `${accountId} ${layer} ${service}`;
    const rows = await readKnowledge(this.#sql, [...new Set(knowledge.map(({ accountId }) => accountId))]);
    const stored = new Map(rows.map((row) => [key(row.accountId, row.layer, row.service), row]));
    for (const input of knowledge) {
      const row = stored.get(key(input.accountId, input.layer, input.service)) ?? null;
      planKnowledge(input, row, this.#now, this.#changes);
    }
  }

  async #planEntities(salt: string): Promise<void> {
    const changes = this.#changes;
    const { users, groups, roles, policies, instanceProfiles, policyReferences } = this.#indexed;
    const sql = this.#sql;
    const named = new Map<string, { readonly arn: string; readonly id?: string }>();
    for (const arn of policyReferences.keys()) named.set(arn, { arn });
    for (const [arn, input] of policies) named.set(arn, input);
    const policyIds = await resolve(sql, 'ManagedPolicy', named.values(), changes, salt);
    const storedPolicies = new Map(
      [...policyIds].flatMap(([arn, { stored }]) => (stored === null ? [] : [[arn, stored] as const])),
    );
    for (const plan of policiesOf(policies, policyReferences, storedPolicies, this.#catalog, changes)) {
      planPolicy(plan, of(policyIds, plan.arn), this.#now, changes);
    }
    const groupIds = await resolve(sql, 'Group', groups.values(), changes, salt);
    const userIds = await resolve(sql, 'User', users.values(), changes, salt);
    const roleIds = await resolve(sql, 'Role', roles.values(), changes, salt);
    const profileIds = await resolve(sql, 'InstanceProfile', instanceProfiles.values(), changes, salt);
    const tools: HolderTools = {
      changes,
      now: this.#now,
      policyId: await idLookup(sql, 'ManagedPolicy', policyIds, []),
      groupId: await idLookup(
        sql,
        'Group',
        groupIds,
        [...users.values()].flatMap((user) => user.groups ?? []),
      ),
      roleId: await idLookup(
        sql,
        'Role',
        roleIds,
        [...instanceProfiles.values()].flatMap((each) => each.role ?? []),
      ),
    };
    for (const input of groups.values()) planGroup(input, of(groupIds, input.arn), tools);
    for (const input of users.values()) planUser(input, of(userIds, input.arn), tools);
    for (const input of roles.values()) planRole(input, of(roleIds, input.arn), tools);
    for (const input of instanceProfiles.values()) planInstanceProfile(input, of(profileIds, input.arn), tools);
    for (const [arn, { replaces }] of [...userIds, ...roleIds])
      if (replaces !== null) this.#replaced.set(arn, replaces);
    await this.#planKeys(userIds);
  }

  async #planKeys(userIds: ReadonlyMap<string, Resolved<StoredEntity>>): Promise<void> {
    const keys = this.#document.accessKeys ?? [];
    if (keys.length === 0) return;
    const rows = await this.#sql.query<StoredKey>(
      `SELECT id, "userId", "servicePrincipal" FROM "AccessKey" WHERE id = ANY($1::text[])`,
      [keys.map((key) => key.id)],
    );
    const stored = new Map(rows.map((row) => [row.id, row]));
    const gone = new Set([...userIds.values()].map((each) => each.replaces));
    const userId = await idLookup(
      this.#sql,
      'User',
      userIds,
      keys.flatMap((key) => key.user ?? []),
    );
    for (const key of keys) {
      const row = stored.get(key.id) ?? null;
      const current = row?.userId != null && gone.has(row.userId) ? null : row;
      planAccessKey(key, current, userId, this.#now, this.#changes);
    }
  }

  async #planResources(): Promise<void> {
    const { oidcProviders, resources, vpcEndpoints } = this.#indexed;
    const sql = this.#sql;
    const changes = this.#changes;
    const stored = new Map((await readResources(sql, [...resources.keys()])).map((row) => [row.arn, row]));
    for (const input of resources.values()) planResource(input, stored.get(input.arn) ?? null, changes);
    const providers = new Map((await readProviders(sql, [...oidcProviders.keys()])).map((row) => [row.arn, row]));
    for (const input of oidcProviders.values()) {
      planOidcProvider(input, providers.get(input.arn) ?? null, this.#now, changes);
    }
    const endpoints = new Map((await readEndpoints(sql, [...vpcEndpoints.keys()])).map((row) => [row.id, row]));
    for (const input of vpcEndpoints.values()) planEndpoint(input, endpoints.get(input.id) ?? null, changes);
  }

  #summary(revision: Revision, changed: boolean): Applied {
    const { users, groups, roles, policies, accounts } = this.#indexed;
    return {
      changed,
      revision,
      users: users.size,
      groups: groups.size,
      roles: roles.size,
      policies: policies.size,
      accounts: [...accounts.keys()],
      warnings: this.#changes.warnings,
    };
  }
}

function of<T>(map: ReadonlyMap<string, T>, arn: string): T {
  const value = map.get(arn);
  if (value === undefined) throw new Error(`no id was resolved for ${arn}`);
  return value;
}

/**
 * Brings `document` into the directory, inside the transaction of `sql`. Throws InvalidInput that names the entity; the
 * transaction is then to be rolled back.
 */
export function applyDocument(
  sql: Sql,
  catalog: Catalog,
  document: DirectoryDocument,
  progress: Progress,
  now: number,
): Promise<AppliedChange> {
  return new Application(sql, catalog, document, indexDocument(document), now).run(progress);
}
