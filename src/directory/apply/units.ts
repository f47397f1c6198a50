import { InvalidInput } from '../../policy/errors.ts';
import type { OrganizationInput } from '../document.ts';
import type { ChangeSet } from './change-set.ts';
import { outcomeOf } from './counts.ts';
import type { StoredOrganization } from './stored.ts';
import { uniqueBy } from './unique.ts';

type Unit = NonNullable<OrganizationInput['units']>[number];

/**
 * The units of an organization, parents before children. Throws InvalidInput for a unit whose parent is not there, and for
 * one that is above itself.
 */
export function orderedUnits({ id, units }: Pick<OrganizationInput, 'id' | 'units'>): readonly Unit[] {
  const nameOf = (unit: Unit): string => `organizational unit ${unit.id}`;
  const byId = uniqueBy(units, (unit) => unit.id, nameOf);
  const ordered = new Set<Unit>();
  for (const unit of byId.values()) {
    const above: Unit[] = [];
    for (let each: Unit | undefined = unit; each !== undefined && !ordered.has(each); ) {
      if (above.length > byId.size) {
        throw new InvalidInput('document', `${nameOf(unit)}: it is above itself, or one of the units above it is`);
      }
      above.push(each);
      const { parentId }: Unit = each;
      if (parentId !== null && !byId.has(parentId)) {
        throw new InvalidInput('document', `${nameOf(each)}: its parent \`${parentId}\` is not a unit of ${id}`);
      }
      each = parentId === null ? undefined : byId.get(parentId);
    }
    for (const each of above.reverse()) ordered.add(each);
  }
  return [...ordered];
}

/** The units that an organization has once the document is written. */
export function unitsAfter(
  { units, keepsUnnamed }: Pick<OrganizationInput, 'units' | 'keepsUnnamed'>,
  stored: StoredOrganization | null,
): readonly Unit[] {
  const old = stored?.units ?? [];
  if (units === undefined) return old;
  if (keepsUnnamed !== true) return units;
  const named = new Set(units.map(({ id }) => id));
  return [...old.filter(({ id }) => !named.has(id)), ...units];
}

/** Plans the units of an organization. Returns the ids of those that are removed. */
export function planUnits(
  input: OrganizationInput,
  stored: StoredOrganization | null,
  changes: ChangeSet,
): readonly string[] {
  if (input.units === undefined) return [];
  const old = new Map((stored?.units ?? []).map((unit) => [unit.id, unit]));
  const named = new Set(input.units.map(({ id }) => id));
  for (const { id, name, parentId } of orderedUnits({ id: input.id, units: unitsAfter(input, stored) })) {
    const unit = old.get(id);
    old.delete(id);
    if (!named.has(id)) continue;
    const changed = unit?.name !== name || unit.parentId !== parentId;
    changes.counts.add(input.id, 'organizationalUnits', outcomeOf(unit ?? null, changed));
    if (!changed) continue;
    changes.upsert('OrganizationalUnit', { id, name, organizationId: input.id, parentId });
    changes.touch('Organization', input.id);
  }
  for (const id of old.keys()) {
    changes.delete('OrganizationalUnit', { id });
    changes.counts.add(input.id, 'organizationalUnits', 'gone');
    changes.touch('Organization', input.id);
  }
  return [...old.keys()];
}
