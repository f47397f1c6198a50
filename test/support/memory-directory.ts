import { randomBytes } from 'node:crypto';
import type { Catalog } from '../../src/catalog/catalog.ts';
import type {
  AccountOrganization,
  Directory,
  DirectorySize,
  Gathered,
  GatherRequest,
  Known,
  UnknownOfResource,
} from '../../src/directory/directory.ts';
import type {
  AccountInput,
  DirectoryDocument,
  OrganizationInput,
  ResourceInput,
  RoleInput,
  UserInput,
} from '../../src/directory/document.ts';
import type { AttachedRow } from '../../src/directory/gather/rows.ts';
import type { PrincipalIndex } from '../../src/directory/principals/indexed-principals.ts';
import type { PrincipalRows } from '../../src/directory/principals/principal-rows.ts';
import type { AccessKeyRecord, RoleSessionRecord } from '../../src/directory/stores/session-store.ts';
import { withNetworkOrigin } from '../../src/evaluation/access-point.ts';
import type { AttachedPolicy, ControlLevel } from '../../src/evaluation/applicable-policies.ts';
import {
  type PreparedPrincipal,
  type PreparedResource,
  type PreparedRole,
  preparePolicies,
  preparePrincipal,
  prepareResource,
  roleSession,
} from '../../src/evaluation/prepare.ts';
import type { OrganizationFacts } from '../../src/evaluation/principal.ts';
import type { UnderlyingBucket } from '../../src/evaluation/underlying-bucket.ts';
import { parseArn } from '../../src/policy/arn.ts';
import { RolegateError } from '../../src/policy/errors.ts';
import type { PrincipalRef } from '../../src/policy/principal-id.ts';
import { attached } from './attached-policy.ts';
import { controlLevel } from './control-level.ts';
import { holderRow, indexOf } from './index-of.ts';
import { pageOf } from './page-of.ts';

const FULL_RESOURCE_ACCESS = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' },
});

/** A directory that is read from one document and lives in memory: the agreement without a database. */
export class MemoryDirectory implements Directory {
  readonly #document: DirectoryDocument;
  readonly #catalog: Pick<Catalog, 'managedPolicy' | 'policyHolders'>;
  readonly #sessions = new Map<string, RoleSessionRecord>();
  readonly #keys = new Map<string, AccessKeyRecord>();
  readonly #ids = new Map<string, string>();
  readonly #roles = new Map<string, PreparedRole>();
  readonly #users = new Map<string, PreparedPrincipal>();
  #revision = 1n;
  /** As a test wants it to be. */
  size: DirectorySize = { principals: 0, roles: 0, resources: 0 };
  /** Whether it holds an index of its principals. */
  isIndexed = true;
  /** How often something was gathered. */
  gathers = 0;
  /** How often a key or session was looked up. */
  lookups = 0;
  /** Called before each gather: a test's place to change something meanwhile. */
  beforeGather: () => void = () => undefined;

  constructor(document: DirectoryDocument, catalog: Pick<Catalog, 'managedPolicy' | 'policyHolders'>) {
    this.#document = document;
    this.#catalog = catalog;
  }

