import type { DirectoryDocument } from '../../directory/document.ts';
import type { Facts } from '../facts.ts';
import { isSame } from '../said.ts';
import type { Place } from '../source-file.ts';
import { documentOf, entitiesOf, type NamedEntity } from './entities.ts';

/**
 * Adds the documents of our own form to what other files say. Both may speak of one entity if they agree; where they do not,
 * the contradiction is noted.
 */
export function withOwnDocuments(assembled: DirectoryDocument, facts: Facts): DirectoryDocument {
  if (facts.documents.length === 0) return assembled;
  const { wholeLists = [] } = assembled;
  const entities = new Map<string, NamedEntity>();
  for (const each of entitiesOf(assembled)) entities.set(`${each.kind} ${each.name}`, each);
  for (const { document, file } of facts.documents) {
    for (const each of entitiesOf(document)) {
      const key = `${each.kind} ${each.name}`;
      const other = entities.get(key);
      entities.set(key, other === undefined ? each : joined(other, each, { file, place: '' }, facts));
    }
  }
  const lists = [...wholeLists, ...facts.documents.flatMap(({ document }) => document.wholeLists ?? [])];
  return { ...documentOf(entities.values()), ...(lists.length > 0 && { wholeLists: lists }) };
}

function joined(other: NamedEntity, own: NamedEntity, at: Place, facts: Facts): NamedEntity {
  const { kind, name } = own;
  // What is known is not what is there: of several files, one that knows all is enough.
  if (kind === 'knowledge') return other.entity['state'] === 'COMPLETE' ? other : own;
  for (const [member, value] of Object.entries(own.entity)) {
    if (member === 'known' || other.entity[member] === undefined || isSame(other.entity[member], value)) continue;
    const places = [facts[kind].firstPlace(name), at] as const;
    facts.contradictions.push({ entity: `${kind} ${name}`, member, places });
  }
  const known = [...namesIn(other.entity['known']), ...namesIn(own.entity['known'])];
  return { kind, name, entity: { ...other.entity, ...own.entity, ...(known.length > 0 && { known }) } };
}

/** What one file knows, and what another knows, is known. */
function namesIn(known: unknown): readonly unknown[] {
  return Array.isArray(known) ? known : [];
}
