import type { Catalog } from '../../catalog/catalog.ts';
import { InvalidInput } from '../../policy/errors.ts';
import type { DirectoryDocument } from '../document.ts';
import type { Sql } from '../prisma/database.ts';
import { isStorable } from '../storable.ts';
import { batchesOf, inTurn, readInBatches } from './batches.ts';
import type { ChangeSet } from './change-set.ts';
import type { EarlyWriting } from './early-writing.ts';
import { type EntityKind, freeId, nounOf } from './entity-arn.ts';
import type { IndexedDocument } from './index-document.ts';
import { ManyTexts } from './many-texts.ts';
import { planAccessKeys } from './plan-access-keys.ts';
import { type HolderTools, type IdOf, planGroup, planInstanceProfile, planRole, planUser } from './plan-holders.ts';
import { planPolicy, policiesOf } from './plan-policies.ts';
import { planRemovals, removablePolicies, touchDependents } from './removals.ts';
import { type Resolved, resolveIds } from './resolve-ids.ts';
import { findSpacedTexts } from './spaced-texts.ts';
import { readEntities, type StoredEntity, type StoredOf } from './stored.ts';
import { checkStoredNames } from './unique-names.ts';
import { goneEntities } from './whole-lists.ts';

interface Named {
  readonly arn: string;
  readonly id?: string;
}

/** Entities of one kind: those of the document with their ids and rows, and those that it says are gone. */
interface Found<S extends StoredEntity> {
  readonly resolved: ReadonlyMap<string, Resolved<S>>;
  /** ARN -> id. */
  readonly gone: Map<string, string>;
}

export interface EntityTools {
  readonly sql: Sql;
  readonly catalog: Catalog;
  readonly changes: ChangeSet;
  readonly now: number;
  /** Seeds generated ids. */
  readonly salt: string;
  readonly early: EarlyWriting;
}

/** Reads what is stored under the names and ids of `inputs`, and gives each its id. */
async function find<K extends EntityKind>(
  kind: K,
  inputs: ReadonlyMap<string, Named>,
  { wholeLists = [] }: DirectoryDocument,
  { sql, changes, salt }: EntityTools,
): Promise<Found<StoredOf[K]>> {
  const list = [...inputs.values()];
  const names: { readonly arn: string; readonly id: string }[] = [];
  await inTurn(list, ({ arn, id }) => names.push({ arn, id: id ?? freeId(kind, arn, salt, () => false) }));
  const rows = await readEntities(sql, kind, names);
  await findSpacedTexts(sql, rows, changes);
  const gone = await goneEntities(sql, kind, wholeLists, inputs);
  return { resolved: await resolveIds<StoredOf[K]>(kind, list, rows, { changes, salt, gone }), gone };
}

type FoundEntities = { readonly [K in EntityKind]: Found<StoredOf[K]> };

/** Whether the entities of the document come to those that are stored, or change them, and no stored one goes or is renamed. */
function addsOnly(found: FoundEntities, { onlyAdds }: ChangeSet): boolean {
  if (!onlyAdds) return false;
  return Object.values(found).every(({ resolved, gone }) => {
    if (gone.size > 0) return false;
    for (const { renamed, replaces } of resolved.values()) if (renamed || replaces !== null) return false;
    return true;
  });
}

/** Throws InvalidInput where a new entity has the name of one that stays. `removable`: policies that do not stay. */
async function checkNames(
  sql: Sql,
  found: FoundEntities,
  policies: IndexedDocument['policies'],
  removable: ReadonlyMap<string, string>,
): Promise<void> {
  const { ManagedPolicy, ...others } = found;
  for (const kind of ['Group', 'User', 'Role', 'InstanceProfile'] as const) {
    await checkStoredNames(sql, kind, others[kind].resolved, others[kind].gone);
  }
  const given = new Map([...ManagedPolicy.resolved].filter(([arn]) => policies.has(arn)));
  await checkStoredNames(sql, 'ManagedPolicy', given, removable);
}

/** Plans what goes, and checks the names of what stays. */
async function planGone(
  sql: Sql,
  found: FoundEntities,
  policies: IndexedDocument['policies'],
  changes: ChangeSet,
): Promise<void> {
  for (const kind of ['Group', 'User', 'Role', 'InstanceProfile'] as const) {
    planRemovals(kind, found[kind].gone, changes);
  }
  const removable = await removablePolicies(sql, found.ManagedPolicy.gone, changes);
  planRemovals('ManagedPolicy', removable, changes);
  await touchDependents(sql, changes);
  await checkNames(sql, found, policies, removable);
}

