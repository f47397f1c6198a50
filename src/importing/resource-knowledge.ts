import type { KnownPart } from '../directory/document.ts';
import { parseArn } from '../policy/arn.ts';
import { atMost } from './at-most.ts';
import { type Facts, type Missing, resourceListKey } from './facts.ts';
import type { ResourceFacts, ResourceListFacts } from './facts-types.ts';
import { RESOURCE_KINDS, type ResourceKind } from './resource-lists.ts';

const ENDPOINTS = 'VPC endpoints';
const LIST_OF_ENDPOINTS = { isRegional: true, list: 'ec2 describe-vpc-endpoints', item: null };
const KEYS = { isRegional: true, list: 'kms list-keys' };
/** What is asked about each resource: its name in sentences, and which part of the resource it is. */
interface Asked {
  readonly noun: string;
  readonly part: KnownPart;
}

const POLICIES: Asked = { noun: 'policies', part: 'policy' };
const OWN_POLICIES: Asked = { noun: 'own policies', part: 'policy' };
const SETTINGS: Asked = { noun: 'settings', part: 'publicAccessBlock' };
const NO_REGIONS = 'which Regions are enabled (account list-regions)';

/** What is known of the resources of each account, and which lists of them are whole. */
export function concludeResources(facts: Facts): void {
  const services = servicesOf(facts);
  for (const [accountId, names] of services) {
    const account = new AccountResources(facts, accountId);
    for (const service of names) if (service !== ENDPOINTS) account.concludePolicies(service);
    if (names.has('kms')) account.concludeGrants();
    if (names.has(ENDPOINTS)) account.concludeEndpoints();
  }
  for (const [, list] of facts.resourceLists.entries()) sayWhole(facts, list);
  for (const accountId of facts.accounts.keys()) {
    new AccountResources(facts, accountId).concludePublicAccess(services.get(accountId)?.has('s3') === true);
  }
}

const LISTED_SERVICES: ReadonlySet<string> = new Set(Object.values(RESOURCE_KINDS).map(({ service }) => service));

/**
 * The services of each account of which a policy, grant or list is known, and its VPC endpoints. Also those of resources that are
 * only known to exist, as by their tags: stored without saying so, they would be taken to have no policy.
 */
function servicesOf(facts: Facts): ReadonlyMap<string, ReadonlySet<string>> {
  const services = new Map<string, Set<string>>();
  const add = (accountId: string | undefined, service: string | undefined): void => {
    if (accountId === undefined || service === undefined) return;
    services.set(accountId, (services.get(accountId) ?? new Set()).add(service));
  };
  for (const [arn, { accountId, policy, grants }] of facts.resources.entries()) {
    const service = parseArn(arn)?.service;
    const isListed = service !== undefined && LISTED_SERVICES.has(service);
    if (policy !== undefined || grants !== undefined || isListed) add(accountId, service);
  }
  for (const [, { accountId, kind = '' }] of facts.resourceLists.entries()) {
    add(accountId, kind === ENDPOINTS ? kind : RESOURCE_KINDS[kind]?.service);
  }
  for (const [, { accountId }] of facts.vpcEndpoints.entries()) add(accountId, ENDPOINTS);
  return services;
}

function sayWhole(facts: Facts, { accountId, region, kind, members }: Partial<ResourceListFacts>): void {
  if (accountId === undefined || region === undefined || kind === undefined || members === undefined) return;
  if (kind === ENDPOINTS) facts.isWhole({ accountId, kind: 'vpcEndpoints', region });
  if (kind === 'OIDC providers' && members.every((arn) => facts.oidcProviders.get(arn).url !== undefined)) {
    facts.isWhole({ accountId, kind: 'oidcProviders' });
  }
  const of = RESOURCE_KINDS[kind];
  if (of === undefined) return;
  const { service, prefix: resourcePrefix, isRegional, haveParts } = of;
  facts.isWhole({
    accountId,
    kind: 'resources',
    service,
    resourcePrefix,
    ...(haveParts === true && { keepsParts: true }),
    ...(isRegional && { region }),
  });
}

/** What files say of the resources of one account. */
class AccountResources {
  readonly #facts: Facts;
  readonly #id: string;
  /** Undefined: not known. */
  readonly #regions: readonly string[] | undefined;

  constructor(facts: Facts, accountId: string) {
    this.#facts = facts;
    this.#id = accountId;
    this.#regions = facts.accounts.get(accountId).enabledRegions;
  }

