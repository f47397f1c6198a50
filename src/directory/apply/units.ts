import { InvalidInput } from '../../policy/errors.ts';
import type { OrganizationInput } from '../document.ts';
import type { ChangeSet } from './change-set.ts';
import { outcomeOf } from './counts.ts';
import type { StoredOrganization } from './stored.ts';
import { uniqueBy } from './unique.ts';

type Unit = NonNullable<OrganizationInput['units']>[number];

/**
 * The units of an organization, parents before children. Throws InvalidInput for a unit whose parent is not there, and for
 * one that is above itself. `stored`: ids of units that stay, below which new ones may be.
 */
export function orderedUnits(
  { id, units }: Pick<OrganizationInput, 'id' | 'units'>,
  stored: ReadonlySet<string> = new Set(),
): readonly Unit[] {
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
      if (parentId !== null && !byId.has(parentId) && !stored.has(parentId)) {
        throw new InvalidInput('document', `${nameOf(each)}: its parent \`${parentId}\` is not a unit of ${id}`);
      }
      each = parentId === null ? undefined : byId.get(parentId);
    }
    for (const each of above.reverse()) ordered.add(each);
  }
  return [...ordered];
}

/** Plans the units of an organization. Returns the ids of those that are removed. */
export function planUnits(
  input: OrganizationInput,
  stored: StoredOrganization | null,
  changes: ChangeSet,
): readonly string[] {
  if (input.units === undefined) return [];
  const old = new Map((stored?.units ?? []).map((unit) => [unit.id, unit]));
  const staying = new Set(input.keepsUnnamed === true ? old.keys() : []);
  for (const { id, name, parentId } of orderedUnits(input, staying)) {
    const unit = old.get(id);
    old.delete(id);
    const changed = unit?.name !== name || unit.parentId !== parentId;
    changes.counts.add(input.id, 'organizationalUnits', outcomeOf(unit ?? null, changed));
    if (!changed) continue;
    changes.upsert('OrganizationalUnit', { id, name, organizationId: input.id, parentId });
    changes.touch('Organization', input.id);
  }
  const removed = [...old.keys()].filter((id) => !staying.has(id));
  for (const id of removed) {
    changes.delete('OrganizationalUnit', { id });
    changes.counts.add(input.id, 'organizationalUnits', 'gone');
    changes.touch('Organization', input.id);
  }
  return removed;
}
