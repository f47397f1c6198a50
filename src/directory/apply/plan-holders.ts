import { InvalidInput } from '../../policy/errors.ts';
import type { GroupInput, InstanceProfileInput, RoleInput, UserInput } from '../document.ts';
import { toIso } from '../instants.ts';
import type { ChangeSet, Row } from './change-set.ts';
import { conclude } from './conclude.ts';
import { type EntityName, entityName } from './entity-arn.ts';
import { createdAtOf } from './instant.ts';
import type { Resolved } from './resolve-ids.ts';
import type { StoredEntity, StoredHolder, StoredInstanceProfile, StoredRole, StoredUser } from './stored.ts';
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

/** The columns of an entity that are compared as they are. */
const OWN_COLUMNS = {
  Group: ['arn', 'createdAt'],
  User: ['arn', 'createdAt', 'boundaryId'],
  Role: ['arn', 'createdAt', 'boundaryId', 'trustPolicyHash', 'description', 'maxSessionDuration'],
  InstanceProfile: ['createdAt', 'roleId'],
} as const;

/** Whether a row with these columns differs from the stored one. */
function differs<K extends string>(
  row: Readonly<Record<K, unknown>>,
  stored: Readonly<Record<K, unknown>> | null,
  columns: readonly K[],
): boolean {
  return stored === null || columns.some((column) => row[column] !== stored[column]);
}

function madeAt(
  input: { readonly createdAt?: string },
  where: string,
  stored: StoredEntity | null,
  { now }: HolderTools,
): number {
  return createdAtOf(input.createdAt, stored?.createdAt, where) ?? now;
}

interface Lists {
  readonly arn: string;
  readonly inlinePolicies?: GroupInput['inlinePolicies'];
  readonly attachedPolicies?: GroupInput['attachedPolicies'];
}

/** Documents by their names. Throws InvalidInput where one name has two. */
function inlineOf(arn: string, policies: NonNullable<Lists['inlinePolicies']>): ReadonlyMap<string, string> {
  const documents = new Map<string, string>();
  for (const { name, document } of policies) {
    if ((documents.get(name) ?? document) !== document) {
      throw new InvalidInput('document', `${arn}: its inline policy ${name} occurs twice, with different documents`);
    }
    documents.set(name, document);
  }
  return documents;
}

/** The columns of which one names the holder. Rows are many, and written out where they are made: spread ones take twice as long. */
function holderOf(column: HolderColumn, id: string): Readonly<Record<HolderColumn, string | null>> {
  return {
    userId: column === 'userId' ? id : null,
    groupId: column === 'groupId' ? id : null,
    roleId: column === 'roleId' ? id : null,
  };
}

