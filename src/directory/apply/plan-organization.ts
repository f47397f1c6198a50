import type { ControlPolicyInput, OrganizationInput } from '../document.ts';
import type { ChangeSet } from './change-set.ts';
import { outcomeOf } from './counts.ts';
import { planDelegatedAdministrators } from './delegated-administrators.ts';
import type { StoredOrganization } from './stored.ts';
import { uniqueBy } from './unique.ts';
import { planUnits } from './units.ts';

/** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_arn-formats.html */
export function controlPolicyArn(
  organization: Pick<OrganizationInput, 'id' | 'managementAccountId'>,
  policy: Pick<ControlPolicyInput, 'id' | 'type'>,
  partition: string,
): string {
  const type = policy.type.toLowerCase();
  // AWS's own policies belong to no organization.
  return /^p-(?:RCP)?FullAWSAccess$/.test(policy.id)
    ? `arn:${partition}:organizations::aws:policy/${type}/${policy.id}`
    : `arn:${partition}:organizations::${organization.managementAccountId}:policy/${organization.id}/${type}/${policy.id}`;
}

/**
 * An organization with its units and control policies; given lists replace the stored ones. Returns the ids of units that are
 * removed.
 */
export function planOrganization(
  input: OrganizationInput,
  stored: StoredOrganization | null,
  partition: string,
  changes: ChangeSet,
): readonly string[] {
  const { id, rootId, managementAccountId } = input;
  const scpEnabled = input.scpEnabled ?? stored?.scpEnabled ?? true;
  const rcpEnabled = input.rcpEnabled ?? stored?.rcpEnabled ?? true;
  const rootName = input.rootName ?? stored?.rootName ?? 'Root';
  const row = { id, rootId, rootName, managementAccountId, scpEnabled, rcpEnabled };
  const changed = differs(row, stored);
  changes.counts.add(id, 'organizations', outcomeOf(stored, changed));
  if (changed) {
    changes.upsert('Organization', row);
    changes.touch('Organization', id);
  }
  const removedUnits = planUnits(input, stored, changes);
  planControlPolicies(input, stored, partition, changes);
  if (input.controlPolicies === undefined) detachFrom(removedUnits, stored, changes);
  planDelegatedAdministrators(input, stored, changes);
  return removedUnits;
}

function differs(row: Readonly<Record<string, unknown>>, stored: object | null): boolean {
  return stored === null || Object.entries(row).some(([column, value]) => Reflect.get(stored, column) !== value);
}

/** Control policies that the document does not name, attached to units that are removed. */
function detachFrom(units: readonly string[], stored: StoredOrganization | null, changes: ChangeSet): void {
  for (const { id: policyId, targets } of stored?.policies ?? []) {
    for (const targetId of targets.filter((each) => units.includes(each))) {
      changes.delete('ControlPolicyAttachment', { organizationId: stored?.id, policyId, targetId });
    }
  }
}

function planControlPolicies(
  input: OrganizationInput,
  stored: StoredOrganization | null,
  partition: string,
  changes: ChangeSet,
): void {
  if (input.controlPolicies === undefined) return;
  const organizationId = input.id;
  const stays = input.keepsUnnamed === true;
  const whole = new Set((input.wholeAttachments ?? []).map(({ type, targetId }) => `${type} ${targetId}`));
  const old = new Map((stored?.policies ?? []).map((policy) => [policy.id, policy]));
  const given = uniqueBy(
    input.controlPolicies,
    (policy) => policy.id,
    (policy) => `control policy ${policy.id} of ${organizationId}`,
  );
  for (const policy of given.values()) {
    const { id, type, name } = policy;
    const documentHash = changes.document(policy.document, `control policy ${id}`);
    const before = old.get(id) ?? null;
    old.delete(id);
    const description = policy.description ?? before?.description ?? null;
    const row = { id, arn: controlPolicyArn(input, policy, partition), type, name, description, documentHash };
    let changed = differs(row, before);
    if (changed) changes.upsert('ControlPolicy', { organizationId, ...row });
    const targets = new Set(before?.targets);
    for (const targetId of new Set(policy.targets)) {
      if (targets.delete(targetId)) continue;
      changes.upsert('ControlPolicyAttachment', { organizationId, policyId: id, targetId });
      changed = true;
    }
    const detached = [...targets].filter((targetId) => !stays || whole.has(`${type} ${targetId}`));
    for (const targetId of detached)
      changes.delete('ControlPolicyAttachment', { organizationId, policyId: id, targetId });
    changed ||= detached.length > 0;
    changes.counts.add(organizationId, 'controlPolicies', outcomeOf(before, changed));
    if (changed) changes.touch('Organization', organizationId);
  }
  for (const { id, type, targets } of stays ? old.values() : []) {
    const detached = targets.filter((targetId) => whole.has(`${type} ${targetId}`));
    for (const targetId of detached)
      changes.delete('ControlPolicyAttachment', { organizationId, policyId: id, targetId });
    if (detached.length > 0) {
      changes.counts.add(organizationId, 'controlPolicies', 'changed');
      changes.touch('Organization', organizationId);
    }
  }
  for (const id of stays ? [] : old.keys()) {
    changes.delete('ControlPolicy', { organizationId, id });
    changes.counts.add(organizationId, 'controlPolicies', 'gone');
    changes.touch('Organization', organizationId);
  }
}
