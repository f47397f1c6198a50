/** A kind of resource: the service of its ARN and the start of the part after the fifth colon, or BUCKET or OBJECT. */
export interface Tagged {
  readonly service: string;
  readonly type: string;
}

/** A general purpose bucket of S3, and an object in one: their ARNs contain no word for it. */
export const BUCKET = 'bucket';
export const OBJECT = 'object';

/** A condition key that holds a tag of the resource. */
interface ResourceTag {
  /** The key of the tag, in lower case. */
  readonly tag: string;
  /** Null: any kind of resource. */
  readonly of: Tagged | null;
}

/** `aws:ResourceTag/k`, and the older keys of single services for the same thing (`iam:ResourceTag/k`, `ec2:ResourceTag/k`). */
const ANY_RESOURCE_TAG = ':resourcetag/';

/**
 * Keys for the tags of one kind of resource, in lower case, by the word in its ARN. (`rds:req-tag`, `s3:RequestObjectTag` are
 * parameters of requests.) Compiled from the condition keys of the service authorization reference, service by service.
 */
const BY_SERVICE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/security_iam_service-with-iam.html
  rds: {
    'cluster-tag/': 'cluster:',
    'cluster-pg-tag/': 'cluster-pg:',
    'cluster-snapshot-tag/': 'cluster-snapshot:',
    'db-tag/': 'db:',
    'es-tag/': 'es:',
    'og-tag/': 'og:',
    'pg-tag/': 'pg:',
    'ri-tag/': 'ri:',
    'secgrp-tag/': 'secgrp:',
    'snapshot-tag/': 'snapshot:',
    'subgrp-tag/': 'subgrp:',
  },
  // https://docs.aws.amazon.com/dms/latest/userguide/security_iam_service-with-iam.html
  dms: {
    'assessment-run-tag/': 'assessment-run:',
    'cert-tag/': 'cert:',
    'data-migration-tag/': 'data-migration:',
    'data-provider-tag/': 'data-provider:',
    'endpoint-tag/': 'endpoint:',
    'es-tag/': 'es:',
    'individual-assessment-tag/': 'individual-assessment:',
    'instance-profile-tag/': 'instance-profile:',
    'migration-project-tag/': 'migration-project:',
    'rep-tag/': 'rep:',
    'replication-config-tag/': 'replication-config:',
    'subgrp-tag/': 'subgrp:',
    'task-tag/': 'task:',
  },
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
  s3: { 'buckettag/': BUCKET, 'existingobjecttag/': OBJECT, 'accesspointtag/': 'accesspoint/' },
  s3express: { 'buckettag/': 'bucket/', 'accesspointtag/': 'accesspoint/' },
  s3tables: { 'tablebuckettag/': 'bucket/' },
  s3vectors: { 'vectorbuckettag/': 'bucket/' },
};

/** The resource tag that a key (in lower case) holds; null: it holds none. */
export function readResourceTag(name: string): ResourceTag | null {
  const at = name.indexOf(ANY_RESOURCE_TAG);
  if (at >= 0) return { tag: name.slice(at + ANY_RESOURCE_TAG.length), of: null };
  const colon = name.indexOf(':');
  const slash = name.indexOf('/', colon);
  const service = name.slice(0, colon);
  const types = Object.hasOwn(BY_SERVICE, service) ? BY_SERVICE[service] : undefined;
  if (types === undefined || slash < 0) return null;
  const word = name.slice(colon + 1, slash + 1);
  const type = Object.hasOwn(types, word) ? types[word] : undefined;
  return type === undefined ? null : { tag: name.slice(slash + 1), of: { service, type } };
}
