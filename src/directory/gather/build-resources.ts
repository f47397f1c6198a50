import type { Catalog } from '../../catalog/catalog.ts';
import { type AccessPointFacts, withNetworkOrigin } from '../../evaluation/access-point.ts';
import { prepareResource } from '../../evaluation/prepare.ts';
import type { ResourceFacts } from '../../evaluation/resource.ts';
import { isReadableThrough } from '../../evaluation/underlying-bucket.ts';
import { parseArn } from '../../policy/arn.ts';
import { isAccountId } from '../../policy/principal-id.ts';
import type { GapReach, KnownResource, UnknownOfResource } from '../directory.ts';
import { reachOf } from '../gap-reach.ts';
import { OWN_SERVICE } from '../services/own-services.ts';
import type { AccountFacts } from './account-facts.ts';
import { PolicyCollector } from './attached-policies.ts';
import type { BuiltRole } from './build-principals.ts';
import type { CompiledBatch } from './compiled-policies.ts';
import { dependency, type Entry } from './memory.ts';
import type { ResourceRow } from './rows.ts';

const BYTES = 1_500;

/** The rows about one resource: itself, and the one whose policy governs it. */
export interface ResourceRows {
  readonly arn: string;
  readonly given: string | null;
  readonly exact: ResourceRow | null;
  /** The nearest stored one of `holders` that has a policy, else the nearest stored one. */
  readonly holder: ResourceRow | null;
  readonly holders: readonly string[];
  /** Of an access point or an object behind it: its bucket; null: not stored, or not known. */
  readonly bucket: ResourceRow | null;
  /** Null: one of AWS's. */
  readonly service: OtherService | null;
}

/** A service that AWS does not have, by the ARN of a resource. */
interface OtherService {
  readonly prefix: string;
  /** It is registered: its resources and their policies are here and nowhere else, so that nothing of them is unknown. */
  readonly isOwn: boolean;
}

/** Null: it is one of AWS's. */
export function serviceOf(arn: string, catalog: Catalog): OtherService | null {
  const prefix = arn.split(':', 3)[2] ?? '';
  const service = catalog.service(prefix);
  return service !== null && service.isOwn !== true ? null : { prefix, isOwn: service !== null };
}

export function resourceRows(
  { arn, accountId }: { readonly arn: string; readonly accountId: string | null },
  holders: readonly string[],
  stored: ReadonlyMap<string, ResourceRow>,
  service: OtherService | null = null,
): ResourceRows {
  const exact = stored.get(arn) ?? null;
  const rows = [arn, ...holders].flatMap((each) => stored.get(each) ?? []);
  const holder = rows.find((row) => row.policyHash !== null) ?? rows[0] ?? null;
  const bucket = stored.get(holder?.accessPoint?.bucket ?? '') ?? null;
  return { arn, given: accountId, exact, holder, holders, bucket, service };
}

/** The owner of a resource: from its ARN, else from the directory, else from the client. */
export function ownerOf({ arn, given, exact, holder }: ResourceRows): string | null {
  const parsed = parseArn(arn);
  if (parsed !== null && isAccountId(parsed.accountId)) return parsed.accountId;
  return exact?.accountId ?? holder?.accountId ?? given;
}

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
function policyGaps(rows: ResourceRows, account: AccountFacts | null): readonly string[] {
  const { arn, holder, holders } = rows;
  const [first = arn] = holders;
  // The policy of an API stands with API Gateway, whatever service its requests are of.
  const services = [...new Set(holders.flatMap((each) => parseArn(each)?.service ?? []))];
  const knowledge = account?.knowledge;
  const partly = services.flatMap((service) => knowledge?.partlyOfService(service) ?? []);
  if (holder !== null && holder.policyHash !== null) return [];
  const unlisted = isUnlisted(rows);
  // Without a policy, but perhaps only because it could not be read.
  if (holder !== null && !unlisted) return partly;
  if (!unlisted && services.some((service) => knowledge?.isComplete('RESOURCE_POLICIES', service) === true)) return [];
  return [`${first} is not in the directory: a resource-based policy of it is not considered`, ...partly];
}

