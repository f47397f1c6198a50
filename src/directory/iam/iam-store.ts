import type { HolderColumn } from '../apply/tables.ts';
import type { GroupInput, ManagedPolicyInput, RoleInput, UserInput } from '../document.ts';
import type { NamedEntity, NamedKind } from './named.ts';
import type {
  AccessKeyMetadata,
  DeviceRecord,
  EntityRecord,
  InstanceProfileRecord,
  ManagedPolicyRecord,
  PolicyVersionRecord,
  PrincipalRecord,
  RoleRecord,
} from './records.ts';

/** The user, group or role that a policy belongs to, by the column that names it. */
export interface HolderRef {
  readonly column: HolderColumn;
  readonly id: string;
}

/** A part of a list: at most `limit` entries behind the one with the key `after`; null: from the beginning. */
export interface ListPage {
  readonly after: string | null;
  readonly limit: number;
}

/** An entry of a list, with the text that the list is in the order of, and no other entry has. */
export type Keyed<T> = T & { readonly key: string };

/** A page of a list, read in one statement. */
type List<Of, T> = (of: Of, page: ListPage) => Promise<readonly Keyed<T>[]>;

/** A page of a list, of entries whose path begins with `path`. */
export interface WithPath {
  readonly path: string;
}

/** How many entities an account has. */
export interface AccountCounts {
  readonly users: number;
  readonly groups: number;
  readonly roles: number;
  /** Customer managed policies, and the versions of them. */
  readonly policies: number;
  readonly policyVersions: number;
  readonly instanceProfiles: number;
  readonly oidcProviders: number;
  readonly mfaDevices: number;
  readonly mfaDevicesInUse: number;
}

/** The entities of an account with everything that belongs to them, as its export has them. */
export interface AccountDetails {
  readonly users: readonly UserInput[];
  readonly groups: readonly GroupInput[];
  readonly roles: readonly (RoleInput & { readonly instanceProfiles: readonly EntityRecord[] })[];
  readonly policies: readonly ManagedPolicyInput[];
}

/** What IAM's own operations read: entities by their names, and lists page by page. Each is one statement, if nothing else is said. */
export interface IamStore {
  /**
   * The entity with this name in an account, whatever its path and the case of its name: names are unique without them. Null:
   * there is none.
   */
  named(kind: NamedKind, accountId: string, name: string): Promise<NamedEntity | null>;
  /** In the order of `ids`; those that are gone are left out. */
  users(ids: readonly string[]): Promise<readonly PrincipalRecord[]>;
  groups(ids: readonly string[]): Promise<readonly EntityRecord[]>;
  roles(ids: readonly string[]): Promise<readonly RoleRecord[]>;
  /** Usage is counted in the account. */
  policies(ids: readonly string[], accountId: string): Promise<readonly ManagedPolicyRecord[]>;
  /** As `policies`, by ARN; null: the directory does not hold it. */
  policy(arn: string, accountId: string): Promise<ManagedPolicyRecord | null>;
  policyVersion(policyId: string, versionId: string): Promise<PolicyVersionRecord | null>;
  policyVersions: List<string, PolicyVersionRecord>;
  /** Names of inline policies. */
  inlinePolicies: List<HolderRef, { readonly name: string }>;
  /** The document of an inline policy, with its name; null: there is none of that name. */
  inlinePolicy(holder: HolderRef, name: string): Promise<{ readonly name: string; readonly document: string } | null>;
  attachedPolicies: List<HolderRef & WithPath, { readonly name: string; readonly arn: string }>;
  /** Groups of the user with this id. */
  groupsOfUser: List<string, EntityRecord>;
  /** Two statements, as are all lists of instance profiles. */
  instanceProfiles: List<{ readonly accountId: string } & WithPath, InstanceProfileRecord>;
  instanceProfilesOfRole: List<string, InstanceProfileRecord>;
  instanceProfile(id: string): Promise<InstanceProfileRecord | null>;
  /** Long-term keys of the user with this id. */
  accessKeys: List<string, AccessKeyMetadata>;
  /** Devices of the user with this id. */
  devicesOfUser: List<string, DeviceRecord>;
  /** `assigned` null: those that are enabled for a user, and the others. */
  devices: List<{ readonly accountId: string; readonly assigned: boolean | null }, DeviceRecord>;
  counts(accountId: string): Promise<AccountCounts>;
  /** Null: none, or not known. */
  alias(accountId: string): Promise<string | null>;
  /** Everything of the entities with these ids, each list in the order of ARNs, as the ids are. A statement for each batch of a kind. */
  details(ids: Readonly<Record<'users' | 'groups' | 'roles' | 'policies', readonly string[]>>): Promise<AccountDetails>;
}
