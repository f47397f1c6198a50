import type { ActionFacts } from '../evaluation/request.ts';

/** What an action does to its resource, in AWS's order. */
export type AccessLevel = 'LIST' | 'READ' | 'WRITE' | 'TAGGING' | 'PERMISSIONS_MANAGEMENT';

/** A resource type that an action can take. */
export interface ActionResource {
  readonly type: ResourceType;
  /** False also where an action needs one of several types (s3:GetObject: an object, or one behind an access point). */
  readonly required: boolean;
}

/** One action of the service authorization reference. */
export interface CatalogAction extends ActionFacts {
  readonly accessLevel: AccessLevel;
  readonly resourceTypes: readonly ActionResource[];
  /** Names of the service's and global condition keys that it supports in addition to those of every request. */
  readonly conditionKeys: readonly string[];
  /** Other actions that its caller needs, too; null: the data does not say. */
  readonly dependentActions: readonly string[] | null;
}

export interface ResourceType {
  readonly name: string;
  /** Templates such as `arn:${Partition}:s3:::${BucketName}/${ObjectName}`; mostly one. */
  readonly arns: readonly string[];
  /** Names of the condition keys of requests on such a resource, in addition to those of the action. */
  readonly conditionKeys: readonly string[];
  /** Of a service of one's own: whether such a resource can have a resource-based policy. AWS's: policy-holders.ts. */
  readonly canHavePolicy?: boolean;
}

export interface ConditionKey {
  readonly name: string;
  /** String, ArrayOfString, ARN, ArrayOfARN, Bool, ArrayOfBool, Numeric, Date, IPAddress. */
  readonly type: string;
}

export interface CatalogService {
  /** The prefix of its actions: `s3`. */
  readonly key: string;
  /** Amazon S3 */
  readonly name: string;
  readonly resourceControlSupported: boolean;
  readonly actions: readonly CatalogAction[];
  readonly resourceTypes: readonly ResourceType[];
  readonly conditionKeys: readonly ConditionKey[];
  /** It belongs to an application and is kept in the directory. Left out: it is one of AWS's, or the gateway itself. */
  readonly isOwn?: true;
}