/** Null: nothing that matters for some requests only. */
function unknownOf(
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
    grants: isKey ? missingOf('GRANTS', account) : null,
    publicAccess: isPublishable ? publicAccessGaps(rows, account, bucketOwner) : null,
    behind: isBucket || isKey ? null : behindOf(rows),
  };
}

/** Of the account of a bucket or access point, and of another one that owns the bucket behind the access point. */
function publicAccessGaps(
  { bucket, holder }: ResourceRows,
  account: AccountFacts | null,
  bucketOwner: AccountFacts | null,
): readonly string[] | null {
  const missing = missingOf('BLOCK_PUBLIC_ACCESS', account);
  if (bucket === null || holder === null || bucket.accountId === holder.accountId) return missing;
  const behind = missingOf('BLOCK_PUBLIC_ACCESS', bucketOwner);
  return missing === null && behind === null ? null : [...(missing ?? []), ...(behind ?? [])];
}

/** A bucket that is not stored, or whose policy cannot be read as one about the access point. */
function behindOf({ holder, bucket }: ResourceRows): string | null {
  if (holder !== null && bucket !== null && isReadableThrough(bucket.arn, holder.arn)) return null;
  return holder?.accessPoint?.bucket ?? 'its bucket, which is not known,';
}

/** What is not known of the policy of the bucket behind an access point, if none is stored. */
function bucketGaps({ bucket }: ResourceRows, owner: AccountFacts | null): readonly string[] {
  return bucket === null || bucket.policyHash !== null ? [] : (owner?.knowledge.partlyOfService('s3') ?? []);
}

function missingOf(layer: 'GRANTS' | 'BLOCK_PUBLIC_ACCESS', account: AccountFacts | null): readonly string[] | null {
  if (account === null) return [];
  return account.knowledge.isComplete(layer) ? null : account.knowledge.partly(layer);
}

/** What is stored of the resource, or of the bucket or access point whose policy governs it, and of its account. */
function storedFacts(
  { arn, exact, holder, bucket }: ResourceRows,
  account: AccountFacts | null,
  bucketOwner: AccountFacts | null,
): Partial<ResourceFacts> {
  const { service = '', resource = '' } = parseArn(arn) ?? {};
  if (service === 'kms') return exact === null || exact.grants.length === 0 ? {} : { grants: exact.grants };
  if (service !== 's3') return {};
  const block = (exact ?? holder)?.publicAccessBlock ?? holder?.publicAccessBlock ?? null;
  const behind = bucket?.publicAccessBlock ?? null;
  const isOthers = bucketOwner !== null && bucketOwner.id !== account?.id;
  const above = isOthers ? { aboveBucket: bucketOwner.publicAccess ?? {} } : {};
  const blocks = resource.startsWith('accesspoint/')
    ? { accessPoint: block, bucket: behind, ...above }
    : { bucket: block };
  const region = exact?.region ?? holder?.region ?? null;
  const tagsCount = exact?.abacEnabled ?? null;
  return {
    ...(block === null && behind === null && (account?.publicAccess ?? bucketOwner?.publicAccess ?? null) === null
      ? {}
      : { publicAccess: { ...account?.publicAccess, ...blocks } }),
    ...(region === null ? {} : { region }),
    ...(tagsCount === null ? {} : { tagsCount }),
  };
}

/** Null: the resource is no access point and nothing behind one, or nothing is known of it. */
function accessPointFacts(
  { holder, bucket }: ResourceRows,
  bucketOwner: AccountFacts | null,
  policies: PolicyCollector,
): AccessPointFacts | null {
  if (holder === null || holder.accessPoint === null) return null;
  const { vpcId } = holder.accessPoint;
  if (bucket === null) return { vpcId, bucket };
  const { arn, accountId, policyHash, policyBindings } = bucket;
  const policy = policies.ofResource('resource', policyHash, arn);
  const resourceControl = bucketOwner?.resourceControl ?? null;
  return { vpcId, bucket: { arn, accountId, policy, policyBindings, resourceControl } };
}

function bucketsOf({ holder }: ResourceRows): readonly string[] {
  return holder === null || holder.accessPoint === null ? [] : [holder.accessPoint.bucket];
}

