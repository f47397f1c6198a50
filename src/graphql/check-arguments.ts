import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isObjectType,
} from 'graphql';
import type { GatewayContext } from './context.ts';
import { faultIn } from './malformed.ts';
import { principalPaths, withCaller } from './me.ts';

/** The extension of a field that names the list whose entries its resolver checks one by one: see each-of.ts. */
const EACH_ALONE = 'eachAlone';

/** Extensions of a field that answers each entry of `list` by itself: `requests`, `input.requests`. */
export function eachAlone(list: string): Readonly<Record<string, string>> {
  return { [EACH_ALONE]: list };
}

/**
 * Checks the arguments of every field before its guard and resolver, with the caller in place of `me`: BAD_USER_INPUT with the place
 * of the first malformed one.
 */
export function checkArguments(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.args.length === 0) continue;
      const { subscribe = defaultFieldResolver } = field;
      if (type === schema.getSubscriptionType()) field.subscribe = checked(field, subscribe);
      else field.resolve = checked(field, field.resolve ?? defaultFieldResolver);
    }
  }
}

type Resolver = GraphQLFieldResolver<unknown, GatewayContext>;

function checked({ extensions, args: declared }: GraphQLField<unknown, GatewayContext>, resolve: Resolver): Resolver {
  const list = extensions[EACH_ALONE];
  const paths = principalPaths(declared);
  return (parent, given, context, info) => {
    const args = paths.length === 0 ? given : withCaller(given, paths, context.caller);
    const fault = faultIn(args, NO_PLACE, typeof list === 'string' ? at(args, list) : undefined);
    if (fault !== null) throw fault;
    return resolve(parent, args, context, info);
  };
}

const NO_PLACE = (): string => '';

function at(args: object, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as Readonly<Record<string, unknown>>)[name], args); // as: the schema requires it
}
