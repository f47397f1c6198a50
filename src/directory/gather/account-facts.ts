import type { AttachedPolicy, ControlLevel, LevelName } from '../../evaluation/applicable-policies.ts';
import type { OrganizationFacts } from '../../evaluation/principal.ts';
import type { PublicAccessBlocks } from '../../evaluation/public-access.ts';
import { closedPolicy } from '../../policy/load.ts';
import { faultGaps } from '../../policy/policy-fault.ts';
import type { AccountOrganization, GapReach } from '../directory.ts';
import { AccountKnowledge } from './account-knowledge.ts';
import type { AccountRow, ControlPolicyRow, OrganizationRow } from './account-rows.ts';
import type { CompiledBatch } from './compiled-policies.ts';
import { dependency } from './memory.ts';

/** Facts that everything in an account shares. */
export interface AccountFacts {
  readonly id: string;
  /** Null: the account is not in the directory. */
  readonly partition: string | null;
  readonly organization: OrganizationFacts | null;
  /** Whether `organization` is known: null then means none. */
  readonly organizationIsKnown: boolean;
  /** Of that organization. */
  readonly delegatedAdministrators: AccountOrganization['delegatedAdministrators'];
  /** Null: no such layer. The account has one list, so that it is planned once. */
  readonly serviceControl: readonly ControlLevel[] | null;
  readonly resourceControl: readonly ControlLevel[] | null;
  /** S3 Block Public Access of the organization and the account; null: none. */
  readonly publicAccess: Pick<PublicAccessBlocks, 'organization' | 'account'> | null;
  readonly gaps: readonly string[];
  /** Of all of them. */
  readonly reach: ReadonlyMap<string, GapReach>;
  readonly knowledge: AccountKnowledge;
  readonly dependencies: readonly string[];
}

export type ControlKind = 'scp' | 'rcp';

function kindOf(policy: ControlPolicyRow): ControlKind {
  return policy.type === 'SERVICE_CONTROL_POLICY' ? 'scp' : 'rcp';
}

/** From the organization's root down to the account. */
function pathTo(account: AccountRow, organization: OrganizationRow): readonly string[] {
  const parents = new Map(organization.units.map((unit) => [unit.id, unit.parentId]));
  const units: string[] = [];
  for (let unit = account.unitId; unit !== null && !units.includes(unit); unit = parents.get(unit) ?? null) {
    units.unshift(unit);
  }
  return [organization.rootId, ...units, account.id];
}

/** Documents that the control policies above an account are compiled from. */
export function controlDocuments(
  account: AccountRow,
  organization: OrganizationRow,
): readonly { readonly kind: ControlKind; readonly hash: string }[] {
  const path = new Set(pathTo(account, organization));
  return organization.policies
    .filter((policy) => policy.targets.some((target) => path.has(target)))
    .map((policy) => ({ kind: kindOf(policy), hash: policy.hash }));
}

function attach(policy: ControlPolicyRow, level: LevelName, compiled: CompiledBatch, gaps: string[]): AttachedPolicy {
  const kind = kindOf(policy);
  const found = compiled.get(kind, policy.hash);
  const { id, name, arn } = policy;
  const what = `the ${kind === 'scp' ? 'service control policy' : 'resource control policy'} \`${id}\``;
  if (found !== undefined && 'policy' in found) {
    gaps.push(...faultGaps(found.policy.faults, what));
    return { policy: found.policy, id, name, arn, level };
  }
  gaps.push(`${what} cannot be read, so that nothing is allowed: ${found?.fault ?? 'no document'}`);
  return { policy: closedPolicy(kind), id, name, arn, level };
}

function levelName(target: string, account: AccountRow, organization: OrganizationRow): LevelName {
  const { id, managementAccountId } = organization;
  const arn = (type: string): string =>
    `arn:${account.partition}:organizations::${managementAccountId}:${type}/${id}/${target}`;
  if (target === account.id) return { kind: 'ACCOUNT', id: target, name: account.name, arn: arn('account') };
  if (target === organization.rootId) {
    return { kind: 'ROOT', id: target, name: organization.rootName, arn: arn('root') };
  }
  const unit = organization.units.find((one) => one.id === target);
  return { kind: 'ORGANIZATIONAL_UNIT', id: target, name: unit?.name ?? null, arn: arn('ou') };
}

/** What is attached at a level of one path, made into policies by `attached`. */
function levelOf(
  kind: ControlKind,
  target: string,
  account: AccountRow,
  organization: OrganizationRow,
  attached: (policy: ControlPolicyRow, level: LevelName) => AttachedPolicy,
): ControlLevel {
  const level = levelName(target, account, organization);
  const policies = organization.policies.filter((policy) => kindOf(policy) === kind && policy.targets.includes(target));
  return { level, policies: policies.map((policy) => attached(policy, level)) };
}

