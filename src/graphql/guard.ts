import {
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
} from 'graphql';
import { RolegateError } from '../policy/errors.ts';
import type { GatewayContext } from './context.ts';
import { GUARDS, type Guard } from './guard-table.ts';

/** Puts the guards of the table in front of the resolvers. Throws when a root field has none, or a guard no field. */
export function guardFields(schema: GraphQLSchema): void {
  for (const root of [schema.getQueryType(), schema.getMutationType()]) {
    for (const field of Object.values(root?.getFields() ?? {})) {
      if (GUARDS[`${root?.name}.${field.name}`] === undefined)
        throw new Error(`${root?.name}.${field.name} has no guard`);
    }
  }
  for (const [name, guard] of Object.entries(GUARDS)) {
    const [typeName = '', fieldName = ''] = name.split('.');
    const field = objectType(schema, typeName).getFields()[fieldName];
    if (field === undefined) throw new Error(`there is no field ${name} to guard`);
    field.resolve = guarded(guard, fieldName, field.resolve ?? defaultFieldResolver);
  }
}

function objectType(schema: GraphQLSchema, name: string): GraphQLObjectType {
  const type = schema.getType(name);
  if (!isObjectType(type)) throw new Error(`there is no object type ${name}`);
  return type;
}

type Resolver = GraphQLFieldResolver<unknown, GatewayContext>;

function guarded(guard: Guard, fieldName: string, resolve: Resolver): Resolver {
  return (parent, args, context, info) => {
    const { caller } = context;
    if (caller.kind === 'anonymous' && guard.caller !== 'anybody') throw notSignedIn(fieldName);
    if (caller.kind === 'operator' || guard.caller === 'anybody') return resolve(parent, args, context, info);
    if (guard.caller === 'operator') throw forbidden(`\`${fieldName}\` is for the operator`);
    if (guard.check === undefined) return resolve(parent, args, context, info);
    return guard.check(args, context, parent).then((missing) => {
      if (missing === null) return resolve(parent, args, context, info);
      if (guard.refusal === 'null') return null;
      throw forbidden(`\`${fieldName}\` needs ${missing}, which you are not allowed`);
    });
  };
}

function notSignedIn(fieldName: string): RolegateError {
  return new RolegateError(
    'UNAUTHENTICATED',
    `\`${fieldName}\` needs credentials: an access key (HTTP Basic), or a session token or the operator token (Bearer)`,
  );
}

function forbidden(message: string): RolegateError {
  return new RolegateError('FORBIDDEN', message);
}
