import type { KmsGrant } from '../evaluation/key-grant.ts';
import type { PublicAccessBlock } from '../evaluation/public-access.ts';

/**
 * A part of a directory as values: what an import, the demo organization and the tests pass to `Directory.apply`.
 * Policy documents are JSON texts. Entities are named by ARN; a unique id that is left out is generated. An entity occurs once,
 * or more often with the same content.
 */
export interface DirectoryDocument {
  readonly organizations?: readonly OrganizationInput[];
  readonly accounts?: readonly AccountInput[];
  readonly policies?: readonly ManagedPolicyInput[];
  readonly groups?: readonly GroupInput[];
  readonly users?: readonly UserInput[];
  readonly roles?: readonly RoleInput[];
  readonly instanceProfiles?: readonly InstanceProfileInput[];
  readonly oidcProviders?: readonly OidcProviderInput[];
  readonly resources?: readonly ResourceInput[];
  readonly vpcEndpoints?: readonly VpcEndpointInput[];
  /** Services of applications, beside those of AWS. */
  readonly services?: readonly OwnServiceInput[];
  readonly accessKeys?: readonly AccessKeyInput[];
  /** What is known from now on of an account, layer by layer; layers that are not named keep what is stored. */
  readonly knowledge?: readonly KnowledgeInput[];
  /** Lists that this document holds whole: what is stored of them and not in it is removed. */
  readonly wholeLists?: readonly WholeList[];
}

/** The layers of an account's policies that can be known or not. */
export type KnowledgeLayer =
  | 'IDENTITY_POLICIES'
  | 'TRUST_POLICIES'
  | 'PERMISSIONS_BOUNDARIES'
  | 'ORGANIZATION'
  | 'CONTROL_POLICIES'
  | 'RESOURCE_POLICIES'
  | 'VPC_ENDPOINTS'
  | 'BLOCK_PUBLIC_ACCESS'
  | 'GRANTS';

/**
 * Which resources a missing part of a layer concerns: ALL, whatever is known of them; UNKNOWN, of which nothing says that this is
 * known, and of these those in the directory alone (STORED) or those that are not in it (UNSTORED), as when a list is missing.
 */
export type MissingConcerns = 'ALL' | 'UNKNOWN' | 'STORED' | 'UNSTORED';

/** What can be known of a resource though there is none: its policy, its grants, its settings of S3 Block Public Access. */
export type KnownPart = 'policy' | 'grants' | 'publicAccessBlock';

export interface KnowledgeInput {
  readonly accountId: string;
  readonly layer: KnowledgeLayer;
  /** The service prefix, for RESOURCE_POLICIES; left out for other layers. */
  readonly service?: string;
  /** NONE deletes what is stored. */
  readonly state: 'COMPLETE' | 'PARTIAL' | 'NONE';
  /** For PARTIAL: what is missing, as sentences without a full stop. */
  readonly missing?: readonly string[];
  /** Which resources each of `missing` concerns, in their order. Left out: all of them concern every one. */
  readonly concerns?: readonly MissingConcerns[];
  /** ISO 8601: when it became complete. Left out: now; null: not known. */
  readonly at?: string | null;
}

/**
 * A list of one account that a document holds whole. `resources` is about one service in one Region (or all of them). Users,
 * roles and others that are removed are deleted as IAM deletes them, with what belongs to them; a managed policy that is
 * still attached to something stays, with a warning.
 */
export type WholeList =
  | {
      readonly accountId: string;
      readonly kind: 'users' | 'groups' | 'roles' | 'policies' | 'instanceProfiles' | 'oidcProviders' | 'vpcEndpoints';
      /** For vpcEndpoints: the Region; left out: all. */
      readonly region?: string;
    }
  | {
      readonly accountId: string;
      readonly kind: 'resources';
      readonly service: string;
      /**
       * The type of resource, as the beginning of the ARN's resource part (`key/`). Empty: those that are named without a
       * type, such as buckets, topics and queues. Left out: all of the service.
       */
      readonly resourcePrefix?: string;
      /** True: what is in such a resource stays: streams of tables, aliases of functions. Their ARNs go on with `/` or `:`. */
      readonly keepsParts?: boolean;
      /** Resources whose Region is not known stay. */
      readonly region?: string;
    };

