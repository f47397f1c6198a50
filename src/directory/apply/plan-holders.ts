import { randomUUID } from 'node:crypto';
import type { GroupInput, InstanceProfileInput, RoleInput, UserInput } from '../document.ts';
import { toIso } from '../instants.ts';
import type { ChangeSet, Row } from './change-set.ts';
import { type EntityName, entityName } from './entity-arn.ts';
import { instant } from './instant.ts';
import type { Resolved } from './resolve-ids.ts';
import type { StoredHolder, StoredInstanceProfile, StoredRole, StoredUser } from './stored.ts';
import type { HolderColumn } from './tables.ts';

/** Looks up an id by ARN; throws if the directory will not contain it. */
export type IdOf = (arn: string, holder: string) => string;

export interface HolderTools {
  readonly changes: ChangeSet;
  readonly now: number;
  readonly policyId: IdOf;
  readonly groupId: IdOf;
  readonly roleId: IdOf;
}

/** Compares JSON objects without regard to the order of their keys. */
export function sameRecord(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

/** Whether a row with these columns differs from the stored one. */
function differs(row: Row, stored: Readonly<Record<string, unknown>> | null, columns: readonly string[]): boolean {
  return stored === null || columns.some((column) => row[column] !== stored[column]);
}

interface Lists {
  readonly arn: string;
  readonly inlinePolicies?: GroupInput['inlinePolicies'];
  readonly attachedPolicies?: GroupInput['attachedPolicies'];
}

/** Inline policies and attachments: a given list replaces the stored one. Returns whether something changed. */
function planLists(
  input: Lists,
  column: HolderColumn,
  { id, stored }: Resolved<StoredHolder>,
  { changes, policyId }: HolderTools,
): boolean {
  let changed = false;
  const blank = { userId: null, groupId: null, roleId: null };
  if (input.inlinePolicies !== undefined) {
    const old = new Map((stored?.inline ?? []).map((row) => [row[0], row]));
    for (const [name, document] of new Map(input.inlinePolicies.map((each) => [each.name, each.document]))) {
      const documentHash = changes.document(document, `${input.arn}, inline policy ${name}`);
      const row = old.get(name);
      old.delete(name);
      if (row?.[1] === documentHash) continue;
      changes.upsert('InlinePolicy', { ...blank, id: row?.[2] ?? randomUUID(), [column]: id, name, documentHash });
      changed = true;
    }
    for (const row of old.values()) changes.delete('InlinePolicy', { id: row[2] });
    changed ||= old.size > 0;
  }
  if (input.attachedPolicies !== undefined) {
    const old = new Map(stored?.attached ?? []);
    for (const policy of new Set(input.attachedPolicies.map((arn) => policyId(arn, input.arn)))) {
      if (old.delete(policy)) continue;
      changes.upsert('PolicyAttachment', { ...blank, id: randomUUID(), policyId: policy, [column]: id });
      changed = true;
    }
    for (const row of old.values()) changes.delete('PolicyAttachment', { id: row });
    changed ||= old.size > 0;
  }
  return changed;
}

function baseRow(name: EntityName, id: string, createdAt: number): Row {
  const { arn, accountId, path } = name;
  return { id, arn, accountId, name: name.name, path, createdAt: toIso(createdAt) };
}

function boundaryOf(
  input: { readonly arn: string; readonly permissionsBoundary?: string | null },
  stored: { readonly boundaryId: string | null } | null,
  policyId: IdOf,
): string | null {
  const given = input.permissionsBoundary;
  if (given === undefined) return stored?.boundaryId ?? null;
  return given === null ? null : policyId(given, input.arn);
}

export function planGroup(input: GroupInput, resolved: Resolved<StoredHolder>, tools: HolderTools): void {
  const { id, stored } = resolved;
  const createdAt = instant(input.createdAt, `group ${input.arn}`) ?? stored?.createdAt ?? tools.now;
  let changed = stored?.createdAt !== createdAt;
  if (changed) tools.changes.upsert('Group', baseRow(entityName('Group', input.arn), id, createdAt));
  changed = planLists(input, 'groupId', resolved, tools) || changed;
  if (changed) tools.changes.touch('Group', input.arn);
}

export function planUser(input: UserInput, resolved: Resolved<StoredUser>, tools: HolderTools): void {
  const { id, stored } = resolved;
  const { changes } = tools;
  const createdAt = instant(input.createdAt, `user ${input.arn}`) ?? stored?.createdAt ?? tools.now;
  const tags = input.tags ?? stored?.tags ?? {};
  const boundaryId = boundaryOf(input, stored, tools.policyId);
  let changed = differs({ createdAt, boundaryId }, stored && { ...stored }, ['createdAt', 'boundaryId']);
  changed ||= stored === null || !sameRecord(tags, stored.tags);
  if (changed) {
    changes.upsert('User', { ...baseRow(entityName('User', input.arn), id, createdAt), tags, boundaryId });
  }
  if (input.groups !== undefined) {
    const old = new Set(stored?.groupIds);
    for (const groupId of new Set(input.groups.map((arn) => tools.groupId(arn, input.arn)))) {
      if (old.delete(groupId)) continue;
      changes.upsert('GroupMembership', { userId: id, groupId });
      changed = true;
    }
    for (const groupId of old) changes.delete('GroupMembership', { userId: id, groupId });
    changed ||= old.size > 0;
  }
  changed = planLists(input, 'userId', resolved, tools) || changed;
  if (changed) changes.touch('User', input.arn);
}

export function planRole(input: RoleInput, resolved: Resolved<StoredRole>, tools: HolderTools): void {
  const { id, stored } = resolved;
  const { changes } = tools;
  const own = {
    createdAt: instant(input.createdAt, `role ${input.arn}`) ?? stored?.createdAt ?? tools.now,
    boundaryId: boundaryOf(input, stored, tools.policyId),
    trustPolicyHash: changes.document(input.trustPolicy, `role ${input.arn}, trust policy`),
    description: input.description ?? stored?.description ?? null,
    maxSessionDuration: input.maxSessionDuration ?? stored?.maxSessionDuration ?? 3600,
  };
  const tags = input.tags ?? stored?.tags ?? {};
  let changed = differs(own, stored && { ...stored }, Object.keys(own));
  changed ||= stored === null || !sameRecord(tags, stored.tags);
  // Unless it is said, a written trust policy means the current holders of the names in it.
  const trustBindings = input.trustBindings ?? {};
  changed ||= stored !== null && !sameRecord(trustBindings, stored.trustBindings);
  if (changed) {
    const base = baseRow(entityName('Role', input.arn), id, own.createdAt);
    changes.upsert('Role', { ...own, ...base, tags, trustBindings });
  }
  changed = planLists(input, 'roleId', resolved, tools) || changed;
  if (changed) changes.touch('Role', input.arn);
}

export function planInstanceProfile(
  input: InstanceProfileInput,
  { id, stored }: Resolved<StoredInstanceProfile>,
  tools: HolderTools,
): void {
  const { arn, path, name } = entityName('InstanceProfile', input.arn);
  const createdAt = instant(input.createdAt, `instance profile ${arn}`) ?? stored?.createdAt ?? tools.now;
  const given = input.role === undefined ? (stored?.roleId ?? null) : input.role;
  const roleId = input.role === undefined || given === null ? given : tools.roleId(given, arn);
  if (stored?.createdAt === createdAt && stored.roleId === roleId) return;
  tools.changes.upsert('InstanceProfile', { id, arn, name, path, createdAt: toIso(createdAt), roleId });
  tools.changes.touch('InstanceProfile', arn);
}
