import { isReadableThrough } from '../../evaluation/underlying-bucket.ts';
import { parseArn } from '../../policy/arn.ts';
import type { UnknownOfResource } from '../directory.ts';
import type { KnownPart } from '../document.ts';
import type { AccountFacts } from './account-facts.ts';
import type { ResourceKnowledge } from './account-knowledge.ts';
import type { ResourceRows } from './resource-rows.ts';
import type { ResourceRow } from './rows.ts';

/**
 * Resources with policies of their own that are in no list of their service: those lists, of which COMPLETE is made, hold
 * functions, tables, streams, log groups and APIs.
 */
const IN_NO_LIST: Readonly<Record<string, RegExp>> = {
  lambda: /^(?:function:[^:]*:|layer:)/,
  dynamodb: /^table\/[^/]*\/stream\//,
  kinesis: /\/consumer\//,
  logs: /^destination:/,
  apigateway: /^\/domainnames\//,
};

/** Resources that are in a list which need not be there for a service to be known: with them, what is in them. */
const IN_A_LIST_OF_ITS_OWN: Readonly<Record<string, RegExp>> = { s3: /^accesspoint\// };

/** Whether what is known of its service says nothing of whether it is there, and with which policy. */
function isUnlisted({ arn, exact, holder }: ResourceRows): boolean {
  if (exact !== null) return false;
  const { service = '', resource = '' } = parseArn(arn) ?? {};
  if (IN_NO_LIST[service]?.test(resource) === true) return true;
  return holder === null && IN_A_LIST_OF_ITS_OWN[service]?.test(resource) === true;
}

/** What is not known of the policy of a resource, or of what it is part of. */
export function policyGaps(rows: ResourceRows, account: AccountFacts | null): readonly string[] {
  const { arn, holder, holders, isAnswered } = rows;
  const [first = arn] = holders;
  // The policy of an API stands with API Gateway, whatever service its requests are of.
  const services = [...new Set(holders.flatMap((each) => parseArn(each)?.service ?? []))];
  const of = (resource: ResourceKnowledge): readonly (readonly string[] | null)[] =>
    services.map((service) => account?.knowledge.ofResource(resource, 'RESOURCE_POLICIES', service) ?? null);
  if (holder !== null && holder.policyHash !== null && isAnswered) return [];
  const unlisted = isUnlisted(rows);
  // Without a policy, but perhaps only because it could not be read.
  if (holder !== null && !unlisted) return of(isAnswered ? 'KNOWN' : 'STORED').flatMap((gaps) => gaps ?? []);
  const known = of('UNSTORED');
  if (!unlisted && known.some((gaps) => gaps?.length === 0)) return [];
  const partly = known.flatMap((gaps) => gaps ?? []);
  return [`${first} is not in the directory: a resource-based policy of it is not considered`, ...partly];
}

/** Null: nothing that matters for some requests only. */
export function unknownOf(
  rows: ResourceRows,
  account: AccountFacts | null,
  bucketOwner: AccountFacts | null,
): UnknownOfResource | null {
  const { arn, exact, holder, holders } = rows;
  const parsed = parseArn(arn);
  const { service = '', resource = '', accountId = '' } = parsed ?? {};
  const isKey = service === 'kms' && resource.startsWith('key/');
  const isBucket = service === 's3' && accountId === '';
  const isPublishable = isBucket || (service === 's3' && resource.startsWith('accesspoint/'));
  if (!isKey && !isPublishable) return null;
  const enforced = [exact, holder].some((row) => row?.objectOwnership === 'BucketOwnerEnforced');
  return {
    aclsOf: isBucket && !enforced ? (holders[0] ?? arn) : null,
    grants: isKey ? missingOf('GRANTS', account, knowledgeOf(exact, 'grants')) : null,
    publicAccess: isPublishable ? publicAccessGaps(rows, account, bucketOwner) : null,
    behind: isBucket || isKey ? null : behindOf(rows),
  };
}

/**
 * Of a bucket, or of an access point and the bucket behind it, with what stands above each in its account. An object has no settings:
 * those of what holds it count.
 */
function publicAccessGaps(
  { bucket, holder }: ResourceRows,
  account: AccountFacts | null,
  bucketOwner: AccountFacts | null,
): readonly string[] | null {
  const layer = 'BLOCK_PUBLIC_ACCESS';
  const missing = missingOf(layer, account, knowledgeOf(holder, 'publicAccessBlock'));
  if (bucket === null || holder === null) return missing;
  const owner = bucket.accountId === holder.accountId ? account : bucketOwner;
  const behind = missingOf(layer, owner, knowledgeOf(bucket, 'publicAccessBlock'));
  return missing === null && behind === null ? null : [...new Set([...(missing ?? []), ...(behind ?? [])])];
}

function knowledgeOf(row: ResourceRow | null, part: KnownPart): ResourceKnowledge {
  if (row === null) return 'UNSTORED';
  return row.known.includes(part) ? 'KNOWN' : 'STORED';
}

/** A bucket that is not stored, or whose policy cannot be read as one about the access point. */
function behindOf({ holder, bucket }: ResourceRows): string | null {
  if (holder !== null && bucket !== null && isReadableThrough(bucket.arn, holder.arn)) return null;
  return holder?.accessPoint?.bucket ?? 'its bucket, which is not known,';
}

/** What is not known of the policy of the bucket behind an access point, if none is stored. */
export function bucketGaps({ bucket }: ResourceRows, owner: AccountFacts | null): readonly string[] {
  if (bucket === null || bucket.policyHash !== null) return [];
  return owner?.knowledge.ofResource(knowledgeOf(bucket, 'policy'), 'RESOURCE_POLICIES', 's3') ?? [];
}

/** Null: nothing that concerns the resource. Empty: nothing is known of the layer. */
function missingOf(
  layer: 'GRANTS' | 'BLOCK_PUBLIC_ACCESS',
  account: AccountFacts | null,
  resource: ResourceKnowledge,
): readonly string[] | null {
  const gaps = account?.knowledge.ofResource(resource, layer) ?? null;
  if (gaps === null) return [];
  return gaps.length === 0 ? null : gaps;
}
