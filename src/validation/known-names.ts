import type { AskedOn } from '../evaluation/request.ts';

/** The names that a document is checked against: services, actions, resource types and condition keys. A Catalog is one. */
export interface KnownNames {
  /** Named in warnings: 2026-09-26. */
  readonly version: string;
  readonly globalConditionKeys: readonly KnownKey[];
  /** `service:Action`, compared without case, no wildcards. Null: it does not exist. */
  action(name: string): KnownAction | null;
  /** Prefixes of all services, sorted. */
  services(): readonly string[];
  /** Compared without case. Null: it does not exist. */
  service(key: string): KnownService | null;
  serviceName(service: string): string | null;
  /** The action that was probably meant. Null: no name is close enough. */
  suggest(name: string): string | null;
}

export interface KnownService {
  /** The prefix of its actions: `s3`. */
  readonly key: string;
  /** Amazon S3 */
  readonly name: string;
  readonly actions: readonly KnownAction[];
  readonly resourceTypes: readonly KnownType[];
  readonly conditionKeys: readonly KnownKey[];
}

export interface KnownAction {
  /** `service:Name`. */
  readonly name: string;
  /** The part before the colon, in lower case. */
  readonly service: string;
  /** It has no resource types: only `*` in Resource matches it. */
  readonly wildcardOnly: boolean;
  /** The ARN on which AWS asks it although it has no resource types. Left out: none. */
  readonly askedOn?: AskedOn;
  readonly resourceTypes: readonly { readonly type: KnownType }[];
  /** Names of the condition keys that it supports, in addition to those of every request. */
  readonly conditionKeys: readonly string[];
}

/** A type of resource. */
export interface KnownType {
  readonly name: string;
  /** Templates such as `arn:${Partition}:s3:::${BucketName}/${ObjectName}`; mostly one. */
  readonly arns: readonly string[];
  /** Names of the condition keys of requests on such a resource, in addition to those of the action. */
  readonly conditionKeys: readonly string[];
}

/** A condition key. */
export interface KnownKey {
  readonly name: string;
  /** String, ArrayOfString, ARN, ArrayOfARN, Bool, ArrayOfBool, Numeric, Date, IPAddress. */
  readonly type: string;
}
