import type { Entry } from './entry.ts';

/** An entity of one kind: its ARN, and its unique id if the export has one. */
interface Keyed {
  readonly arn: string;
  readonly id?: string;
}

/** The entities of one kind by ARN, in order of appearance. Unique ids stay unique: they are keys of the directory. */
export class Collection<T extends Keyed> {
  readonly #byArn = new Map<string, T>();
  readonly #arnOfId = new Map<string, string>();

  /** Pages may repeat an entity; where two entries differ, the members of the later one count. */
  add(entry: Entry, idKey: string, entity: T): void {
    const id = entity.id;
    const owner = id === undefined ? undefined : this.#arnOfId.get(id);
    let kept = entity;
    if (id !== undefined && owner !== undefined && owner !== entity.arn) {
      entry.warn(idKey, `\`${id}\` is already the id of \`${owner}\`; a new one is generated`);
      const { id: _, ...rest } = entity;
      // `id` is optional in every entity, so what is left is one.
      kept = rest as T;
    } else if (id !== undefined) this.#arnOfId.set(id, entity.arn);
    const earlier = this.#byArn.get(entity.arn);
    if (earlier !== undefined && JSON.stringify(earlier) !== JSON.stringify(kept)) {
      entry.warn('', 'it occurs more than once with differences; the later one counts');
    }
    this.#byArn.set(entity.arn, earlier === undefined ? kept : { ...earlier, ...kept });
  }

  list(): readonly T[] {
    return [...this.#byArn.values()];
  }
}

/** AWS's unique ids are letters and digits; recordings may have placeholders instead. */
export function uniqueId(entry: Entry, key: string): { readonly id?: string } {
  const id = entry.text(key);
  if (id === null) return {};
  if (/^\w{1,128}$/.test(id)) return { id };
  entry.warn(key, `\`${id}\` is not a unique id; one is generated`);
  return {};
}

/** `{ [key]: value }`, or an empty object if there is no value: absent and undefined differ in a DirectoryDocument. */
export function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  // A computed key widens to string; the type says what it is.
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V });
}
