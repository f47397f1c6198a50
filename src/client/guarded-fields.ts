import type { Rolegate } from './client.ts';
import { AccessDeniedError } from './errors.ts';
import type { Check } from './types.ts';

/** What a field asks before it is resolved, without who asks. */
type FieldCheck = Omit<Check, 'principal'>;

/** `never`: only the author of a field knows what it is resolved from, and gives the parameters their types. */
type ResourceOf = (parent: never, args: never, context: never) => string | Promise<string>;

type CheckOfField = (parent: never, args: never, context: never) => Promise<FieldCheck>;

/** Extensions of a field that needs `action` on a resource, which follows from its parent, its arguments and the context. */
export interface NeedsExtensions {
  readonly rolegate: CheckOfField;
}

/**
 * For the option `extensions` of a field, of Pothos or of graphql-js: the field is resolved only for callers who may do this.
 * `resourceOf` gives the ARN.
 */
export function needs(
  action: string,
  resourceOf: ResourceOf,
  rest: Pick<Check, 'context' | 'assumedRole' | 'resourceAccount'> = {},
): NeedsExtensions {
  const { context: keys, assumedRole, resourceAccount } = rest;
  return {
    rolegate: async (parent, args, context) => ({
      action,
      resource: await resourceOf(parent, args, context),
      context: keys,
      assumedRole,
      resourceAccount,
    }),
  };
}

// What is used of a schema of graphql-js: importing it would tie the application to a version.
type Resolver = (parent: never, args: never, context: never, info: never) => unknown;

interface Field {
  readonly name: string;
  readonly extensions: Readonly<Record<PropertyKey, unknown>>;
  resolve?: Resolver | undefined;
}

interface Schema {
  getTypeMap(): Readonly<Record<string, object>>;
}

/** How fields are guarded. */
export interface FieldGuards<Context> {
  readonly rolegate: Pick<Rolegate, 'decide'>;
  /** Who asks. Null: nobody is signed in, so that every guarded field is refused. */
  readonly principalOf: (context: Context) => string | null;
  /** The error of a refused field. Left out: the AccessDeniedError. Yoga shows only errors of GraphQL: give it one. */
  readonly errorOf?: (denied: AccessDeniedError) => Error;
}

/** Puts a check in front of every field that has `needs`. Call it once for a schema. Returns the same schema. */
export function guardFields<Context, S extends Schema>(schema: S, guards: FieldGuards<Context>): S {
  for (const type of Object.values(schema.getTypeMap())) {
    for (const field of fieldsOf(type)) {
      const check = field.extensions['rolegate'] as CheckOfField | undefined; // as: written by `needs`
      if (check !== undefined) field.resolve = guarded(field, check, guards);
    }
  }
  return schema;
}

/** Object types and interfaces have fields with resolvers; those of inputs have none, and are not asked for. */
function fieldsOf(type: object): readonly Field[] {
  if (!('getFields' in type) || !('getInterfaces' in type)) return [];
  const { getFields } = type as { readonly getFields: () => Readonly<Record<string, Field>> }; // as: a type of graphql-js
  return Object.values(getFields.call(type));
}

function guarded<Context>(
  { name, resolve }: Field,
  checkOf: CheckOfField,
  { rolegate, principalOf, errorOf = (denied) => denied }: FieldGuards<Context>,
): Resolver {
  const read = resolve ?? ((parent, args, context, info) => defaultOf(parent, name, args, context, info));
  return async (parent, args, context, info) => {
    const principal = principalOf(context);
    const check = {
      ...(await checkOf(parent, args, context)),
      principal: principal ?? 'anonymous',
    };
    const verdict =
      principal === null
        ? { allowed: false, effect: null, deniedBy: null, reason: 'nobody is signed in', failure: null }
        : await rolegate.decide(check);
    if (!verdict.allowed) throw errorOf(new AccessDeniedError(check, verdict));
    return read(parent, args, context, info);
  };
}

/** What graphql-js does without a resolver. */
function defaultOf(parent: unknown, name: string, args: unknown, context: unknown, info: unknown): unknown {
  if (typeof parent !== 'object' || parent === null) return undefined;
  const value = (parent as Readonly<Record<string, unknown>>)[name]; // as: an object
  return typeof value === 'function' ? value.call(parent, args, context, info) : value;
}