  concludePolicies(service: string): void {
    const kinds = Object.entries(RESOURCE_KINDS).filter(([, kind]) => kind.service === service);
    const missing: Missing[] =
      kinds.length === 0
        ? [{ what: `other resources of ${service} than those that are imported`, concerns: 'UNKNOWN' }]
        : kinds.flatMap(([name, kind]) => this.#missing(name, kind, ({ policy }) => policy !== undefined, POLICIES));
    // Besides the policies of account and Region, each can have its own, which is asked for by its ARN.
    const groups = service === 'logs' ? RESOURCE_KINDS['log groups'] : undefined;
    if (groups !== undefined) {
      const own = { ...groups, item: `${groups.item} --policy-scope RESOURCE` };
      const isKnown = (_group: unknown, arn: string) => this.#facts.logGroups.has(arn);
      missing.push(...this.#missing('log groups', own, isKnown, OWN_POLICIES));
    }
    this.#facts.knows(this.#id, 'RESOURCE_POLICIES', atMost(eachOnce(missing)), service);
  }

  concludeGrants(): void {
    const keys = { ...KEYS, item: 'kms list-grants' };
    this.#facts.knows(
      this.#id,
      'GRANTS',
      this.#missing('keys', keys, ({ grants }) => grants !== undefined, { noun: 'grants', part: 'grants' }),
    );
  }

  concludeEndpoints(): void {
    this.#facts.knows(
      this.#id,
      'VPC_ENDPOINTS',
      this.#missing(ENDPOINTS, LIST_OF_ENDPOINTS, () => true, POLICIES),
    );
  }

  /** Settings of organization, account, access points and buckets: the most restrictive counts, so that all must be known. */
  concludePublicAccess(hasBuckets: boolean): void {
    const { publicAccessBlock, organizationPublicAccessBlock, organizationId } = this.#facts.accounts.get(this.#id);
    const isSaid = publicAccessBlock !== undefined || organizationPublicAccessBlock !== undefined;
    if (!isSaid && !hasBuckets) return;
    const missing: Missing[] = [];
    if (publicAccessBlock === undefined) missing.push("the account's setting (s3control get-public-access-block)");
    const organization = typeof organizationId === 'string' ? this.#facts.organizations.get(organizationId) : null;
    if (
      organizationPublicAccessBlock === undefined &&
      organizationId !== null &&
      organization?.s3PolicyEnabled !== false
    ) {
      missing.push("the organization's setting (organizations describe-effective-policy)");
    }
    const isKnown = (resource: Partial<ResourceFacts>) => resource.publicAccessBlock !== undefined;
    for (const [name, item] of [
      ['buckets', 's3api get-public-access-block'],
      ['access points', 's3control get-access-point'],
    ] as const) {
      const kind = RESOURCE_KINDS[name];
      if (kind !== undefined) missing.push(...this.#missing(name, { ...kind, item }, isKnown, SETTINGS));
    }
    this.#facts.knows(this.#id, 'BLOCK_PUBLIC_ACCESS', missing);
  }

  /** The Regions of which there is a list. */
  #listed(name: string): ReadonlyMap<string, readonly string[]> {
    const regions = new Map<string, readonly string[]>();
    for (const region of this.#facts.listedRegions(this.#id, name)) {
      const { members } = this.#facts.resourceLists.get(resourceListKey(this.#id, region, name));
      if (members !== undefined) regions.set(region, members);
    }
    return regions;
  }

  /** What is missing to know something of all resources of a kind, as sentences. */
  #missing(
    name: string,
    kind: Pick<ResourceKind, 'isRegional' | 'list' | 'item' | 'isOptional'>,
    isKnown: (resource: Partial<ResourceFacts>, arn: string) => boolean,
    { noun, part }: Asked,
  ): readonly Missing[] {
    const lists = this.#listed(name);
    if (kind.isOptional === true && lists.size === 0) return [];
    const missing: Missing[] = [];
    if (kind.isRegional && this.#regions === undefined) missing.push({ what: NO_REGIONS, concerns: 'UNSTORED' });
    const expected = kind.isRegional ? (this.#regions ?? []) : [''];
    const without = expected.filter((region) => !lists.has(region));
    if (without.length > 0 || lists.size === 0) {
      const where = without.length === 0 || !kind.isRegional ? '' : ` in ${some(without)}`;
      missing.push({ what: `the list of ${name}${where} (${kind.list})`, concerns: 'UNSTORED' });
    }
    if (kind.item === null) return missing;
    const unknown = [...lists.values()].flat().filter((arn) => !isKnown(this.#facts.resources.get(arn), arn));
    for (const arn of unknown) this.#facts.isUnanswered(arn, part);
    if (unknown.length > 0) {
      missing.push({ what: `the ${noun} of ${some(unknown)} (${kind.item})`, concerns: 'STORED' });
    }
    return missing;
  }
}

/** Kinds of one service that have the same list missing say so once. */
function eachOnce(missing: readonly Missing[]): readonly Missing[] {
  return [...new Map(missing.map((each) => [typeof each === 'string' ? each : each.what, each])).values()];
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length <= 3 ? shown : `${shown} and ${names.length - 3} more`;
}
