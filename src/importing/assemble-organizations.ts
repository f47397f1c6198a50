import type { ControlPolicyInput, OrganizationInput, WholeAttachments } from '../directory/document.ts';
import {
  AWS_CONTROL_POLICIES,
  CONTROL_POLICY_TYPE_NAMES,
  CONTROL_POLICY_TYPES,
  missingPolicies,
} from './control-policies.ts';
import type { Facts } from './facts.ts';
import type { OrganizationFacts, TargetFacts } from './facts-types.ts';
import { isAccountId } from './iam-arn.ts';
import { chainOf } from './organization-chain.ts';
import { allMembers, wholeTree } from './organization-members.ts';

/**
 * Organizations of which management account and root are known. Units and control policies are given as whole lists only if
 * all of them are known; else those that are known are added to what is stored.
 */
export function assembleOrganizations(facts: Facts): readonly OrganizationInput[] {
  refuseOneSided(facts);
  return facts.organizations.entries().flatMap(([id, organization]) => {
    const { rootId, managementAccountId, rootName, scpEnabled, rcpEnabled } = organization;
    if (rootId === undefined || managementAccountId === undefined) {
      const what = rootId === undefined ? 'its root (organizations list-roots)' : 'its management account';
      note(facts, id, `${what} is not known; the organization is left out`);
      return [];
    }
    const units = unitsOf(facts, id, rootId);
    const isMember = membersOf(facts, id, rootId, new Set(units.map((unit) => unit.id)));
    const controlPolicies = controlPoliciesOf(facts, id, organization, isMember);
    const isWhole = wholeTree(facts, id, rootId) !== null && controlPolicies.isWhole;
    const allAccounts = allMembers(facts, id, rootId, managementAccountId);
    return [
      {
        id,
        rootId,
        managementAccountId,
        ...(rootName !== undefined && { rootName }),
        ...(scpEnabled !== undefined && { scpEnabled }),
        ...(rcpEnabled !== undefined && { rcpEnabled }),
        ...(units.length > 0 || isWhole ? { units } : {}),
        ...(controlPolicies.list.length > 0 || isWhole || controlPolicies.whole.length > 0
          ? { controlPolicies: controlPolicies.list }
          : {}),
        ...(allAccounts !== null && { allAccounts }),
        ...(!isWhole && { keepsUnnamed: true }),
        ...(!isWhole && controlPolicies.whole.length > 0 && { wholeAttachments: controlPolicies.whole }),
        ...delegatedAdministrators(facts, id, organization),
      },
    ];
  });
}

function note(facts: Facts, id: string, message: string): void {
  facts.note({ file: facts.organizations.firstPlace(id).file, place: `organization ${id}` }, message);
}

/** Parents before children. A unit whose way to the root is not known is left out, and named. */
function unitsOf(facts: Facts, organizationId: string, rootId: string) {
  const children = new Map<
    string,
    { readonly id: string; readonly name: string; readonly parentId: string | null }[]
  >();
  const all = new Map<string, string | undefined>();
  for (const [id, unit] of facts.units.entries()) {
    if (unit.organizationId !== organizationId) continue;
    all.set(id, unit.parentId);
    if (unit.parentId === undefined) continue;
    const siblings = children.get(unit.parentId) ?? [];
    children.set(unit.parentId, siblings);
    siblings.push({ id, name: unit.name ?? id, parentId: unit.parentId === rootId ? null : unit.parentId });
  }
  const units = [...(children.get(rootId) ?? [])];
  // The list grows while it is walked: children follow their parents.
  for (const { id } of units) units.push(...(children.get(id) ?? []));
  for (const { id } of units) all.delete(id);
  for (const [id, parent] of all) {
    const reason =
      parent === undefined ? 'no file says what it is in' : `it is in \`${parent}\`, which does not lead to the root`;
    const { file } = facts.units.firstPlace(id);
    facts.note({ file, place: `organizational unit ${id}` }, `${reason}; the unit is left out`);
  }
  return units;
}

/** Tells the roots, units and accounts whose place in the organization is known. */
function membersOf(facts: Facts, organizationId: string, rootId: string, units: ReadonlySet<string>) {
  return (id: string): boolean => {
    if (id === rootId || units.has(id)) return true;
    const chain = isAccountId(id) ? chainOf(facts, id) : null;
    return typeof chain === 'object' && chain?.organizationId === organizationId;
  };
}

