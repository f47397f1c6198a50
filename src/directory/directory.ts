import type { AttachedPolicy } from '../evaluation/applicable-policies.ts';
import type { PreparedPrincipal, PreparedResource, PreparedRole } from '../evaluation/prepare.ts';
import type { PrincipalRef } from '../policy/principal-id.ts';
import type { DirectoryDocument } from './document.ts';
import type { NewAuditEvent } from './stores/audit-store.ts';
import type { AccessKeyStore, RoleSessionRecord, RoleSessionStore } from './stores/session-store.ts';

/** A position in the directory's history. Printed, it is opaque; greater is later. */
export type Revision = bigint;

/** What a batch of questions needs to know. Everything in it is looked up together. */
export interface GatherRequest {
  readonly principals: readonly PrincipalRef[];
  /** ARNs of roles that principals are asked about as having assumed, or that are to be assumed. */
  readonly roles: readonly string[];
  readonly resources: readonly { readonly arn: string; readonly accountId: string | null }[];
  /** ARNs of managed policies that are to serve as session policies. Left out: none. */
  readonly policies?: readonly string[];
  /** Ids of accounts whose organization is asked for. Left out: none. */
  readonly accounts?: readonly string[];
  /** Milliseconds since 1970: which role sessions are live. Left out: those that have not ended, expired ones included. */
  readonly now?: number;
}

/** A principal or role with its policies compiled, and what had to be left out because the directory does not know it. */
export interface Known<T> {
  readonly value: T;
  readonly gaps: readonly string[];
}

/** The answer to a gather: one state of the directory. Look-ups are by the strings that were asked for. */
export interface Gathered {
  readonly revision: Revision;
  /**
   * Null: there is no such user or role. Services, root users and `anonymous` are always there; so is any session of a role
   * that is: without a live one of its name, as one made without policies and tags.
   */
  principal(ref: PrincipalRef): Known<PreparedPrincipal> | null;
  /** Null: there is no such role. */
  role(arn: string): Known<PreparedRole> | null;
  resource(arn: string, accountId: string | null): Known<PreparedResource>;
  /** The stored session that `principal(ref)` speaks for when `ref` is that of a role session: the newest live one of its ARN. */
  session(ref: PrincipalRef): RoleSessionRecord | null;
  /** A managed policy asked for in `policies` (AWS's own come from the catalogue), compiled as a session policy; null: there is none, or its document is not known. */
  policy(arn: string): AttachedPolicy | null;
  /** Where an account asked for in `accounts` stands; null: in no organization, or nothing is known of it. */
  organization(accountId: string): AccountOrganization | null;
}

/** Where an account stands in its organization. */
export interface AccountOrganization {
  /** o-… */
  readonly organizationId: string;
  readonly managementAccountId: string;
  /** `o-…/r-…/ou-…/`, with the trailing slash: the value of aws:PrincipalOrgPaths, aws:SourceOrgPaths … */
  readonly path: string;
  /** Member accounts that administer services for the organization: `iam.amazonaws.com`, `access-analyzer.amazonaws.com` … */
  readonly delegatedAdministrators: readonly { readonly accountId: string; readonly servicePrincipal: string }[];
}

/** What a committed change did. `changed` is false, and the revision the old one, when it held nothing new. */
export interface Applied {
  readonly changed: boolean;
  readonly revision: Revision;
  readonly users: number;
  readonly groups: number;
  readonly roles: number;
  readonly policies: number;
  /** Account ids, in order of appearance. */
  readonly accounts: readonly string[];
  readonly warnings: readonly string[];
}

/** Called between steps of a long change. */
export type Progress = (step: { readonly phase: string; readonly done: number; readonly total: number }) => void;

/** What is stored, and the gathering of the policies that apply. */
export interface Directory {
  readonly keys: AccessKeyStore;
  readonly sessions: RoleSessionStore;
  /** The state all answers given now are about. On the embedded store, from memory; on a server, one read shared by all who wait. */
  revision(): Promise<Revision>;
  /**
   * Everything asked for, from one revision, in a fixed number of SQL statements whatever the size of the request, and
   * none (but the revision on a server) for what is in memory.
   */
  gather(request: GatherRequest): Promise<Gathered>;
  /**
   * All or nothing, in one transaction, and with `event` in the audit trail, also when it held nothing new. Throws a
   * RolegateError that names the entity when a document cannot be stored.
   */
  apply(document: DirectoryDocument, progress?: Progress, event?: NewAuditEvent): Promise<Applied>;
  /**
   * Where accounts stand; those in no organization, or of which nothing is known, are not in the answer. `since`: any state
   * that is no older will do (that of an answer which the question is about). Without a statement when in memory; on a
   * server, one read of the revision if `since` is left out.
   */
  organizationOf(accountIds: readonly string[], since?: Revision): Promise<ReadonlyMap<string, AccountOrganization>>;
  /** Ids of everything a question "who" or "which" has to look at, in order of ARN, after `after`. */
  userArns(page: {
    readonly after?: string;
    readonly limit: number;
    readonly accountId?: string;
  }): Promise<readonly string[]>;
  roleArns(page: {
    readonly after?: string;
    readonly limit: number;
    readonly accountId?: string;
  }): Promise<readonly string[]>;
  /** ARNs of resources that have a policy, in order, after `after`. */
  resourceArnsWithPolicy(page: { readonly after?: string; readonly limit: number }): Promise<readonly string[]>;
  /**
   * The fingerprint of the master key that this directory's secrets are derived from. Keeps `own` if there is none yet
   * (one statement, so that of several gateways that start together one wins), and answers the one that is kept.
   */
  masterKeyFingerprint(own: string): Promise<string>;
  isEmpty(): Promise<boolean>;
  /** Throws when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
