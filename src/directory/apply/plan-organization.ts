import { InvalidInput } from '../../policy/errors.ts';
import type { AccountInput, ControlPolicyInput, OrganizationInput } from '../document.ts';
import type { ChangeSet } from './change-set.ts';
import { planDelegatedAdministrators } from './delegated-administrators.ts';
import type { StoredAccount, StoredOrganization } from './stored.ts';

/** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_arn-formats.html */
function controlPolicyArn(organization: OrganizationInput, policy: ControlPolicyInput, partition: string): string {
  const type = policy.type.toLowerCase();
  // AWS's own policies belong to no organization.
  return /^p-(?:RCP)?FullAWSAccess$/.test(policy.id)
    ? `arn:${partition}:organizations::aws:policy/${type}/${policy.id}`
    : `arn:${partition}:organizations::${organization.managementAccountId}:policy/${organization.id}/${type}/${policy.id}`;
}

/** An organization with its units and control policies; given lists replace the stored ones. */
export function planOrganization(
  input: OrganizationInput,
  stored: StoredOrganization | null,
  partition: string,
  changes: ChangeSet,
): void {
  const { id, rootId, managementAccountId } = input;
  const scpEnabled = input.scpEnabled ?? stored?.scpEnabled ?? true;
  const rcpEnabled = input.rcpEnabled ?? stored?.rcpEnabled ?? true;
  const row = { id, rootId, managementAccountId, scpEnabled, rcpEnabled };
  const known = stored === null ? null : { ...stored };
  if (known === null || Object.entries(row).some(([column, value]) => Reflect.get(known, column) !== value)) {
    changes.upsert('Organization', row);
    changes.touch('Organization', id);
  }
  planUnits(input, stored, changes);
  planControlPolicies(input, stored, partition, changes);
  planDelegatedAdministrators(input, stored, changes);
}

function planUnits(input: OrganizationInput, stored: StoredOrganization | null, changes: ChangeSet): void {
  if (input.units === undefined) return;
  const old = new Map((stored?.units ?? []).map((unit) => [unit.id, unit]));
  const stays = input.keepsUnnamed === true;
  const ids = new Set([...(stays ? old.keys() : []), ...input.units.map((unit) => unit.id)]);
  for (const { id, name, parentId } of input.units) {
    if (parentId !== null && !ids.has(parentId)) {
      throw new InvalidInput(
        'document',
        `organizational unit ${id}: its parent \`${parentId}\` is not a unit of ${input.id}`,
      );
    }
    const unit = old.get(id);
    old.delete(id);
    if (unit?.name === name && unit.parentId === parentId) continue;
    changes.upsert('OrganizationalUnit', { id, name, organizationId: input.id, parentId });
    changes.touch('Organization', input.id);
  }
  for (const id of stays ? [] : old.keys()) {
    changes.delete('OrganizationalUnit', { id });
    changes.touch('Organization', input.id);
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
  const old = new Map((stored?.policies ?? []).map((policy) => [policy.id, policy]));
  for (const policy of input.controlPolicies) {
    const { id, type, name } = policy;
    const documentHash = changes.document(policy.document, `control policy ${id}`);
    const row = { organizationId, id, arn: controlPolicyArn(input, policy, partition), type, name, documentHash };
    const before = old.get(id);
    old.delete(id);
    const same = before?.arn === row.arn && before.type === type && before.name === name;
    if (!same || before.documentHash !== documentHash) {
      changes.upsert('ControlPolicy', row);
      changes.touch('Organization', organizationId);
    }
    const targets = new Set(before?.targets);
    for (const targetId of new Set(policy.targets)) {
      if (targets.delete(targetId)) continue;
      changes.upsert('ControlPolicyAttachment', { organizationId, policyId: id, targetId });
      changes.touch('Organization', organizationId);
    }
    for (const targetId of stays ? [] : targets) {
      changes.delete('ControlPolicyAttachment', { organizationId, policyId: id, targetId });
      changes.touch('Organization', organizationId);
    }
  }
  for (const id of stays ? [] : old.keys()) {
    changes.delete('ControlPolicy', { organizationId, id });
    changes.touch('Organization', organizationId);
  }
}

/** An account: one of the document, or one that is only known because something belongs to it (`input` null). */
export function planAccount(
  account: { readonly id: string; readonly partition: string; readonly input: AccountInput | null },
  stored: StoredAccount | null,
  changes: ChangeSet,
): void {
  const { id, input } = account;
  const membership = input?.membership;
  const row: StoredAccount = {
    id,
    partition: input?.partition ?? stored?.partition ?? account.partition,
    name: input?.name ?? stored?.name ?? null,
    ...(membership === undefined
      ? {
          membership: stored?.membership ?? 'UNKNOWN',
          organizationId: stored?.organizationId ?? null,
          unitId: stored?.unitId ?? null,
        }
      : membership === 'NONE'
        ? { membership, organizationId: null, unitId: null }
        : { membership: 'MEMBER', organizationId: membership.organizationId, unitId: membership.unitId }),
  };
  if (stored !== null && Object.entries(row).every(([column, value]) => Reflect.get(stored, column) === value)) return;
  changes.upsert('Account', { ...row });
  changes.touch('Account', id);
}
