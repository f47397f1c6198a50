import type { JsonObject, JsonValue } from '../../policy/json.ts';
import { isJsonObject } from '../entry.ts';
import { Misfit, type Place } from './place.ts';

/** One kind of value of the form: its JSON Schema, and how it is read and written. The two ways agree with the schema. */
export interface Shape<T> {
  readonly schema: JsonObject;
  /** Throws Misfit. */
  read(value: JsonValue, place: Place): T;
  write(value: T): JsonValue;
}

/** A shape with a name in the schema. */
export interface Named<T> extends Shape<T> {
  readonly definition: JsonObject;
}

/** Refers to the definition `name` of the schema, where it is written once. */
export function named<T>(name: string, shape: Shape<T>): Named<T> {
  return { ...shape, schema: { $ref: `#/$defs/${name}` }, definition: shape.schema };
}

/** A member of an object, with what the schema says about it. */
interface Member<T, Required extends boolean> {
  readonly shape: Shape<T>;
  readonly description: string;
  readonly required: Required;
}

export function must<T>(shape: Shape<T>, description: string): Member<T, true> {
  return { shape, description, required: true };
}

export function may<T>(shape: Shape<T>, description: string): Member<T, false> {
  return { shape, description, required: false };
}

/** Exactly the members of `T`: one that is missing here, or optional here and not there, is an error of the compiler. */
type Members<T> = {
  readonly [Name in keyof T]-?: Member<
    Exclude<T[Name], undefined>,
    Record<string, never> extends Pick<T, Name> ? false : true
  >;
};

/** A value that is read and written as it is. */
export function plain<T extends JsonValue>(schema: JsonObject, expected: string, fits: (value: JsonValue) => boolean) {
  const shape: Shape<T> = {
    schema,
    read: (value, place) => {
      if (!fits(value)) throw Misfit.value(place, expected, value);
      // as: `fits` says so
      return value as T;
    },
    write: (value) => value,
  };
  return shape;
}

/** An object with these members and no others. */
export function object<T extends object>(description: string, members: Members<T>): Shape<T> {
  // as: a mapped type loses its entries
  const entries = Object.entries(members) as [keyof T & string, Member<unknown, boolean>][];
  const known = new Map<string, Member<unknown, boolean>>(entries);
  const required = entries.filter(([, member]) => member.required).map(([name]) => name);
  return {
    schema: {
      type: 'object',
      description,
      properties: Object.fromEntries(
        entries.map(([name, member]) => [name, { ...member.shape.schema, description: member.description }]),
      ),
      required,
      additionalProperties: false,
    },
    read: (value, place) => {
      if (!isJsonObject(value)) throw Misfit.value(place, 'an object', value);
      const read: [string, unknown][] = [];
      for (const name of Object.keys(value)) {
        const member = known.get(name);
        if (member === undefined) throw Misfit.unknownMember(place, name, [...known.keys()]);
        read.push([name, member.shape.read(value[name] ?? null, place.member(name))]);
      }
      const missing = required.find((name) => !Object.hasOwn(value, name));
      if (missing !== undefined) throw new Misfit(place, `the member \`${missing}\` is missing`);
      // as: every member was read by its own shape
      return Object.fromEntries(read) as T;
    },
    write: (value) =>
      Object.fromEntries(
        entries.flatMap(([name, member]) => {
          const one: unknown = value[name];
          return one === undefined ? [] : [[name, member.shape.write(one)]];
        }),
      ),
  };
}

export function list<T>(item: Shape<T>): Shape<readonly T[]> {
  return {
    schema: { type: 'array', items: item.schema },
    read: (value, place) => {
      if (!Array.isArray(value)) throw Misfit.value(place, 'a list', value);
      return value.map((one: JsonValue, index) => item.read(one, place.item(index)));
    },
    write: (values) => values.map((value) => item.write(value)),
  };
}

/** An object whose members have any names. */
export function record(key: Shape<string>, value: Shape<string>): Shape<Readonly<Record<string, string>>> {
  return {
    schema: { type: 'object', propertyNames: key.schema, additionalProperties: value.schema },
    read: (json, place) => {
      if (!isJsonObject(json)) throw Misfit.value(place, 'an object', json);
      return Object.fromEntries(
        Object.entries(json).map(([name, one]) => [key.read(name, place), value.read(one, place.member(name))]),
      );
    },
    write: (values) => values,
  };
}

export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return {
    schema: { anyOf: [shape.schema, { type: 'null' }] },
    read: (value, place) => (value === null ? null : shape.read(value, place)),
    write: (value) => (value === null ? null : shape.write(value)),
  };
}

/** One of these texts. */
export function oneOf<const T extends string>(...texts: readonly T[]): Shape<T> {
  const listed = texts.map((text) => `\`${text}\``).join(', ');
  return plain<T>({ enum: texts }, texts.length === 1 ? listed : `one of ${listed}`, (value) =>
    texts.some((text) => text === value),
  );
}
