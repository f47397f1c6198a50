import type { Entry } from './entry.ts';

/** What is known of an entity of one kind: its ARN, and the unique id if the export has one. */
interface Keyed {
  readonly arn: string;
  readonly id?: string;
}

/** The entities of one kind by ARN, in order of appearance. Unique ids stay unique: the directory keys by them. */
export class Collection<T extends Keyed> {
  readonly #byArn = new Map<string, T>();
  readonly #arnOfId = new Map<string, string>();

  /** Pages may repeat an entity; where two entries differ, the later one counts in what it has. */
  add(entry: Entry, idKey: string, entity: T): void {
    const id = entity.id;
    const owner = id === undefined ? undefined : this.#arnOfId.get(id);
    let kept = entity;
    if (id !== undefined && owner !== undefined && owner !== entity.arn) {
      entry.warn(idKey, `\`${id}\` is the id of \`${owner}\` already; another one is made`);
      const { id: _, ...rest } = entity;
      // `id` is optional in every entity, so what is left is one.
      kept = rest as T;
    } else if (id !== undefined) this.#arnOfId.set(id, entity.arn);
    const earlier = this.#byArn.get(entity.arn);
    if (earlier !== undefined && JSON.stringify(earlier) !== JSON.stringify(kept)) {
      entry.warn('', 'it occurs more than once, and differently; what comes later counts');
    }
    this.#byArn.set(entity.arn, earlier === undefined ? kept : { ...earlier, ...kept });
  }

  list(): readonly T[] {
    return [...this.#byArn.values()];
  }
}

/** AWS's unique ids are letters and digits; recordings have placeholders in their place. */
export function uniqueId(entry: Entry, key: string): { readonly id?: string } {
  const id = entry.text(key);
  if (id === null) return {};
  if (/^\w{1,128}$/.test(id)) return { id };
  entry.warn(key, `\`${id}\` is no unique id; one is made`);
  return {};
}

/** `{ [key]: value }`, or nothing where there is none: absent and undefined are two things in a DirectoryDocument. */
export function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  // A computed key widens to string; the type says what it is.
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V });
}
