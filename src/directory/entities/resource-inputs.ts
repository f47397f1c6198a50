import type { AccessPointInput, PublicAccessBlock } from '../document.ts';
import type { ChangeOf } from './change-of.ts';
import type { PolicyText } from './entity-inputs.ts';

/** A tag that is given with a change; keys differ. */
export interface GivenTag {
  readonly key: string;
  readonly value: string;
}

export interface ResourceName {
  readonly resourceArn: string;
}

/** What is said of a resource. What is left out stays as it is stored; of a new resource it is not known. */
export interface ResourceEntry {
  /** Its owner; left out: the account that the ARN names, or the stored one. */
  readonly accountId?: string;
  /** All of its tags, except those of AWS (`aws:…`), which stay. */
  readonly tags?: readonly GivenTag[];
  /** Of an S3 bucket. */
  readonly region?: string;
  /** Of an access point of S3. */
  readonly accessPoint?: AccessPointInput;
  /** S3 Object Ownership of a bucket. */
  readonly objectOwnership?: string;
  /** Whether attribute-based access control is enabled for a bucket. */
  readonly abacEnabled?: boolean;
  /** The tags that go, as PARTS names them, with which it was decided; left out: nobody had to be asked. */
  readonly parts?: readonly string[];
}

/** Where S3 Block Public Access is configured: for an account, or for a bucket or access point. */
export type BlockedPlace = { readonly accountId: string } | ResourceName;

export interface NewGrant {
  readonly keyArn: string;
  readonly granteePrincipal: string;
  readonly retiringPrincipal?: string;
  /** Decrypt, GenerateDataKey … */
  readonly operations: readonly string[];
  readonly name?: string;
  readonly encryptionContextSubset?: Readonly<Record<string, string>>;
  readonly encryptionContextEquals?: Readonly<Record<string, string>>;
}

/** Changes of resources of any service. All but `putResource` throw NoSuchEntity. */
export interface ResourceChanges {
  /** Throws EntityAlreadyExists for a resource of another account, NoSuchEntity for an owner that is not stored. */
  readonly putResource: ChangeOf<ResourceName & ResourceEntry>;
  /** With its policy, its tags and its grants. */
  readonly deleteResource: ChangeOf<ResourceName>;
  /**
   * Throws ValidationError for a type that has no policy, MalformedPolicyDocument for a principal that does not exist, LimitExceeded,
   * and AccessDenied for a public policy where S3 Block Public Access prevents it.
   */
  readonly putResourcePolicy: ChangeOf<ResourceName & PolicyText>;
  /** A resource without a policy does not change. Throws ValidationError for a KMS key, which always has one. */
  readonly deleteResourcePolicy: ChangeOf<ResourceName>;
  /** Other tags stay. Throws LimitExceeded (50). */
  readonly tagResource: ChangeOf<ResourceName & { readonly tags: readonly GivenTag[] }>;
  /** Tags that the resource does not have are no fault. */
  readonly untagResource: ChangeOf<ResourceName & { readonly tagKeys: readonly string[] }>;
  /** Replaces all settings. Throws ValidationError for what is neither a bucket nor an access point. */
  readonly putPublicAccessBlock: ChangeOf<BlockedPlace & { readonly publicAccessBlock: PublicAccessBlock }>;
  readonly deletePublicAccessBlock: ChangeOf<BlockedPlace>;
  /** The result is the id of the grant. One with the name and the terms of a stored one is that one. Throws LimitExceeded (50,000). */
  readonly createGrant: ChangeOf<NewGrant>;
  /** The result is the ARN of the key. */
  readonly revokeGrant: ChangeOf<{ readonly keyArn: string; readonly grantId: string }>;
  /** The same, for whom the grant lets end it. */
  readonly retireGrant: ChangeOf<{ readonly keyArn: string; readonly grantId: string }>;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html */
export interface NewEndpoint {
  readonly accountId: string;
  readonly region: string;
  /** vpce-…; left out: one is made. */
  readonly endpointId?: string;
  /** vpc-…; left out: not known. */
  readonly vpcId?: string;
  /** com.amazonaws.us-east-1.s3 */
  readonly serviceName: string;
  /** Gateway, Interface … */
  readonly type: string;
  readonly tags?: readonly GivenTag[];
  /** Left out: none, so that it allows everything. */
  readonly policyDocument?: string;
}

export interface EndpointName {
  readonly endpointId: string;
  /** The account of whoever asks: endpoints of other accounts are to it as if they were not there. Left out: all are. */
  readonly ofAccount?: string;
}

/** Changes of VPC endpoints. The result is the id. */
export interface EndpointChanges {
  /** Throws EntityAlreadyExists for an id that is stored. */
  readonly createVpcEndpoint: ChangeOf<NewEndpoint>;
  /** `policyDocument` left out: the endpoint has none from now on. Throws InvalidVpcEndpointId.NotFound. */
  readonly modifyVpcEndpoint: ChangeOf<EndpointName & { readonly policyDocument?: string }>;
  readonly deleteVpcEndpoint: ChangeOf<EndpointName>;
}
