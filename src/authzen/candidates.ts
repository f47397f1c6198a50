import { MIN_SUBSTRING } from '../directory/find/find-tables.ts';
import { visibleEntities } from '../guard/visible-entities.ts';
import type { JsonObject } from '../policy/json.ts';
import type { Door } from './door.ts';
import type { Template } from './names.ts';

/** A resource that a search decides on. */
export interface Candidate {
  readonly id: string;
  readonly arn: string;
  /** What the table says of it. */
  readonly properties: JsonObject;
  /** Its place in the order of all. */
  readonly key: string;
}

/** Some of the resources of a type. */
export interface Chunk {
  readonly candidates: readonly Candidate[];
  /** How many were looked at, those of other types with them. */
  readonly looked: number;
  /** The place of the last one that was looked at. */
  readonly last: string;
}

/** The table's own come first, each in the order of its ARN, then those of the directory. */
const LISTED = 'listed ';
const STORED = 'stored ';

/** The resources of a type after a place, in chunks; none for a type that the table does not have. `after` null: from the first on. */
export async function* candidatesAfter(
  door: Door,
  type: string,
  after: string | null,
  chunk: number,
): AsyncGenerator<Chunk, void, undefined> {
  const template = door.table.resources.get(type);
  if (template === undefined) return;
  const listed = listedOf(door, type, template);
  const first = after === null ? listed : listed.filter(({ key }) => key > after);
  for (let at = 0; at < first.length; at += chunk) {
    const candidates = first.slice(at, at + chunk);
    yield { candidates, looked: candidates.length, last: candidates.at(-1)?.key ?? LISTED };
  }
  const named = new Set(listed.map(({ arn }) => arn));
  const from = after?.startsWith(STORED) === true ? after.slice(STORED.length) : null;
  for await (const arns of storedAfter(door, template, from, chunk)) {
    const candidates = arns.flatMap((arn): Candidate[] => {
      const id = named.has(arn) ? null : template.idIn(arn);
      return id === null ? [] : [{ id, arn, properties: {}, key: `${STORED}${arn}` }];
    });
    yield { candidates, looked: arns.length, last: `${STORED}${arns.at(-1) ?? ''}` };
  }
}

function listedOf({ table }: Door, type: string, template: Template): readonly Candidate[] {
  return [...(table.known.get(type) ?? [])]
    .map(([id, properties]): Candidate => {
      const arn = template.textOf(id);
      return { id, arn, properties, key: `${LISTED}${arn}` };
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** ARNs of the directory's resources with the beginning of the template that the caller may list. */
async function* storedAfter(
  { context }: Door,
  template: Template,
  from: string | null,
  limit: number,
): AsyncGenerator<readonly string[], void, undefined> {
  const filter = template.before.length < MIN_SUBSTRING ? {} : { search: template.before };
  const visible = await visibleEntities(context, { kinds: ['Resource'], accountIds: null, filter });
  if (visible.kind === 'refused') return;
  const order = { field: 'ARN', descending: false } as const;
  let after = from;
  for (;;) {
    const place = after === null ? {} : { after: { key: after, id: after } };
    const [page = []] = await context.directory.find.pages([{ ...visible.selection, order, limit, ...place }]);
    if (page.length > 0) yield page.map(({ arn }) => arn);
    if (page.length < limit) return;
    after = page.at(-1)?.arn ?? null;
  }
}
