import { readFileSync } from 'node:fs';

/** The two services of AWS at this door. */
export type ServiceName = 'iam' | 'sts';

/** Members of a structure by name, in AWS's order, with their types: see `MemberType`. */
export type Structure = Readonly<Record<string, string>>;

/**
 * A service as AWS describes it: `wire/shapes.json`, written by `npm run shapes` from the schemas of AWS's SDK.
 * Types of members: `string`, `number`, `boolean`, `time`, `blob`, or the name of a structure; `[T]` is a list of T and
 * `{T}` a map from strings to T. A `!` at the end: required.
 */
export interface ServiceShapes {
  /** The `Version` that its requests name. */
  readonly version: string;
  /** Names of the structures of input and output; null: there is none. */
  readonly operations: Readonly<Record<string, readonly (string | null)[]>>;
  /** The HTTP status of each error code. */
  readonly errors: Readonly<Record<string, number>>;
  readonly types: Readonly<Record<string, Structure>>;
}

export const SERVICES: Readonly<Record<ServiceName, ServiceShapes>> = JSON.parse(
  readFileSync(new URL('shapes.json', import.meta.url), 'utf8'),
);

/** The service of a request, by its `Version`. https://docs.aws.amazon.com/IAM/latest/APIReference/CommonParameters.html */
export function serviceOfVersion(version: string): ServiceName | null {
  if (version === SERVICES.sts.version) return 'sts';
  return version === SERVICES.iam.version ? 'iam' : null;
}

/** The namespace of a service's answers. */
export function namespaceOf(service: ServiceName): string {
  return `https://${service}.amazonaws.com/doc/${SERVICES[service].version}/`;
}

/** The type of a member, taken apart. */
export interface MemberType {
  readonly kind: 'scalar' | 'list' | 'map' | 'structure';
  /** Of a scalar or structure its name; of a list or map the type of its entries. */
  readonly of: string;
  readonly required: boolean;
}

const SCALARS = new Set(['string', 'number', 'boolean', 'time', 'blob']);

/** There are a few hundred, all of them of shapes.json. */
const known = new Map<string, MemberType>();

export function memberType(text: string): MemberType {
  const type = known.get(text) ?? takenApart(text);
  known.set(text, type);
  return type;
}

function takenApart(text: string): MemberType {
  const required = text.endsWith('!');
  const type = required ? text.slice(0, -1) : text;
  if (type.startsWith('[')) return { kind: 'list', of: type.slice(1, -1), required };
  if (type.startsWith('{')) return { kind: 'map', of: type.slice(1, -1), required };
  return { kind: SCALARS.has(type) ? 'scalar' : 'structure', of: type, required };
}

/** A structure of a service. Throws for a name that shapes.json does not have. */
export function structureOf(service: ServiceName, name: string): Structure {
  const structure = SERVICES[service].types[name];
  if (structure === undefined) throw new Error(`shapes.json has no ${name}`);
  return structure;
}

const listed = new WeakMap<Structure, readonly (readonly [member: string, type: string])[]>();

/** The members of a structure in AWS's order, listed once for all requests. */
export function membersOf(service: ServiceName, name: string): readonly (readonly [member: string, type: string])[] {
  const structure = structureOf(service, name);
  const members = listed.get(structure) ?? Object.entries(structure);
  listed.set(structure, members);
  return members;
}