  readonly keys = {
    find: async (id: string): Promise<AccessKeyRecord | null> => {
      this.lookups += 1;
      return this.#keys.get(id) ?? null;
    },
    ownerOf: async (id: string): Promise<string | null> => {
      const owner = this.#keys.get(id)?.owner;
      return owner === undefined ? null : owner.kind === 'service' ? owner.service : owner.arn;
    },
    create: async ({ id, userArn, service }: { id: string; userArn?: string; service?: string }): Promise<void> => {
      if (service !== undefined) {
        this.#keys.set(id, { id, active: true, owner: { kind: 'service', service } });
        return;
      }
      const user = this.#user(userArn ?? '');
      if (user === undefined) throw new RolegateError('NoSuchEntity', `no such user: \`${userArn}\``);
      const held = [...this.#keys.values()].filter(({ owner }) => owner.kind === 'user' && owner.arn === user.arn);
      if (held.length >= 2) throw new RolegateError('LimitExceeded', 'Cannot exceed quota for AccessKeysPerUser: 2');
      this.#keys.set(id, { id, active: true, owner: { kind: 'user', id: this.#idOf(user, 'AIDA'), arn: user.arn } });
    },
    remove: async (id: string): Promise<void> => {
      if (!this.#keys.delete(id)) throw new RolegateError('NoSuchEntity', `no such key: \`${id}\``);
    },
  };

  readonly sessions = {
    find: async (id: string): Promise<RoleSessionRecord | null> => {
      this.lookups += 1;
      return this.#sessions.get(id) ?? null;
    },
    live: async (arn: string, now: number): Promise<readonly RoleSessionRecord[]> => this.#live(arn, now),
    create: async (session: Omit<RoleSessionRecord, 'endedAt'>): Promise<void> => {
      this.#sessions.set(session.id, { ...session, endedAt: null });
    },
    end: async (id: string, at: number): Promise<RoleSessionRecord | null> => {
      const session = this.#sessions.get(id);
      if (session === undefined) return null;
      const ended = { ...session, endedAt: session.endedAt ?? at };
      this.#sessions.set(id, ended);
      return ended;
    },
  };

  /** Switches a key off. */
  deactivate(keyId: string): void {
    const key = this.#keys.get(keyId);
    if (key !== undefined) this.#keys.set(keyId, { ...key, active: false });
  }

  /** Deletes a role, and its sessions with it. With `recreate`, another role takes its name. */
  deleteRole(arn: string, options: { readonly recreate?: boolean } = {}): void {
    for (const [id, session] of this.#sessions) if (session.roleArn === arn) this.#sessions.delete(id);
    const roles = this.#list('roles');
    const index = roles.findIndex((role) => role.arn === arn);
    if (options.recreate !== true) roles.splice(index, 1);
    this.#ids.delete(arn);
    this.#roles.delete(arn);
    this.#revision += 1n;
  }

  /** Raises the revision, as any change does. */
  touch(): void {
    this.#revision += 1n;
  }

  revision(): Promise<bigint> {
    return Promise.resolve(this.#revision);
  }

  changedSince(revision: bigint): Promise<boolean> {
    return Promise.resolve(revision !== this.#revision);
  }

  /** It answers as a database does: later. */
  remember(): null {
    return null;
  }

  gather(request: GatherRequest): Promise<Gathered> {
    this.beforeGather();
    this.gathers += 1;
    const now = request.now ?? 0;
    const newest = (ref: PrincipalRef): RoleSessionRecord | null =>
      ref.kind === 'roleSession' ? (this.#live(ref.arn, now)[0] ?? null) : null;
    const gathered: Gathered = {
      revision: this.#revision,
      principal: (ref) => known(this.#principal(ref, newest(ref), gathered)),
      role: (arn) => known(this.#role(arn)),
      resource: (arn, accountId) => ({
        value: this.#resource(arn, accountId),
        gaps: [],
        ...(arn.includes(':kms:') ? { unknown: this.#unknownGrants(arn) } : {}),
      }),
      session: newest,
      policy: (arn) => {
        if (request.policies?.includes(arn) !== true) throw new Error(`${arn} was not asked for`);
        const document = this.#managedPolicy(arn);
        return document === null ? null : attached(document, 'session', arn, arn);
      },
      organization: (accountId) => this.#organizationOf(accountId),
      endpoint: () => null,
      knows: () => false,
      principalGaps: () => [],
    };
    return Promise.resolve(gathered);
  }

  async organizationOf(accountIds: readonly string[]): Promise<ReadonlyMap<string, AccountOrganization>> {
    const known = accountIds.map((id) => [id, this.#organizationOf(id)] as const);
    return new Map(known.flatMap(([id, organization]) => (organization === null ? [] : [[id, organization]])));
  }

  async principals(): Promise<PrincipalIndex | null> {
    return this.isIndexed ? indexOf(this.#rows()) : null;
  }

  async userArns(page: PrincipalPage): Promise<readonly string[]> {
    return pageOf(inAccount(this.#list('users'), page), page);
  }

  async roleArns(page: PrincipalPage): Promise<readonly string[]> {
    return pageOf(inAccount(this.#list('roles'), page), page);
  }

  async bearers(): Promise<null> {
    return null;
  }

  async resourceArnsWithPolicy(page: { readonly after?: string; readonly limit: number }): Promise<readonly string[]> {
    return pageOf(
      this.#list('resources').filter(({ policy, grants = [] }) => policy != null || grants.length > 0),
      page,
    );
  }

  async resourceArns(page: { readonly after?: string; readonly limit: number }): Promise<readonly string[]> {
    return pageOf(this.#list('resources'), page);
  }

  apply(): Promise<never> {
    return Promise.reject(new Error('a directory in memory does not change'));
  }
  async isEmpty(): Promise<boolean> {
    return false;
  }
  async ping(): Promise<void> {}
  async close(): Promise<void> {}

  #rows(): PrincipalRows {
    const documentOf = (arn: string): string | null => this.#managedPolicy(arn);
    const boundaryOf = ({ permissionsBoundary: arn }: Pick<UserInput, 'permissionsBoundary'>): AttachedRow | null => {
      const document = arn == null ? null : documentOf(arn);
      return arn == null || document === null ? null : [arn, arn, document];
    };
    const users = this.#list('users').map((user) => ({
      ...holderRow(user, this.#idOf(user, 'AIDA'), documentOf),
      accountId: accountOf(user.arn),
      tags: user.tags ?? {},
      boundary: boundaryOf(user),
      groups: user.groups ?? [],
    }));
    const roles = this.#list('roles').map((role) => ({
      ...holderRow(role, this.#idOf(role, 'AROA'), documentOf),
      accountId: accountOf(role.arn),
      tags: role.tags ?? {},
      boundary: boundaryOf(role),
      trustPolicyHash: role.trustPolicy,
      trustBindings: {},
    }));
    const groups = (this.#document.groups ?? []).map((group) => holderRow(group, group.arn, documentOf));
    return { revision: this.#revision, users, roles, groups, policies: [] };
  }

  #list<K extends 'users' | 'roles' | 'resources'>(kind: K): NonNullable<DirectoryDocument[K]>[number][] {
    // The document is the test's own; its lists are made by the constructor's caller as plain arrays.
    return (this.#document[kind] ?? []) as NonNullable<DirectoryDocument[K]>[number][];
  }

  #user(arn: string): UserInput | undefined {
    return this.#list('users').find((user) => user.arn === arn);
  }

  #idOf(entity: { readonly arn: string; readonly id?: string }, prefix: string): string {
    const id = entity.id ?? this.#ids.get(entity.arn) ?? prefix + randomBytes(8).toString('hex').toUpperCase();
    this.#ids.set(entity.arn, id);
    return id;
  }

  #live(arn: string, now: number): readonly RoleSessionRecord[] {
    return [...this.#sessions.values()]
      .filter((session) => session.arn === arn && session.endedAt === null && session.expiresAt > now)
      .sort((a, b) => b.issuedAt - a.issuedAt);
  }

  #principal(ref: PrincipalRef, session: RoleSessionRecord | null, gathered: Gathered): PreparedPrincipal | null {
    switch (ref.kind) {
      case 'user': {
        const user = this.#user(ref.arn);
        return user === undefined ? null : this.#preparedUser(user);
      }
      case 'role': {
        const role = this.#role(ref.arn);
        return role === null ? null : namelessSession(role);
      }
      case 'roleSession':
        if (session === null) return this.#sessionOf(ref);
        return this.#storedSession(session, gathered);
      case 'root': {
        const policies = preparePolicies({
          identity: [],
          boundary: null,
          serviceControl: this.#control(ref.accountId, 'SERVICE_CONTROL_POLICY'),
          resourceControl: this.#control(ref.accountId, 'RESOURCE_CONTROL_POLICY'),
        });
        return preparePrincipal({ kind: 'root', arn: ref.arn, ...this.#inAccount(ref) }, policies, null);
      }
      case 'federatedUser':
        return null;
      case 'service':
      case 'anonymous':
        return preparePrincipal(ref, null, null);
      default:
        return ref satisfies never;
    }
  }

  /** A session that nobody is known to have made. */
  #sessionOf(ref: PrincipalRef & { readonly kind: 'roleSession' }): PreparedPrincipal | null {
    const found = this.#list('roles').find(
      ({ arn }) => accountOf(arn) === ref.accountId && arn.slice(arn.lastIndexOf('/') + 1) === ref.roleName,
    );
    const role = found === undefined ? null : this.#role(found.arn);
    const nothing = { tags: {}, sourceIdentity: null, issuedAt: null, sessionPolicies: null };
    return role === null ? null : roleSession(role, { sessionName: ref.sessionName, ...nothing });
  }

  #preparedUser(user: UserInput): PreparedPrincipal {
    const ready = this.#users.get(user.arn);
    if (ready !== undefined) return ready;
    const accountId = accountOf(user.arn);
    const groups = (this.#document.groups ?? []).filter((group) => user.groups?.includes(group.arn));
    const identity = [user, ...groups].flatMap((holder) => this.#identity(holder));
    const policies = preparePolicies({
      identity,
      boundary: this.#boundary(user),
      serviceControl: this.#control(accountId, 'SERVICE_CONTROL_POLICY'),
      resourceControl: this.#control(accountId, 'RESOURCE_CONTROL_POLICY'),
    });
    const name = user.arn.slice(user.arn.lastIndexOf('/') + 1);
    const facts = { kind: 'user', arn: user.arn, id: this.#idOf(user, 'AIDA'), name, tags: user.tags ?? {} } as const;
    const prepared = preparePrincipal({ ...facts, ...this.#inAccount({ accountId, arn: user.arn }) }, policies, null);
    this.#users.set(user.arn, prepared);
    return prepared;
  }

  #storedSession(session: RoleSessionRecord, gathered: Gathered): PreparedPrincipal | null {
    const role = this.#role(session.roleArn);
    if (role === null || role.facts.id !== session.roleId) return null;
    const policies = [
      ...session.sessionPolicies.map((text, index) => attached(text, 'session', `sessionPolicies[${index}]`, null)),
      ...session.sessionPolicyArns.map((arn) => gathered.policy(arn)).filter((policy) => policy !== null),
    ];
    const { roleSessionName: sessionName, tags, sourceIdentity, issuedAt } = session;
    return roleSession(role, { sessionName, tags, sourceIdentity, issuedAt, sessionPolicies: policies });
  }

  #role(arn: string): PreparedRole | null {
    const ready = this.#roles.get(arn);
    if (ready !== undefined) return ready;
    const role = this.#list('roles').find((each) => each.arn === arn);
    if (role === undefined) return null;
    const prepared = this.#preparedRole(role);
    this.#roles.set(arn, prepared);
    return prepared;
  }

  #preparedRole(role: RoleInput): PreparedRole {
    const accountId = accountOf(role.arn);
    const name = role.arn.slice(role.arn.lastIndexOf('/') + 1);
    const path = role.arn.slice(role.arn.indexOf(':role/') + ':role'.length, -name.length);
    const inAccount = this.#inAccount({ accountId, arn: role.arn });
    const tags = role.tags ?? {};
    return {
      facts: { arn: role.arn, id: this.#idOf(role, 'AROA'), name, path, tags, ...inAccount },
      policies: preparePolicies({
        identity: this.#identity(role),
        boundary: this.#boundary(role),
        serviceControl: this.#control(accountId, 'SERVICE_CONTROL_POLICY'),
        resourceControl: this.#control(accountId, 'RESOURCE_CONTROL_POLICY'),
      }),
      trust: prepareResource({
        arn: role.arn,
        accountId,
        organization: inAccount.organization,
        tags,
        policy: attached(role.trustPolicy, 'trust', role.arn, null),
        policyBindings: {},
        resourceControl: this.#control(accountId, 'RESOURCE_CONTROL_POLICY'),
      }),
      maxSessionDuration: role.maxSessionDuration ?? 3600,
    };
  }

  #resource(arn: string, asked: string | null): PreparedResource {
    const role = this.#role(arn);
    if (role !== null) return role.trust;
    const resources = this.#list('resources');
    const holder = [arn, ...this.#catalog.policyHolders(arn)]
      .map((each) => resources.find((resource) => resource.arn === each))
      .find((resource): resource is ResourceInput => resource !== undefined);
    const inArn = /^\d{12}$/.test(parseArn(arn)?.accountId ?? '') ? accountOf(arn) : null;
    const accountId = holder?.accountId ?? inArn ?? asked;
    const leadsTo = holder?.accessPoint ?? null;
    const policy = holder?.policy == null ? null : attached(holder.policy, 'resource', holder.arn, null);
    return prepareResource({
      arn,
      accountId,
      organization: accountId === null ? null : this.#inAccount({ accountId, arn }).organization,
      tags: holder?.arn === arn ? (holder.tags ?? {}) : null,
      policy: leadsTo === null ? policy : withNetworkOrigin(policy, holder?.arn ?? arn, leadsTo.vpcId),
      ...(leadsTo === null ? {} : { accessPoint: { vpcId: leadsTo.vpcId, bucket: this.#bucket(leadsTo.bucket) } }),
      policyBindings: {},
      resourceControl: accountId === null ? null : this.#control(accountId, 'RESOURCE_CONTROL_POLICY'),
      publicAccess: { bucket: holder?.publicAccessBlock },
      grants: holder?.grants ?? [],
    });
  }

  /** The bucket behind an access point; null: not stored. */
  #bucket(arn: string): UnderlyingBucket | null {
    const bucket = this.#list('resources').find((resource) => resource.arn === arn);
    if (bucket === undefined) return null;
    const { accountId, policy } = bucket;
    return {
      arn,
      accountId,
      policy: policy == null ? null : attached(policy, 'resource', arn, null),
      policyBindings: {},
      resourceControl: this.#control(accountId, 'RESOURCE_CONTROL_POLICY'),
    };
  }

  #unknownGrants(key: string): UnknownOfResource {
    const known = (this.#document.knowledge ?? []).some(
      ({ accountId, layer, state }) => accountId === accountOf(key) && layer === 'GRANTS' && state === 'COMPLETE',
    );
    return {
      aclsOf: null,
      grants: known || !key.includes(':key/') ? null : [],
      publicAccess: null,
      behind: null,
    };
  }

  #identity(holder: Pick<UserInput, 'inlinePolicies' | 'attachedPolicies'>): readonly AttachedPolicy[] {
    const inline = (holder.inlinePolicies ?? []).map(({ name, document }) =>
      attached(document, 'identity', name, null),
    );
    const managed = (holder.attachedPolicies ?? []).map((arn) => {
      const document = this.#managedPolicy(arn);
      return document === null ? null : attached(document, 'identity', arn, arn);
    });
    return [...inline, ...managed.filter((policy) => policy !== null)];
  }

  #boundary({ permissionsBoundary }: Pick<UserInput, 'permissionsBoundary'>): AttachedPolicy | null {
    if (permissionsBoundary == null) return null;
    const document = this.#managedPolicy(permissionsBoundary);
    return document === null ? null : attached(document, 'boundary', permissionsBoundary, permissionsBoundary);
  }

  #managedPolicy(arn: string): string | null {
    const policy = (this.#document.policies ?? []).find((each) => each.arn === arn);
    const version = policy?.versions.find((each) => each.versionId === policy.defaultVersionId);
    return version?.document ?? this.#catalog.managedPolicy(arn)?.document ?? null;
  }

  #inAccount(of: { readonly accountId: string; readonly arn: string }): {
    accountId: string;
    partition: string;
    organization: OrganizationFacts | null;
  } {
    const partition = parseArn(of.arn)?.partition ?? 'aws';
    const at = this.#organizationOf(of.accountId);
    const organization = at && { id: at.organizationId, managementAccountId: at.managementAccountId, path: at.path };
    return { accountId: of.accountId, partition, organization };
  }

  #organizationOf(accountId: string): AccountOrganization | null {
    const place = this.#placeOf(accountId);
    if (place === null) return null;
    const { id, managementAccountId, delegatedAdministrators = [] } = place.organization;
    const path = `${[id, ...place.targets.slice(0, -1)].join('/')}/`;
    return { organizationId: id, managementAccountId, path, delegatedAdministrators };
  }

  /** The organization of an account, and the targets of control policies from the root down to it. */
  #placeOf(accountId: string): { organization: OrganizationInput; targets: readonly string[] } | null {
    const account = (this.#document.accounts ?? []).find((each: AccountInput) => each.id === accountId);
    const membership = account?.membership;
    if (membership === undefined || membership === 'NONE') return null;
    const organization = (this.#document.organizations ?? []).find(({ id }) => id === membership.organizationId);
    if (organization === undefined) return null;
    const units: string[] = [];
    for (let unit = membership.unitId; unit !== null; ) {
      units.unshift(unit);
      unit = organization.units?.find(({ id }) => id === unit)?.parentId ?? null;
    }
    return { organization, targets: [organization.rootId, ...units, accountId] };
  }

  #control(
    accountId: string,
    type: 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY',
  ): readonly ControlLevel[] | null {
    const place = this.#placeOf(accountId);
    if (place === null || place.organization.managementAccountId === accountId) return null;
    const kind = type === 'SERVICE_CONTROL_POLICY' ? 'scp' : 'rcp';
    return place.targets.map((target) =>
      controlLevel(target, [
        ...(kind === 'rcp' ? [attached(FULL_RESOURCE_ACCESS, 'rcp', 'p-RCPFullAWSAccess', null)] : []),
        ...(place.organization.controlPolicies ?? [])
          .filter((policy) => policy.type === type && policy.targets.includes(target))
          .map((policy) => attached(policy.document, kind, policy.id, null)),
      ]),
    );
  }
}

interface PrincipalPage {
  readonly after?: string;
  readonly limit: number;
  readonly accountId?: string;
}

function inAccount<T extends { readonly arn: string }>(
  entities: readonly T[],
  { accountId }: PrincipalPage,
): readonly T[] {
  return accountId === undefined ? entities : entities.filter(({ arn }) => accountOf(arn) === accountId);
}

function namelessSession(role: PreparedRole): PreparedPrincipal {
  return roleSession(role, {
    sessionName: null,
    tags: {},
    sourceIdentity: null,
    issuedAt: null,
    sessionPolicies: null,
  });
}

function known<T>(value: T | null): Known<T> | null {
  return value === null ? null : { value, gaps: [] };
}

function accountOf(arn: string): string {
  return parseArn(arn)?.accountId ?? '';
}
