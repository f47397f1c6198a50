import { InvalidInput } from '../policy/errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../policy/json.ts';

/** A subject or a resource of a request. */
export interface Entity {
  readonly type: string;
  readonly id: string;
  readonly properties: JsonObject;
}

/** A subject or a resource that a search looks for. */
export type OpenEntity = Omit<Entity, 'id'>;

export interface Action {
  readonly name: string;
  readonly properties: JsonObject;
}

/** What one evaluation asks. */
export interface Asked {
  readonly subject: Entity;
  readonly action: Action;
  readonly resource: Entity;
  readonly context: JsonObject;
}

/** Longest type, id or name. ARNs of IAM have at most 2,048 characters. */
const MAX_NAME = 2048;

/** The members of a request. Throws InvalidInput for one that is missing or of a wrong type; unknown members are ignored. */
export function readAsked(body: JsonObject): Asked {
  return {
    subject: readEntity(body, 'subject'),
    action: readAction(body),
    resource: readEntity(body, 'resource'),
    context: readContext(body),
  };
}

export function readEntity(body: JsonObject, member: 'subject' | 'resource'): Entity {
  const entity = required(body, member);
  return { ...openEntity(entity, member), id: readName(entity, member, 'id') };
}

/** Its id is ignored, whatever it is. */
export function readOpenEntity(body: JsonObject, member: 'subject' | 'resource'): OpenEntity {
  return openEntity(required(body, member), member);
}

export function readAction(body: JsonObject): Action {
  const action = required(body, 'action');
  return { name: readName(action, 'action', 'name'), properties: optional(action, 'properties', 'action.properties') };
}

export function readContext(body: JsonObject): JsonObject {
  return optional(body, 'context', 'context');
}

function openEntity(entity: JsonObject, member: string): OpenEntity {
  return {
    type: readName(entity, member, 'type'),
    properties: optional(entity, 'properties', `${member}.properties`),
  };
}

function required(body: JsonObject, member: string): JsonObject {
  const value = memberOf(body, member);
  if (value === undefined) throw new InvalidInput(member, `\`${member}\` is missing`);
  return object(value, member);
}

/** A member that is an object; an empty one if it is left out. */
export function optional(body: JsonObject, member: string, place: string): JsonObject {
  const value = memberOf(body, member);
  return value === undefined ? {} : object(value, place);
}

/** Only its own members: a body of JSON inherits others. */
export function memberOf(body: JsonObject, member: string): JsonValue | undefined {
  return Object.hasOwn(body, member) ? body[member] : undefined;
}

function object(value: JsonValue, place: string): JsonObject {
  if (isObject(value)) return value;
  throw new InvalidInput(place, `\`${place}\` must be an object`);
}

function readName(entity: JsonObject, member: string, name: 'id' | 'name' | 'type'): string {
  const place = `${member}.${name}`;
  const value = memberOf(entity, name);
  if (value === undefined) throw new InvalidInput(place, `\`${place}\` is missing`);
  if (typeof value !== 'string') throw new InvalidInput(place, `\`${place}\` must be a string`);
  if (value === '') throw new InvalidInput(place, `\`${place}\` is empty`);
  if (value.length > MAX_NAME) {
    throw new InvalidInput(place, `\`${place}\` has ${value.length} characters; the limit is ${MAX_NAME}`);
  }
  // The database cannot look it up.
  if (value.includes('\0')) throw new InvalidInput(place, `\`${place}\` holds U+0000`);
  return value;
}