function controlPoliciesOf(
  facts: Facts,
  id: string,
  organization: Partial<OrganizationFacts>,
  isMember: (id: string) => boolean,
) {
  let isWhole = CONTROL_POLICY_TYPE_NAMES.every((type) => missingPolicies(type, facts, organization).length === 0);
  const list: ControlPolicyInput[] = [];
  const attached = attachments(facts);
  const withLeftOut = new Set<string>();
  for (const [policyId, policy] of facts.controlPolicies.entries()) {
    const isOwn = policy.organizationId === id;
    // What belongs to AWS is in every organization; where several are imported, each has what is attached there.
    if (!isOwn && policy.organizationId !== null && policy.organizationId !== undefined) continue;
    const known = AWS_CONTROL_POLICIES[policyId];
    const { file } = facts.controlPolicies.firstPlace(policyId);
    const type = policy.type ?? known?.type;
    const document = policy.document ?? known?.document;
    const said = [...(policy.allTargets ?? []), ...(attached.get(policyId) ?? [])];
    const targets = [...new Set(said)].filter((target) => isOf(facts, id, target));
    if (!isOwn && targets.length === 0) continue;
    if (type === undefined || document === undefined) for (const target of targets) withLeftOut.add(target);
    if (type === undefined || document === undefined || (policy.allTargets === undefined && targets.length === 0)) {
      const what =
        document === undefined || type === undefined
          ? 'its document is missing (organizations describe-policy)'
          : 'no file says what it is attached to (organizations list-targets-for-policy)';
      facts.note({ file, place: `control policy ${policyId}` }, `${what}; the policy is left out`);
      continue;
    }
    for (const target of targets.filter((one) => !isMember(one))) {
      isWhole = false;
      facts.note(
        { file, place: `control policy ${policyId}` },
        `no file says where its target \`${target}\` is in the organization; the attachment is left out`,
      );
    }
    list.push({
      id: policyId,
      type,
      name: policy.name ?? known?.name ?? policyId,
      ...(policy.description !== undefined && { description: policy.description }),
      document,
      targets: targets.filter(isMember).sort(),
    });
  }
  const all = [organization.rootId ?? '', ...facts.units.keys(), ...facts.accounts.keys()];
  const members = all.filter(isMember);
  const whole = wholeAttachments(
    facts,
    organization,
    members.filter((target) => !withLeftOut.has(target)),
  );
  return { list, isWhole, whole };
}

/**
 * Of which targets everything that is attached is known: what is stored of other attachments to them is over, also where the
 * rest of the organization is not known. Otherwise a policy that was detached would go on allowing.
 */
function wholeAttachments(
  facts: Facts,
  organization: Partial<OrganizationFacts>,
  targets: readonly string[],
): readonly WholeAttachments[] {
  return CONTROL_POLICY_TYPE_NAMES.flatMap((type) => {
    const { of, enabled } = CONTROL_POLICY_TYPES[type];
    const all = organization[enabled] === true && missingPolicies(type, facts, organization).length === 0;
    return targets
      .filter((target) => all || facts.targets.get(target)[of] !== undefined)
      .map((targetId) => ({ type, targetId }));
  });
}

/** The targets of each policy, as the targets name them. */
function attachments(facts: Facts): ReadonlyMap<string, readonly string[]> {
  const attached = new Map<string, string[]>();
  for (const [target, policies] of facts.targets.entries()) {
    for (const id of [...(policies.serviceControlPolicies ?? []), ...(policies.resourceControlPolicies ?? [])]) {
      const list = attached.get(id) ?? [];
      attached.set(id, list);
      list.push(target);
    }
  }
  return attached;
}

/** A policy and its target may each list the other: both lists must agree. */
function refuseOneSided(facts: Facts): void {
  const targetsOf = new Map<string, ReadonlySet<string>>();
  for (const [id, { type, allTargets }] of facts.controlPolicies.entries()) {
    if (allTargets === undefined) continue;
    targetsOf.set(id, new Set(allTargets));
    if (type === undefined) continue;
    for (const target of allTargets) {
      const { of } = CONTROL_POLICY_TYPES[type];
      const listed = facts.targets.get(target)[of];
      if (listed !== undefined && !listed.includes(id)) refuseAttachment(facts, id, target, of);
    }
  }
  for (const [target, lists] of facts.targets.entries()) {
    for (const { of } of Object.values(CONTROL_POLICY_TYPES)) {
      for (const id of lists[of] ?? []) {
        if (targetsOf.get(id)?.has(target) === false) refuseAttachment(facts, id, target, of);
      }
    }
  }
}

function refuseAttachment(facts: Facts, id: string, target: string, of: keyof TargetFacts): void {
  const one = facts.controlPolicies.placeOf(id, 'allTargets');
  const other = facts.targets.placeOf(target, of);
  if (one === null || other === null) return;
  const places = [one, other] as const;
  facts.contradictions.push({ entity: `control policy ${id}`, member: `attachment to ${target}`, places });
}

/** Whether a root, unit or account is in the organization; what nothing is said of is in the one that is spoken of. */
function isOf(facts: Facts, organizationId: string, target: string): boolean {
  if (facts.organizations.size === 1) return true;
  if (target.startsWith('r-')) return facts.organizations.get(organizationId).rootId === target;
  const owner = target.startsWith('ou-') ? facts.units.get(target) : facts.accounts.get(target);
  return owner.organizationId === organizationId;
}

function delegatedAdministrators(
  facts: Facts,
  id: string,
  { allDelegatedAdministrators: all }: Partial<OrganizationFacts>,
) {
  if (all === undefined) return {};
  const list = [];
  for (const accountId of [...all].sort()) {
    const { services } = facts.delegations.get(accountId);
    if (services === undefined) {
      note(
        facts,
        id,
        `the services that ${accountId} administers are missing (organizations list-delegated-services-for-account); what is stored of delegated administrators stays`,
      );
      return {};
    }
    for (const servicePrincipal of [...new Set(services)].sort()) list.push({ accountId, servicePrincipal });
  }
  return { delegatedAdministrators: list };
}
