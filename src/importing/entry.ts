import { storable } from '../directory/storable.ts';
import { instantText, parseIso } from '../policy/date.ts';
import type { JsonObject, JsonValue } from '../policy/json.ts';
import { describeJson, shorten } from './bounded-json.ts';
import type { WarningSink } from './warnings.ts';

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** AWS's own style, and the one that Python's `str(datetime)` prints. */
const DATE = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,9})?)(Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?$/;

/** Milliseconds since 1970: the first instant of the year 1. */
export const EARLIEST = -62_135_596_800_000;
/** The last instant of the year 9999. ISO 8601 writes later ones with a sign, which PostgreSQL does not read. */
export const LATEST = 253_402_300_799_999;

/** One object of an export, read leniently: a warning names each member that does not have the expected form. */
export class Entry {
  /** `role App`, or `RoleDetailList[3]` if it has no name. */
  readonly label: string;
  readonly value: JsonObject;
  readonly #warnings: WarningSink;
  /** The place of this object within the labelled entity: `` or `RolePolicyList[0].`. */
  readonly #prefix: string;

  constructor(label: string, value: JsonObject, warnings: WarningSink, prefix = '') {
    this.label = label;
    this.value = value;
    this.#warnings = warnings;
    this.#prefix = prefix;
  }

  warn(element: string, message: string): void {
    this.#warnings.add(this.label, (this.#prefix + element).replace(/\.$/, ''), message);
  }

  /** Only own members count; `null` is the same as none. */
  get(key: string): JsonValue | undefined {
    const value = Object.hasOwn(this.value, key) ? this.value[key] : undefined;
    return value === null ? undefined : value;
  }

  /** AWS has no such characters in its names either. */
  #storable(element: string, text: string): string {
    const stored = storable(text);
    if (stored === text) return text;
    this.warn(element, 'it contains U+0000 or half a surrogate pair, which is stored as U+FFFD');
    return stored;
  }

  /** A non-empty string. */
  text(key: string): string | null {
    const value = this.get(key);
    if (typeof value === 'string') return value === '' ? null : this.#storable(key, value);
    if (value !== undefined) this.warn(key, `expected a string, found ${describeJson(value)}`);
    return null;
  }

  /**
   * A list, or the single object or string in place of a list. Undefined: the export does not have it; `null` is an empty
   * list, as some serializers write it.
   */
  list(key: string): readonly JsonValue[] | undefined {
    const value = Object.hasOwn(this.value, key) ? this.value[key] : undefined;
    if (value === undefined) return undefined;
    if (value === null) return [];
    if (isJsonObject(value)) return Object.keys(value).length === 0 ? [] : [value];
    if (typeof value === 'string' && value !== '') return [value];
    if (typeof value === 'object') return value;
    this.warn(key, `expected a list, found ${describeJson(value)}`);
    return undefined;
  }

  /** The objects of a list; anything else in it causes a warning. */
  entries(key: string): readonly Entry[] | undefined {
    return this.list(key)?.flatMap((item, index) => {
      const place = `${key}[${index}]`;
      if (isJsonObject(item)) return [new Entry(this.label, item, this.#warnings, `${this.#prefix}${place}.`)];
      this.warn(place, `expected an object, found ${describeJson(item)}`);
      return [];
    });
  }

  /** The strings of a list; anything else in it causes a warning. */
  texts(key: string): readonly string[] | undefined {
    return this.list(key)?.flatMap((item, index) => {
      if (typeof item === 'string' && item !== '') return [this.#storable(`${key}[${index}]`, item)];
      this.warn(`${key}[${index}]`, `expected a string, found ${describeJson(item)}`);
      return [];
    });
  }

  /** An object within this one. */
  child(key: string): Entry | null {
    const value = this.get(key);
    if (isJsonObject(value)) return new Entry(this.label, value, this.#warnings, `${this.#prefix}${key}.`);
    if (value !== undefined) this.warn(key, `expected an object, found ${describeJson(value)}`);
    return null;
  }

  /** An instant as ISO 8601 in UTC. A number is seconds since 1970, as the JSON protocols of AWS have it. */
  date(key: string): string | undefined {
    const value = this.get(key);
    if (value === undefined) return undefined;
    const [, day, time, zone = 'Z'] = (typeof value === 'string' && DATE.exec(value)) || [];
    const instant = typeof value === 'number' ? value * 1000 : parseIso(`${day}T${time}${zone}`);
    if (instant !== null && instant >= EARLIEST && instant <= LATEST) return instantText(instant);
    this.warn(key, `${describeJson(value)} is not a date that is understood`);
    return undefined;
  }

  /** A list of keys and values as a map. Undefined: the export does not have it. */
  tags(member = 'Tags'): Readonly<Record<string, string>> | undefined {
    const entries = this.entries(member);
    if (entries === undefined) return undefined;
    const tags = new Map<string, string>();
    for (const entry of entries) {
      const key = entry.text('Key');
      const value = entry.get('Value') ?? '';
      if (key === null) entry.warn('Key', 'a tag without a key is left out');
      else if (typeof value === 'object') entry.warn('Value', `expected a string, found ${describeJson(value)}`);
      else {
        if (tags.has(key)) entry.warn('Key', `the tag \`${shorten(key)}\` occurs twice; the later one counts`);
        tags.set(key, entry.#storable('Value', String(value)));
      }
    }
    return Object.fromEntries(tags);
  }

  /** An object of strings. Undefined: the export does not have it. */
  map(key: string): Readonly<Record<string, string>> | undefined {
    const object = this.child(key);
    if (object === null) return undefined;
    const members = Object.entries(object.value).flatMap(([name, value]): [string, string][] => {
      if (typeof value === 'string') return [[object.#storable('', name), object.#storable(name, value)]];
      object.warn(name, `expected a string, found ${describeJson(value)}`);
      return [];
    });
    return Object.fromEntries(members);
  }
}
