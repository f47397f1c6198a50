import { type AccessPointFacts, withNetworkOrigin } from '../../evaluation/access-point.ts';
import { prepareResource } from '../../evaluation/prepare.ts';
import type { ResourceFacts } from '../../evaluation/resource.ts';
import { parseArn } from '../../policy/arn.ts';
import type { GapReach, KnownResource } from '../directory.ts';
import { reachOf } from '../gap-reach.ts';
import { OWN_SERVICE } from '../services/own-services.ts';
import type { AccountFacts } from './account-facts.ts';
import { PolicyCollector } from './attached-policies.ts';
import type { BuiltRole } from './build-principals.ts';
import type { CompiledBatch } from './compiled-policies.ts';
import { dependency, type Entry } from './memory.ts';
import { bucketGaps, policyGaps, unknownOf } from './resource-gaps.ts';
import type { ResourceRows } from './resource-rows.ts';

const BYTES = 1_500;

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