export type { PublicAccessBlock };
export type KmsGrantInput = KmsGrant;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html */
export interface VpcEndpointInput {
  /** vpce-… */
  readonly id: string;
  readonly accountId: string;
  readonly region: string;
  /** Null: not known. */
  readonly vpcId: string | null;
  /** com.amazonaws.us-east-1.s3 */
  readonly serviceName: string;
  /** Gateway, Interface … */
  readonly type: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Null: none, so that it allows everything. */
  readonly policy?: string | null;
}

export interface OidcProviderInput {
  readonly arn: string;
  /** https://host/path */
  readonly url: string;
  readonly clientIds: readonly string[];
  /** ISO 8601. */
  readonly createdAt?: string;
  /** Its JSON Web Key Set; left out: what is stored stays, and a new provider has no keys. */
  readonly jwks?: { readonly keys: readonly object[] };
}

export interface OrganizationInput {
  /** o-… */
  readonly id: string;
  /** r-… */
  readonly rootId: string;
  /** Left out: what is stored stays (`Root` for a new one). */
  readonly rootName?: string;
  readonly managementAccountId: string;
  readonly scpEnabled?: boolean;
  readonly rcpEnabled?: boolean;
  /** In any order. An account in a unit that is removed has no known place any more, unless the document gives it one. */
  readonly units?: readonly { readonly id: string; readonly name: string; readonly parentId: string | null }[];
  readonly controlPolicies?: readonly ControlPolicyInput[];
  readonly delegatedAdministrators?: readonly DelegatedAdministratorInput[];
  /**
   * Ids of its accounts, all of them: a stored account that is not named left the organization, and the one that it is in is not
   * known. Left out: stored accounts stay.
   */
  readonly allAccounts?: readonly string[];
  /** True: units, control policies and attachments of them that are stored and not named here stay; else they are removed. */
  readonly keepsUnnamed?: boolean;
  /** Of these, all control policies of a type are named: other attachments to them are removed, also where the unnamed stays. */
  readonly wholeAttachments?: readonly WholeAttachments[];
}

/** A root, unit or account of which all control policies of a type are known. */
export interface WholeAttachments {
  readonly targetId: string;
  readonly type: ControlPolicyInput['type'];
}

/** A member account that administers a service for its organization (organizations:RegisterDelegatedAdministrator). */
export interface DelegatedAdministratorInput {
  readonly accountId: string;
  /** iam.amazonaws.com … */
  readonly servicePrincipal: string;
}

export interface ControlPolicyInput {
  /** p-… */
  readonly id: string;
  readonly type: 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY';
  readonly name: string;
  readonly description?: string;
  readonly document: string;
  /** Ids of the roots, units and accounts that it is attached to. */
  readonly targets: readonly string[];
}

export interface AccountInput {
  /** Twelve digits. */
  readonly id: string;
  readonly partition?: string;
  readonly name?: string;
  /** Left out: what is stored stays (UNKNOWN for a new account). */
  readonly membership?: { readonly organizationId: string; readonly unitId: string | null } | 'NONE';
  /** Null: none. */
  readonly alias?: string | null;
  /** S3 Block Public Access of the account; null: none is configured. */
  readonly publicAccessBlock?: PublicAccessBlock | null;
  /** S3 Block Public Access that the organization's S3 policies set for the account; null: none. */
  readonly organizationPublicAccessBlock?: PublicAccessBlock | null;
}

export interface InlinePolicyInput {
  readonly name: string;
  readonly document: string;
}

/** A list that is given replaces what is stored; a list that is left out keeps it. */
interface PolicyHolderInput {
  readonly arn: string;
  readonly id?: string;
  /** ISO 8601. */
  readonly createdAt?: string;
  readonly inlinePolicies?: readonly InlinePolicyInput[];
  /** ARNs. A policy that is neither stored, nor in this document, nor in the catalogue is stored without its document. */
  readonly attachedPolicies?: readonly string[];
}

export interface GroupInput extends PolicyHolderInput {}

