import type { JsonObject, JsonValue } from '../../policy/json.ts';
import { describeJson } from '../bounded-json.ts';
import { isJsonObject } from '../entry.ts';
import type { Facts } from '../facts.ts';

interface Part {
  readonly path: string;
  readonly json: JsonValue;
}

/** The files of one folder: together they describe one thing. */
export class FileGroup {
  readonly #facts: Facts;
  readonly #files = new Map<string, Part>();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  add(file: string, part: Part): void {
    this.#files.set(file, part);
  }

  has(file: string): boolean {
    return this.#files.has(file);
  }

  names(): readonly string[] {
    return [...this.#files.keys()].sort();
  }

  path(file: string): string {
    return this.#files.get(file)?.path ?? '';
  }

  /** Any file of it, for messages about one that is missing. */
  get somePath(): string {
    return this.path(this.names()[0] ?? '');
  }

  get(file: string): JsonValue | undefined {
    return this.#files.get(file)?.json;
  }

  /** Undefined: it is not there, or it is no object, which is noted. */
  object(file: string): JsonObject | undefined {
    const value = this.get(file);
    if (value === undefined || isJsonObject(value)) return value;
    this.#expected(file, 'an object', value);
    return undefined;
  }

  list(file: string): readonly JsonValue[] | undefined {
    const value = this.get(file);
    if (value === undefined || Array.isArray(value)) return value;
    this.#expected(file, 'a list', value);
    return undefined;
  }

  /** `{key: value}`. Undefined: not understood. */
  tags(): Readonly<Record<string, string>> | undefined {
    if (!this.has('tags')) return {};
    const object = this.object('tags');
    if (object === undefined) return undefined;
    const tags = Object.entries(object).flatMap(([key, value]) => {
      if (typeof value === 'string') return [[key, value] as const];
      this.#facts.note({ file: this.path('tags'), place: key }, `expected a string, found ${describeJson(value)}`);
      return [];
    });
    return Object.fromEntries(tags);
  }

  #expected(file: string, what: string, value: JsonValue): void {
    this.#facts.note({ file: this.path(file), place: '' }, `expected ${what}, found ${describeJson(value)}`);
  }
}
