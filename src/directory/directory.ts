import type { Catalog } from '../catalog/catalog.ts';
import type { KnownFit } from '../catalog/known-fit.ts';
import type { AttachedPolicy } from '../evaluation/applicable-policies.ts';
import type { PreparedPrincipal, PreparedResource, PreparedRole } from '../evaluation/prepare.ts';
import type { OrganizationFacts } from '../evaluation/principal.ts';
import type { PreparedEndpoint } from '../evaluation/request.ts';
import type { PrincipalRef } from '../policy/principal-id.ts';
import type { PolicyBearers } from './bearers/policy-bearers.ts';
import type { DirectoryDocument, KnowledgeLayer } from './document.ts';
import type { ChangeOptions } from './entities/change-options.ts';
import type { PrincipalIndex } from './principals/indexed-principals.ts';
import type { NewAuditEvent } from './stores/audit-store.ts';
import type { AccessKeyStore, RoleSessionRecord, RoleSessionStore } from './stores/session-store.ts';

/** A position in the directory's history. Clients see it as an opaque text; a greater one is later. */
export type Revision = bigint;

/** What a batch of questions needs. Everything in it is looked up together. */
export interface GatherRequest {
  readonly principals: readonly PrincipalRef[];
  /** ARNs of roles that a question takes as assumed, or that are about to be assumed. */
  readonly roles: readonly string[];
  readonly resources: readonly { readonly arn: string; readonly accountId: string | null }[];
  /** ARNs of managed policies to be used as session policies. Left out: none. */
  readonly policies?: readonly string[];
  /** Ids of accounts of which the organization, or what is known of them, is needed. Left out: none. */
  readonly accounts?: readonly string[];
  /** Ids of VPC endpoints (vpce-…). Left out: none. */
  readonly endpoints?: readonly string[];
  /** Milliseconds since 1970: decides which role sessions are live. Left out: all that have not ended, including expired ones. */
  readonly now?: number;
  /** It is one page of a search: what it reads is not kept in place of what decisions use. */
  readonly forSearch?: true;
}

/**
 * What a gap could change, if it is less than everything. LIMITS: control policies, which only take away, and keys that follow from the
 * organization. FACTS: keys alone, and whose account it is. UNREAD: what cannot be read, which was read as if it allowed nothing.
 */
export type GapReach = 'LIMITS' | 'FACTS' | 'UNREAD';

/** A principal or role with its compiled policies, and what is missing because the directory does not know it. */
export interface Known<T> {
  readonly value: T;
  readonly gaps: readonly string[];
  /** Of entries of `gaps`. Left out, and for other entries: policies are not known that could grant as well as deny. */
  readonly reach?: ReadonlyMap<string, GapReach>;
}

/** A resource, and what is not known of it that matters for some requests only. */
export interface KnownResource extends Known<PreparedResource> {
  /** Left out: nothing of the kind. */
  readonly unknown?: UnknownOfResource;
  /** What can be asked on it, as far as it was asked; objects in a bucket of which nothing is stored share it. Left out: it is not kept. */
  readonly fit?: KnownFit;
}

/** A list is what is missing, as gaps; empty: nothing is known. Null: all is known, or the resource has no such thing. */
export interface UnknownOfResource {
  /** Of an S3 bucket, or of the bucket of an object: its ARN, if its ACLs could have an effect. */
  readonly aclsOf: string | null;
  /** Grants of a KMS key. */
  readonly grants: readonly string[] | null;
  /** S3 Block Public Access of a bucket, an access point, or their account. */
  readonly publicAccess: readonly string[] | null;
  /** Of an access point, or an object behind it: the bucket that is not known, although its policy also has to allow. */
  readonly behind: string | null;
}

/** A VPC endpoint with its policy (null: none, so that it allows everything), and what follows from it. */
export interface KnownEndpoint extends Known<PreparedEndpoint | null> {
  readonly accountId: string;
  /** com.amazonaws.us-east-1.s3 */
  readonly serviceName: string;
  /** Null: not known. */
  readonly vpcId: string | null;
  /** Null: its account is in none. Undefined: not known. */
  readonly organization: OrganizationFacts | null | undefined;
}

/** Whether a change that touched this (as DirectoryChange names it) can matter. */
export type Watch = (touched: readonly { readonly entity: string; readonly entityId: string }[]) => boolean;

