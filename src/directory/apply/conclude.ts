import type { CountedKind } from '../directory.ts';
import type { ChangeSet } from './change-set.ts';
import { outcomeOf } from './counts.ts';
import type { EntityKind, EntityName } from './entity-arn.ts';
import type { Resolved } from './resolve-ids.ts';
import type { StoredEntity } from './stored.ts';

/** The names under which entities are counted. */
export const COUNTED: Readonly<Record<EntityKind, CountedKind>> = {
  User: 'users',
  Group: 'groups',
  Role: 'roles',
  ManagedPolicy: 'policies',
  InstanceProfile: 'instanceProfiles',
};

/** Notes what has become of an entity. One that takes the place of a deleted one is new, and the other gone. */
export function conclude(
  kind: EntityKind,
  { arn, accountId }: EntityName,
  { stored, renamed, replaces }: Resolved<StoredEntity>,
  changed: boolean,
  changes: ChangeSet,
): void {
  if (changed) changes.touch(kind, arn);
  changes.count(accountId, COUNTED[kind], arn, outcomeOf(stored, changed || renamed));
  if (replaces !== null && kind !== 'ManagedPolicy') changes.counts.add(accountId, COUNTED[kind], 'gone');
}