/**
 * Whether nothing is known of an organization's control policies: none is stored although a kind is enabled, so that AWS has
 * attached at least its own (FullAWSAccess) to every level. Levels without policies would allow nothing.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_attach.html
 */
function controlIsUnknown({ policies }: OrganizationRow, knowledge: AccountKnowledge): boolean {
  return policies.length === 0 && knowledge.of('CONTROL_POLICIES').state === 'NONE';
}

/** Control policies of a member account that are not known, or only in part. */
function controlGaps(id: string, organization: OrganizationRow, knowledge: AccountKnowledge): readonly string[] {
  if (!organization.scpEnabled && !organization.rcpEnabled) return [];
  if (!controlIsUnknown(organization, knowledge)) return knowledge.partly('CONTROL_POLICIES');
  return [`the control policies above the account ${id} are not known: they are not considered`];
}

/**
 * The levels of control policies above an account. They do not bind the management account.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
 */
export function accountFacts(
  id: string,
  account: AccountRow | null,
  organization: OrganizationRow | null,
  compiled: CompiledBatch,
): AccountFacts {
  const dependencies = [dependency('Account', id)];
  const knowledge = new AccountKnowledge(id, account?.knowledge ?? []);
  const nothing = {
    id,
    organization: null,
    delegatedAdministrators: [],
    serviceControl: null,
    resourceControl: null,
    organizationIsKnown: false,
    publicAccess: publicAccessOf(account),
    knowledge,
    dependencies,
  };
  if (account === null) {
    const gap = `the account ${id} is not in the directory: control policies of its organization are not considered`;
    return { ...nothing, partition: null, gaps: [gap], reach: limits([gap]) };
  }
  const { partition } = account;
  if (account.membership === 'UNKNOWN') {
    const gap = `the organization of the account ${id} is not known: its control policies are not considered`;
    return { ...nothing, partition, gaps: [gap], reach: limits([gap]) };
  }
  const gaps = knowledge.partly('ORGANIZATION');
  if (organization === null) return { ...nothing, partition, organizationIsKnown: true, gaps, reach: limits(gaps) };
  return {
    ...nothing,
    partition,
    organizationIsKnown: true,
    ...memberFacts(account, organization, compiled, gaps, knowledge),
    dependencies: [...dependencies, dependency('Organization', organization.id)],
  };
}

/** What follows from the place of an account in its organization. `partly`: gaps about that place. */
function memberFacts(
  account: AccountRow,
  organization: OrganizationRow,
  compiled: CompiledBatch,
  partly: readonly string[],
  knowledge: AccountKnowledge,
): Pick<
  AccountFacts,
  'organization' | 'delegatedAdministrators' | 'serviceControl' | 'resourceControl' | 'gaps' | 'reach'
> {
  const { id } = account;
  const managing = organization.managementAccountId === id;
  const gaps = managing ? partly : [...partly, ...controlGaps(id, organization, knowledge)];
  const reach = limits(gaps);
  const unread: string[] = [];
  const path = pathTo(account, organization);
  const attached = (policy: ControlPolicyRow, level: LevelName): AttachedPolicy =>
    attach(policy, level, compiled, unread);
  const isUnknown = controlIsUnknown(organization, knowledge);
  const levels = (kind: ControlKind): readonly ControlLevel[] | null =>
    isUnknown ? null : path.map((target) => levelOf(kind, target, account, organization, attached));
  const serviceControl = managing || !organization.scpEnabled ? null : levels('scp');
  const resourceControl = managing || !organization.rcpEnabled ? null : levels('rcp');
  for (const gap of unread) reach.set(gap, 'UNREAD');
  return {
    organization: {
      id: organization.id,
      managementAccountId: organization.managementAccountId,
      path: `${[organization.id, ...path.slice(0, -1)].join('/')}/`,
    },
    delegatedAdministrators: organization.delegatedAdministrators,
    serviceControl,
    resourceControl,
    gaps: [...gaps, ...unread],
    reach,
  };
}

function limits(gaps: readonly string[]): Map<string, GapReach> {
  return new Map(gaps.map((gap) => [gap, 'LIMITS']));
}

function publicAccessOf(account: AccountRow | null): AccountFacts['publicAccess'] {
  const { organizationPublicAccessBlock: organization = null, publicAccessBlock = null } = account ?? {};
  return organization === null && publicAccessBlock === null ? null : { organization, account: publicAccessBlock };
}

/** What stands above an account, as its principals meet it. */
export function controlsOf({
  serviceControl,
  resourceControl,
}: AccountFacts): Pick<AccountFacts, 'serviceControl' | 'resourceControl'> {
  return { serviceControl, resourceControl };
}

/** The place of an account in its organization; null: it is in none, or nothing is known about it. */
export function organizationOf({ organization, delegatedAdministrators }: AccountFacts): AccountOrganization | null {
  if (organization === null) return null;
  const { id, managementAccountId, path } = organization;
  return { organizationId: id, managementAccountId, path, delegatedAdministrators };
}