/** The result of a gather, from one state of the directory. Look-ups use the strings that were asked for. */
export interface Gathered {
  readonly revision: Revision;
  /** Returns what says whether a change can make any of it wrong, and keeps nothing of it. Left out: each change may. */
  watch?(): Watch;
  /** The catalogue of that revision. Left out: there is only one. */
  readonly catalog?: Catalog;
  /**
   * Null: there is no such user or role. Services, root users and `anonymous` are always there; so is any session of a role
   * that is: without a live one of its name, as one made without policies and tags.
   */
  principal(ref: PrincipalRef): Known<PreparedPrincipal> | null;
  /** Null: there is no such role. */
  role(arn: string): Known<PreparedRole> | null;
  resource(arn: string, accountId: string | null): KnownResource;
  /** The same, if it was made before and nothing has to be looked for; left out: nothing was. */
  atHand?(arn: string, accountId: string | null): KnownResource | undefined;
  /** The stored session behind `principal(ref)` when `ref` names a role session: the newest live one with its ARN. */
  session(ref: PrincipalRef): RoleSessionRecord | null;
  /** A managed policy asked for in `policies` (AWS's own come from the catalogue), compiled as a session policy; null: there is none, or its document is not known. */
  policy(arn: string): AttachedPolicy | null;
  /** The place of an account of `accounts` in its organization; null: it is in none, or nothing is known about it. */
  organization(accountId: string): AccountOrganization | null;
  /** A VPC endpoint asked for in `endpoints`; null: the directory does not hold it. */
  endpoint(id: string): KnownEndpoint | null;
  /** Whether a layer of an account of `accounts` is known completely. `service`: the service prefix, for RESOURCE_POLICIES. */
  knows(accountId: string, layer: KnowledgeLayer, service?: string): boolean;
  /** What is not known of all users and roles of an account of `accounts`; each has gaps of its own beside. */
  principalGaps(accountId: string): readonly string[];
}

/** Memory, which can move on to a later revision between two turns of the process. */
export interface Remembered extends Gathered {
  /** Whether it is still of `revision`. If not, nothing must be looked up any more. */
  readonly isCurrent: boolean;
}

/** The place of an account in its organization. */
export interface AccountOrganization {
  /** o-… */
  readonly organizationId: string;
  readonly managementAccountId: string;
  /** `o-…/r-…/ou-…/`, with the trailing slash: the value of aws:PrincipalOrgPaths, aws:SourceOrgPaths … */
  readonly path: string;
  /** Member accounts that administer services for the organization: `iam.amazonaws.com`, `access-analyzer.amazonaws.com` … */
  readonly delegatedAdministrators: readonly { readonly accountId: string; readonly servicePrincipal: string }[];
}

/** The kinds of what a document can contain, as its changes are counted. */
export type CountedKind =
  | 'organizations'
  | 'organizationalUnits'
  | 'controlPolicies'
  | 'delegatedAdministrators'
  | 'accounts'
  | 'knowledge'
  | 'policies'
  | 'groups'
  | 'users'
  | 'roles'
  | 'instanceProfiles'
  | 'oidcProviders'
  | 'resources'
  | 'vpcEndpoints'
  | 'services'
  | 'accessKeys';

/**
 * What a document did to the entities of one kind in one account or organization. The directory changed exactly when
 * something was new, changed or gone.
 */
export interface ImportCounts {
  /** Null: of an organization; or, if `organizationId` is null too, of AWS (its managed policies, keys of services). */
  readonly accountId: string | null;
  /** o-… */
  readonly organizationId: string | null;
  readonly kind: CountedKind;
  readonly new: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Removed: the document held a list whole, and they were not in it. */
  readonly gone: number;
}

/** What a committed change did. If it contained nothing new, `changed` is false and the revision stays. */
export interface Applied {
  readonly changed: boolean;
  readonly revision: Revision;
  readonly users: number;
  readonly groups: number;
  readonly roles: number;
  readonly policies: number;
  /** Account ids, in order of appearance. */
  readonly accounts: readonly string[];
  /** One entry for each account or organization and kind of which the document says something. */
  readonly counts: readonly ImportCounts[];
  readonly warnings: readonly string[];
}

/** Called between steps of a long change. */
export type Progress = (step: { readonly phase: string; readonly done: number; readonly total: number }) => void;

/** What has documents of its own. */
export type HeldKind = 'users' | 'groups' | 'roles' | 'policies';