/** The entity of IAM that is this resource: it has tags. */
function entityOf(arn: string): readonly string[] {
  const { service, resource = '' } = parseArn(arn) ?? {};
  const kind = service === 'iam' ? TAGGED_KINDS[resource.slice(0, resource.indexOf('/'))] : undefined;
  return kind === undefined ? [] : [dependency(kind, arn)];
}

const TAGGED_KINDS: Readonly<Partial<Record<string, string>>> = {
  user: 'User',
  policy: 'ManagedPolicy',
  'instance-profile': 'InstanceProfile',
};

/** `bucketOwner`: the account of the bucket behind an access point; null: there is none. */
export function buildResource(
  rows: ResourceRows,
  account: AccountFacts | null,
  bucketOwner: AccountFacts | null,
  compiled: CompiledBatch,
): Entry<KnownResource> {
  const { arn, exact, holder, holders } = rows;
  const policies = new PolicyCollector(compiled);
  const gaps: string[] = [];
  const facts = new Map<string, GapReach>();
  const named = arn !== '*';
  if (named && account === null) {
    const gap = `the account that owns ${arn} is not known: it is taken to be the principal's`;
    gaps.push(gap);
    facts.set(gap, 'FACTS');
  }
  if (named && holders.length > 0 && rows.service?.isOwn !== true) gaps.push(...policyGaps(rows, account));
  const policy = holder === null ? null : policies.ofResource('resource', holder.policyHash, holder.arn);
  const accessPoint = accessPointFacts(rows, bucketOwner, policies);
  const prepared = prepareResource({
    arn,
    accountId: account?.id ?? null,
    organization: account?.organization ?? null,
    tags: exact?.tags ?? null,
    policy: accessPoint === null ? policy : withNetworkOrigin(policy, holder?.arn ?? arn, accessPoint.vpcId),
    ...(accessPoint === null ? {} : { accessPoint }),
    policyBindings: holder?.policyBindings ?? {},
    resourceControl: account?.resourceControl ?? null,
    ...storedFacts(rows, account, bucketOwner),
  });
  const unknown = unknownOf(rows, account, bucketOwner);
  // What is not known above the bucket limits its access points, too.
  const above = bucketOwner === null || bucketOwner.id === account?.id ? null : bucketOwner;
  const ofAccounts = [...(account?.gaps ?? []), ...(above?.gaps ?? [])];
  return {
    value: {
      value: prepared,
      gaps: [...gaps, ...bucketGaps(rows, bucketOwner), ...ofAccounts, ...policies.gaps],
      ...reachOf({ reach: facts }, account ?? {}, above ?? {}, policies),
      ...(unknown === null ? {} : { unknown }),
    },
    dependencies: [
      ...[arn, ...holders, ...bucketsOf(rows)].map((each) => dependency('Resource', each)),
      ...entityOf(arn),
      ...(rows.service === null ? [] : [dependency(OWN_SERVICE, rows.service.prefix)]),
      ...(account?.dependencies ?? []),
      ...(bucketOwner?.dependencies ?? []),
    ],
    bytes: BYTES,
  };
}

/** A role as a resource, with its trust policy; for a role that is not stored none is known. */
export function buildRoleResource(
  arn: string,
  role: Entry<BuiltRole | null>,
  account: AccountFacts,
): Entry<KnownResource> {
  if (role.value !== null) {
    const { role: known } = role.value;
    return {
      value: { value: known.value.trust, gaps: known.gaps, ...reachOf(known) },
      dependencies: role.dependencies,
      bytes: BYTES,
    };
  }
  const prepared = prepareResource({
    arn,
    accountId: account.id,
    organization: account.organization,
    tags: null,
    policy: null,
    policyBindings: {},
    resourceControl: account.resourceControl,
  });
  const { knowledge } = account;
  const gaps = knowledge.isComplete('TRUST_POLICIES')
    ? []
    : [`${arn} is not in the directory: a resource-based policy of it is not considered`];
  return {
    value: {
      value: prepared,
      gaps: [...gaps, ...knowledge.partly('TRUST_POLICIES'), ...account.gaps],
      ...reachOf(account),
    },
    dependencies: [...role.dependencies, ...account.dependencies],
    bytes: BYTES,
  };
}