/** Inline policies and attachments: a given list replaces the stored one. Returns whether something changed. */
function planLists(
  input: Lists,
  accountId: string | null,
  column: HolderColumn,
  { id, stored }: Resolved<StoredHolder>,
  { changes, policyId }: HolderTools,
): boolean {
  let changed = false;
  const holder = holderOf(column, id);
  if (input.inlinePolicies !== undefined) {
    const old = new Map((stored?.inline ?? []).map((row) => [row[0], row]));
    for (const [name, document] of inlineOf(input.arn, input.inlinePolicies)) {
      const row = old.get(name);
      const documentHash = changes.document(document, `${input.arn}, inline policy ${name}`, row?.[1]);
      old.delete(name);
      if (row?.[1] === documentHash) continue;
      const { userId, groupId, roleId } = holder;
      const own = { id: row?.[2] ?? changes.newId(), userId, groupId, roleId, name, documentHash };
      if (row === undefined) changes.insert('InlinePolicy', own);
      else changes.upsert('InlinePolicy', own);
      changed = true;
    }
    for (const row of old.values()) changes.delete('InlinePolicy', { id: row[2] });
    changed ||= old.size > 0;
  }
  if (input.attachedPolicies !== undefined) {
    const old = new Map(stored?.attached ?? []);
    for (const policy of new Set(input.attachedPolicies.map((arn) => policyId(arn, input.arn)))) {
      if (old.delete(policy)) continue;
      const { userId, groupId, roleId } = holder;
      changes.insert('PolicyAttachment', { id: changes.newId(), policyId: policy, userId, groupId, roleId, accountId });
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

/** `stored`: the row of the same id. */
function put(table: 'Group' | 'User' | 'Role', row: Row, stored: StoredEntity | null, changes: ChangeSet): void {
  if (stored === null) changes.insert(table, row);
  else changes.upsert(table, row);
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
  const name = entityName('Group', input.arn);
  const own = { arn: input.arn, createdAt: madeAt(input, `group ${input.arn}`, stored, tools) };
  let changed = differs(own, stored, OWN_COLUMNS.Group);
  if (changed) put('Group', baseRow(name, id, own.createdAt), stored, tools.changes);
  changed = planLists(input, name.accountId, 'groupId', resolved, tools) || changed;
  conclude('Group', name, resolved, changed, tools.changes);
}

export function planUser(input: UserInput, resolved: Resolved<StoredUser>, tools: HolderTools): void {
  const { id, stored } = resolved;
  const { changes } = tools;
  const name = entityName('User', input.arn);
  const own = {
    arn: input.arn,
    createdAt: madeAt(input, `user ${input.arn}`, stored, tools),
    boundaryId: boundaryOf(input, stored, tools.policyId),
  };
  const tags = input.tags ?? stored?.tags ?? {};
  let changed = differs(own, stored, OWN_COLUMNS.User);
  changed ||= stored === null || !sameRecord(tags, stored.tags);
  if (changed) {
    put('User', { ...baseRow(name, id, own.createdAt), tags, boundaryId: own.boundaryId }, stored, changes);
  }
  if (input.groups !== undefined) {
    const old = new Set(stored?.groupIds);
    for (const groupId of new Set(input.groups.map((arn) => tools.groupId(arn, input.arn)))) {
      if (old.delete(groupId)) continue;
      changes.insert('GroupMembership', { userId: id, groupId });
      changed = true;
    }
    for (const groupId of old) changes.delete('GroupMembership', { userId: id, groupId });
    changed ||= old.size > 0;
  }
  changed = planLists(input, name.accountId, 'userId', resolved, tools) || changed;
  conclude('User', name, resolved, changed, changes);
}

export function planRole(input: RoleInput, resolved: Resolved<StoredRole>, tools: HolderTools): void {
  const { id, stored } = resolved;
  const { changes } = tools;
  const name = entityName('Role', input.arn);
  const own = {
    arn: input.arn,
    createdAt: madeAt(input, `role ${input.arn}`, stored, tools),
    boundaryId: boundaryOf(input, stored, tools.policyId),
    trustPolicyHash: changes.document(input.trustPolicy, `role ${input.arn}, trust policy`, stored?.trustPolicyHash),
    description: input.description ?? stored?.description ?? null,
    maxSessionDuration: input.maxSessionDuration ?? stored?.maxSessionDuration ?? 3600,
  };
  const tags = input.tags ?? stored?.tags ?? {};
  let changed = differs(own, stored, OWN_COLUMNS.Role);
  changed ||= stored === null || !sameRecord(tags, stored.tags);
  // Unless it is said, a written trust policy means the current holders of the names in it.
  const trustBindings = input.trustBindings ?? {};
  changed ||= stored !== null && !sameRecord(trustBindings, stored.trustBindings);
  if (changed) {
    const { arn, accountId, path } = name;
    const { boundaryId, trustPolicyHash, description, maxSessionDuration } = own;
    const createdAt = toIso(own.createdAt);
    const row = {
      id,
      arn,
      accountId,
      name: name.name,
      path,
      createdAt,
      description,
      tags,
      boundaryId,
      trustPolicyHash,
      trustBindings,
      maxSessionDuration,
    };
    put('Role', row, stored, changes);
  }
  changed = planLists(input, name.accountId, 'roleId', resolved, tools) || changed;
  conclude('Role', name, resolved, changed, changes);
}

export function planInstanceProfile(
  input: InstanceProfileInput,
  resolved: Resolved<StoredInstanceProfile>,
  tools: HolderTools,
): void {
  const { id, stored } = resolved;
  const entity = entityName('InstanceProfile', input.arn);
  const { arn, path, name } = entity;
  const createdAt = madeAt(input, `instance profile ${arn}`, stored, tools);
  const given = input.role === undefined ? (stored?.roleId ?? null) : input.role;
  const roleId = input.role === undefined || given === null ? given : tools.roleId(given, arn);
  const tags = input.tags ?? stored?.tags ?? {};
  const changed =
    differs({ createdAt, roleId }, stored, OWN_COLUMNS.InstanceProfile) ||
    stored === null ||
    !sameRecord(tags, stored.tags);
  if (changed) {
    tools.changes.upsert('InstanceProfile', { id, arn, name, path, createdAt: toIso(createdAt), tags, roleId });
  }
  conclude('InstanceProfile', entity, resolved, changed, tools.changes);
}
