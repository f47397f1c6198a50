/** The place of an account in its organization. */
export interface OrganizationFacts {
  /** o-… */
  readonly id: string;
  readonly managementAccountId: string;
  /** `o-…/r-…/ou-…/`, with the trailing slash: the value of aws:PrincipalOrgPaths and aws:ResourceOrgPaths. */
  readonly path: string;
}

/** Tag keys to values, as written. Keys compare without case. */
export type Tags = Readonly<Record<string, string>>;

interface InAccount {
  readonly accountId: string;
  readonly partition: string;
  /** Null: in no organization, or not known to be in one. */
  readonly organization: OrganizationFacts | null;
  /** The canonical user id of its account, which S3 also uses as its name. Left out: unknown. */
  readonly canonicalUser?: string;
}

export interface UserFacts extends InAccount {
  readonly kind: 'user';
  readonly arn: string;
  /** AIDA… */
  readonly id: string;
  readonly name: string;
  readonly tags: Tags;
  /** aws:TokenIssueTime of credentials of sts:GetSessionToken or of a browser's; left out: a long-term key, which has none. */
  readonly issuedAt?: number;
}

export interface RoleFacts extends InAccount {
  readonly arn: string;
  /** AROA… */
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly tags: Tags;
}

/** A holder of a role's permissions: a real session, or a hypothetical one. */
export interface RoleSessionFacts extends InAccount {
  readonly kind: 'roleSession';
  readonly role: RoleFacts;
  /** Null: not given. Keys that contain it (aws:userid, the session ARN) are then missing, not guessed. */
  readonly sessionName: string | null;
  /** Session tags, inherited transitive ones included; they override the role's tags of the same key. */
  readonly tags: Tags;
  readonly sourceIdentity: string | null;
  /** aws:TokenIssueTime, milliseconds since 1970; null: a hypothetical session, issued at `now`. */
  readonly issuedAt: number | null;
  /** aws:FederatedProvider: the provider of the web identity that assumed the role; left out or null: none. */
  readonly federatedProvider?: string | null;
}

export interface FederatedUserFacts extends InAccount {
  readonly kind: 'federatedUser';
  readonly arn: string;
  readonly name: string;
  /** The user (or null for the root user) whose credentials made the session. */
  readonly issuer: Pick<UserFacts, 'arn' | 'id'> | null;
  readonly tags: Tags;
  readonly issuedAt: number | null;
}

export interface RootUserFacts extends InAccount {
  readonly kind: 'root';
  readonly arn: string;
  /** As UserFacts.issuedAt. */
  readonly issuedAt?: number;
}

export interface ServiceFacts {
  readonly kind: 'service';
  /** ec2.amazonaws.com */
  readonly service: string;
}

/** An unsigned request. */
export interface AnonymousFacts {
  readonly kind: 'anonymous';
  /** With a web identity: the provider that issued the verified token, as `Federated` principals name it. Left out: none. */
  readonly federatedProvider?: string;
  /** For an origin access identity of CloudFront: its canonical user id. Left out: it is none. */
  readonly canonicalUser?: string;
}

/** The caller of a request. */
export type PrincipalFacts =
  | UserFacts
  | RoleSessionFacts
  | FederatedUserFacts
  | RootUserFacts
  | ServiceFacts
  | AnonymousFacts;