/** The policy documents that something has itself, not those that are attached to it. */
export interface HeldDocuments {
  /** Null: AWS's own. */
  readonly accountId: string | null;
  /** Inline policies; of a managed policy its default version. Those of which the document is not known are left out. */
  readonly identity: readonly AttachedPolicy[];
  /** Of a role, its trust policy; null: it is none, or its document is not known. */
  readonly trust: AttachedPolicy | null;
  /** The unique ids that names in the trust policy were bound to. */
  readonly bindings: Readonly<Record<string, string>>;
}

/** About how many there are of what searches go through. */
export interface DirectorySize {
  /** Users and roles. */
  readonly principals: number;
  readonly roles: number;
  readonly resources: number;
}

/** What is stored, and the gathering of the policies that apply. */
export interface Directory {
  readonly keys: AccessKeyStore;
  readonly sessions: RoleSessionStore;
  /** About how large it is, without waiting. */
  readonly size: DirectorySize;
  /** The state that answers given now are based on. On the embedded store it comes from memory; on a server, from one read shared by all who wait. */
  revision(): Promise<Revision>;
  /** Whether something else than sessions and credentials has changed after `revision`. True for a revision yet to come. */
  changedSince(revision: Revision): Promise<boolean>;
  /**
   * Everything asked for, from one revision, in a fixed number of SQL statements whatever the size of the request. What is
   * in memory needs none (apart from reading the revision on a server). `since`: any state that is no older is good enough, so
   * that the revision need not be read. Left out: a state that was current when this was called, or later.
   */
  gather(request: GatherRequest, since?: Revision): Promise<Gathered>;
  /**
   * What is in memory at this moment, without waiting. A look-up of what is not there throws NOT_IN_MEMORY. `loaded`: what was
   * gathered for the same request; it counts where its revision is that of the memory. Null: others may have written since `since`.
   */
  remember(now: number, since: Revision | null, loaded: Gathered | null): Remembered | null;
  /**
   * All or nothing, in one transaction, together with `event` in the audit trail, even if it contained nothing new. Throws a
   * RolegateError that names the entity when a document cannot be stored, and Conflict. A dry run says what would be applied.
   */
  apply(
    document: DirectoryDocument,
    progress?: Progress,
    event?: NewAuditEvent,
    options?: ChangeOptions,
  ): Promise<Applied>;
  /**
   * The places of accounts in their organizations; accounts in none, or about which nothing is known, are left out. `since`:
   * any state that is no older is good enough (that of the answer in question). In memory it needs no statement; on a
   * server it reads the revision once if `since` is left out.
   */
  organizationOf(accountIds: readonly string[], since?: Revision): Promise<ReadonlyMap<string, AccountOrganization>>;
  /**
   * All users and roles with the documents that they hold, of the present state. The first call reads them; only those who call wait
   * for that. Null: they take more room than there is, or others write all the time.
   */
  principals(): Promise<PrincipalIndex | null>;
  /** The documents of some of one kind, of one revision: nothing else of them is read. Left out: what is gathered says it. */
  heldDocuments?(
    kind: HeldKind,
    arns: readonly string[],
  ): Promise<{ readonly revision: Revision; of(arn: string): HeldDocuments | null }>;
  /** The candidates for questions such as "who" and "which", in the order of their ARNs, after `after`. */
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
  /** ARNs of resources that have a policy, or grants (KMS keys), in order, after `after`. */
  resourceArnsWithPolicy(page: { readonly after?: string; readonly limit: number }): Promise<readonly string[]>;
  /**
   * Resources and roles by whom their policies can concern, of the present state. The first call reads them all. Null: they take
   * more room than there is, or others write all the time; whoever asks then goes through all of them.
   */
  bearers(): Promise<PolicyBearers | null>;
  /** As `resourceArnsWithPolicy`, also of resources without a policy. Roles and users are none of them. */
  resourceArns(page: { readonly after?: string; readonly limit: number }): Promise<readonly string[]>;
  isEmpty(): Promise<boolean>;
  /** Throws when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The part of a directory that questions read. */
export type AskedDirectory = Pick<
  Directory,
  | 'size'
  | 'revision'
  | 'gather'
  | 'remember'
  | 'organizationOf'
  | 'principals'
  | 'bearers'
  | 'heldDocuments'
  | 'userArns'
  | 'roleArns'
  | 'resourceArns'
  | 'resourceArnsWithPolicy'
>;
