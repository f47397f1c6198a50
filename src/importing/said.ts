import type { JsonValue } from '../policy/json.ts';
import type { Place } from './source-file.ts';

/** Two places that say different things about one member of one entity. */
export interface Contradiction {
  /** `resource arn:aws:s3:::reports` */
  readonly entity: string;
  readonly member: string;
  readonly places: readonly [Place, Place];
}

interface Statement {
  readonly value: unknown;
  readonly at: Place;
}

/**
 * What the files say about the entities of one kind, by member. Each file says what it knows; the same may be said more than
 * once. If two places disagree, both are kept in `contradictions`: nothing tells which of them is right.
 */
export class Said<T extends object> {
  /** For messages: `resource`. */
  readonly #kind: string;
  readonly #entities = new Map<string, Map<keyof T, Statement>>();
  readonly #first = new Map<string, Place>();
  readonly #contradictions: Contradiction[];

  constructor(kind: string, contradictions: Contradiction[]) {
    this.#kind = kind;
    this.#contradictions = contradictions;
  }

  /** Members that are undefined are not said. An entity without any member is said to exist. */
  say(key: string, patch: Partial<T>, at: Place): void {
    const known = this.#entities.get(key) ?? new Map<keyof T, Statement>();
    this.#entities.set(key, known);
    if (!this.#first.has(key)) this.#first.set(key, at);
    for (const [name, value] of Object.entries(patch)) {
      if (value === undefined) continue;
      const member = name as keyof T;
      const earlier = known.get(member);
      if (earlier === undefined) known.set(member, { value, at });
      else if (!isSame(earlier.value, value)) {
        this.#contradictions.push({ entity: `${this.#kind} ${key}`, member: name, places: [earlier.at, at] });
      }
    }
  }

  has(key: string): boolean {
    return this.#entities.has(key);
  }

  /** The members that are known. */
  get(key: string): Partial<T> {
    const members = this.#entities.get(key) ?? new Map<keyof T, Statement>();
    return Object.fromEntries(Array.from(members, ([name, { value }]) => [name, value])) as Partial<T>;
  }

  /** Where this member was first said. */
  placeOf(key: string, member: keyof T): Place | null {
    return this.#entities.get(key)?.get(member)?.at ?? null;
  }

  /** Where the entity was first spoken of. */
  firstPlace(key: string): Place {
    return this.#first.get(key) ?? { file: '', place: '' };
  }

  get size(): number {
    return this.#entities.size;
  }

  keys(): readonly string[] {
    return [...this.#entities.keys()].sort();
  }

  /** In the order of the keys, whatever the order of the files. */
  entries(): readonly (readonly [string, Partial<T>])[] {
    return this.keys().map((key) => [key, this.get(key)]);
  }
}

export function isSame(one: unknown, other: unknown): boolean {
  return one === other || canonical(one as JsonValue) === canonical(other as JsonValue);
}

/** A text that equal values have in common: the order of members and of lists' entries is no difference, nor is a document's spacing. */
function canonical(value: JsonValue | undefined): string {
  if (typeof value === 'string' && value.startsWith('{')) {
    try {
      return canonical(JSON.parse(value) as JsonValue);
    } catch {
      return JSON.stringify(value);
    }
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map(canonical).sort().join()}]`;
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`);
  return `{${members.sort().join()}}`;
}
