/** What the naive evaluator is asked and what it says: policies as JSON, as they stand. */
import type { DecisionEffect } from '../../src/evaluation/decision.ts';
import type { KmsGrant } from '../../src/evaluation/key-grant.ts';
import type { PolicyLayer } from '../../src/evaluation/layer.ts';
import type { OrganizationFacts, PrincipalFacts } from '../../src/evaluation/principal.ts';
import type { PublicAccessBlocks } from '../../src/evaluation/public-access.ts';
import type { ActionFacts } from '../../src/evaluation/request.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export interface Doc {
  readonly [key: string]: Json;
}

/** The bucket behind an access point. */
export interface NaiveBucket {
  readonly arn: string;
  readonly accountId: string;
  readonly policy: Doc | null;
  readonly bindings: Readonly<Record<string, string>>;
  /** Resource control policies above its account; null: none. */
  readonly rcp: readonly (readonly Doc[])[] | null;
}

export interface NaiveRequest {
  readonly principal: PrincipalFacts;
  readonly action: ActionFacts;
  readonly resource: {
    readonly arn: string;
    readonly accountId: string | null;
    readonly organization: OrganizationFacts | null;
    readonly tags: Readonly<Record<string, string>> | null;
    readonly policy: Doc | null;
    readonly bindings: Readonly<Record<string, string>>;
    readonly rcp: readonly (readonly Doc[])[] | null;
    /** Of a general purpose bucket: its tags are known to take part. */
    readonly tagsCount?: true;
    /** S3 Block Public Access, by level; left out: none. */
    readonly publicAccess?: PublicAccessBlocks;
    /** Of an access point of S3 or an object behind it; left out: not known. */
    readonly accessPoint?: { readonly vpcId: string | null; readonly bucket: NaiveBucket | null };
    /** Of a KMS key; left out: none. */
    readonly grants?: readonly KmsGrant[];
  };
  readonly identity: readonly Doc[];
  readonly boundary: Doc | null;
  readonly session: readonly Doc[] | null;
  readonly scp: readonly (readonly Doc[])[] | null;
  /** Resource control policies above the caller's account; left out: none. */
  readonly ownRcp?: readonly (readonly Doc[])[] | null;
  readonly context: ReadonlyMap<string, string | readonly string[]>;
  readonly now: number;
  readonly authority: 'directory' | 'context';
  /** What AWS puts into every request is assumed where `context` does not say it; left out: it is missing. */
  readonly assumes?: boolean;
  /** The ARN by which the policy of the bucket behind an access point knows the resource. */
  readonly seenAs?: string;
  /** The Region that is tried where the question says none. */
  readonly askedRegion?: string;
  /** The policy of the VPC endpoint on the way; left out: there is none. */
  readonly endpoint?: Doc | null;
}

export interface NaiveOutcome {
  readonly effect: DecisionEffect;
  readonly deniedBy: PolicyLayer | null;
  /** What decided, as it stands in the documents: all denying statements, or all that grant. */
  readonly statements: readonly Doc[];
}

export type Value = string | readonly string[] | undefined;

/** What follows from the principal, the resource or the time, or that only the request can say. */
export type Known = { readonly value: Value } | 'fromRequest';

export type Effect = 'Allow' | 'Deny';

/** What kind of policy a statement stands in: what an element means depends on it. */
export type Kind = 'identity' | 'boundary' | 'session' | 'scp' | 'rcp' | 'resource' | 'trust' | 'vpce';

/** Stands for a document that is not known, or is none: there is no Statement in it. */
export const isClosed = (doc: Doc): boolean => doc['Statement'] === undefined;

/** The owner of the resource; null: nobody says. */
export function ownerOf({ resource }: { readonly resource: Pick<NaiveRequest['resource'], 'arn' | 'accountId'> }) {
  const inArn = resource.arn.split(':')[4] ?? '';
  return resource.accountId ?? (/^\d{12}$/.test(inArn) ? inArn : null);
}