/** Ids of entities by ARN: those of the document, else stored ones that stay. */
async function idLookup(
  sql: Sql,
  kind: EntityKind,
  { resolved, gone }: Found<StoredEntity>,
  references: Iterable<string>,
): Promise<IdOf> {
  const missing = [...new Set(references)].filter((arn) => !resolved.has(arn) && !gone.has(arn) && isStorable(arn));
  const rows = await readInBatches(sql, missing, (arns) =>
    sql.query<{ id: string; arn: string }>(`SELECT id, arn FROM "${kind}" WHERE arn = ANY($1::text[])`, [arns]),
  );
  const stored = new Map(rows.map((row) => [row.arn, row.id]));
  return (arn, holder) => {
    const id = resolved.get(arn)?.id ?? stored.get(arn);
    if (id === undefined) throw new InvalidInput('document', `${holder}: there is no ${nounOf(kind)} ${arn}`);
    return id;
  };
}

/**
 * Plans the entities of IAM. Returns the names of users and roles that mean nobody or somebody else from now on: ARN -> the
 * unique id that it meant.
 */
export async function planEntities(
  document: DirectoryDocument,
  indexed: IndexedDocument,
  tools: EntityTools,
): Promise<ReadonlyMap<string, string>> {
  const { sql, changes, now, catalog, early } = tools;
  const { users, groups, roles, policies, instanceProfiles, policyReferences } = indexed;
  const named = new ManyTexts<Named>();
  for (const arn of policyReferences.keys()) named.set(arn, { arn });
  for (const [arn, input] of policies) named.set(arn, input);
  const found: FoundEntities = {
    ManagedPolicy: await find('ManagedPolicy', named, document, tools),
    Group: await find('Group', groups, document, tools),
    User: await find('User', users, document, tools),
    Role: await find('Role', roles, document, tools),
    InstanceProfile: await find('InstanceProfile', instanceProfiles, document, tools),
  };
  const isAdded = addsOnly(found, changes);
  if (isAdded) {
    await checkNames(sql, found, policies, found.ManagedPolicy.gone);
    await early.begin();
  }
  const {
    ManagedPolicy: ofPolicies,
    Group: ofGroups,
    User: ofUsers,
    Role: ofRoles,
    InstanceProfile: ofProfiles,
  } = found;
  await inTurn(policiesOf(policies, policyReferences, ofPolicies.resolved, catalog, changes), (plan) =>
    planPolicy(plan, of(ofPolicies, plan.arn), now, changes),
  );
  await early.next();
  const groupsOfUsers = [...users.values()].flatMap((user) => user.groups ?? []);
  const rolesOfProfiles = [...instanceProfiles.values()].flatMap((each) => each.role ?? []);
  const holders: HolderTools = {
    changes,
    now,
    policyId: await idLookup(sql, 'ManagedPolicy', ofPolicies, []),
    groupId: await idLookup(sql, 'Group', ofGroups, groupsOfUsers),
    roleId: await idLookup(sql, 'Role', ofRoles, rolesOfProfiles),
  };
  await inTurn(groups.values(), (input) => planGroup(input, of(ofGroups, input.arn), holders));
  for (const part of batchesOf(sql, [...users.values()])) {
    await inTurn(part, (input) => planUser(input, of(ofUsers, input.arn), holders));
    await early.next();
  }
  for (const part of batchesOf(sql, [...roles.values()])) {
    await inTurn(part, (input) => planRole(input, of(ofRoles, input.arn), holders));
    await early.next();
  }
  await inTurn(instanceProfiles.values(), (input) => planInstanceProfile(input, of(ofProfiles, input.arn), holders));

  if (!isAdded) await planGone(sql, found, policies, changes);

  const keys = document.accessKeys ?? [];
  const usersOfKeys = keys.flatMap((key) => key.user ?? []);
  await planAccessKeys(sql, keys, await idLookup(sql, 'User', ofUsers, usersOfKeys), tools);
  const former = new ManyTexts<string>();
  for (const each of [ofUsers, ofRoles]) await noteFormer(each, former);
  return former;
}

async function noteFormer({ resolved, gone }: Found<StoredEntity>, former: ManyTexts<string>): Promise<void> {
  await inTurn(gone, ([arn, id]) => former.set(arn, id));
  await inTurn(resolved, ([arn, { stored, replaces }]) => {
    if (replaces !== null) former.set(arn, replaces);
    if (stored !== null && stored.arn !== arn) former.set(stored.arn, stored.id);
  });
}

function of<S extends StoredEntity>({ resolved }: Found<S>, arn: string): Resolved<S> {
  const value = resolved.get(arn);
  if (value === undefined) throw new Error(`no id was resolved for ${arn}`);
  return value;
}