export interface UserInput extends PolicyHolderInput {
  readonly tags?: Readonly<Record<string, string>>;
  /** ARN; null: none. */
  readonly permissionsBoundary?: string | null;
  /** ARNs of groups. */
  readonly groups?: readonly string[];
}

export interface RoleInput extends PolicyHolderInput {
  readonly trustPolicy: string;
  /**
   * Principals that the trust policy names and that have been deleted since, by ARN, with the unique id that they had. Left
   * out: the policy means the present holders of its names.
   */
  readonly trustBindings?: Readonly<Record<string, string>>;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly permissionsBoundary?: string | null;
  /** Seconds. */
  readonly maxSessionDuration?: number;
}

export interface InstanceProfileInput {
  readonly arn: string;
  readonly id?: string;
  readonly createdAt?: string;
  /** ARN; null: none. */
  readonly role?: string | null;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface ManagedPolicyInput {
  readonly arn: string;
  readonly id?: string;
  readonly createdAt?: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Null: the policy is attached somewhere, but its document is not known. */
  readonly defaultVersionId: string | null;
  /** Stored versions that are not named here stay, unless `wholeVersions` says that these are all. */
  readonly versions: readonly { readonly versionId: string; readonly document: string; readonly createdAt?: string }[];
  readonly wholeVersions?: boolean;
}

export interface AccessPointInput {
  /** ARN of the bucket that it leads to. */
  readonly bucket: string;
  /** The VPC that its requests must come from: vpc-…; null: they may come from the internet. */
  readonly vpcId: string | null;
}

export interface ResourceInput {
  readonly arn: string;
  readonly accountId: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Null: none. */
  readonly policy?: string | null;
  /** Of the policy, as `trustBindings` of a role. */
  readonly policyBindings?: Readonly<Record<string, string>>;
  /** Of an S3 bucket. */
  readonly region?: string | null;
  /** S3 Block Public Access of a bucket or access point; null: none is configured. */
  readonly publicAccessBlock?: PublicAccessBlock | null;
  /** Of an access point of S3; null: not known. */
  readonly accessPoint?: AccessPointInput | null;
  /** S3 Object Ownership of a bucket: BucketOwnerEnforced, BucketOwnerPreferred or ObjectWriter; null: not known. */
  readonly objectOwnership?: string | null;
  /** Whether attribute-based access control is enabled for a bucket; null: not known. */
  readonly abacEnabled?: boolean | null;
  /** Grants of a KMS key: all of them. */
  readonly grants?: readonly KmsGrantInput[];
  /**
   * Of these, what is written here or stored is all there is, so that none means none. What was known stays known. Left out: nothing
   * more than before.
   */
  readonly known?: readonly KnownPart[];
  /** Of these, it was asked what there is, and not answered: what is stored may be no longer all there is. */
  readonly unknown?: readonly KnownPart[];
}

/** A service of one's own: what is left out is empty. What it may hold: services/own-service.ts. */
export interface OwnServiceInput {
  /** What its actions and ARNs begin with: `orders`. */
  readonly prefix: string;
  readonly name: string;
  /** `name` is without the prefix, `resourceTypes` are names of the service's own. */
  readonly actions: readonly {
    readonly name: string;
    readonly accessLevel: 'LIST' | 'READ' | 'WRITE' | 'TAGGING' | 'PERMISSIONS_MANAGEMENT';
    readonly resourceTypes?: readonly string[];
    readonly conditionKeys?: readonly string[];
  }[];
  readonly resourceTypes?: readonly {
    readonly name: string;
    /** `arn:${Partition}:orders:${Region}:${Account}:order/${OrderId}` */
    readonly arnPattern: string;
    readonly conditionKeys?: readonly string[];
    readonly canHavePolicy?: boolean;
  }[];
  readonly conditionKeys?: readonly { readonly name: string; readonly type: string }[];
}

export interface AccessKeyInput {
  /** AKIA… */
  readonly id: string;
  /** Exactly one of `user` (ARN) and `service` (ec2.amazonaws.com). */
  readonly user?: string;
  readonly service?: string;
}
