import { wrapOrThrow } from '@pothos/plugin-errors';
import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
} from 'graphql';
import { forgetDecisions } from '../guard/decision-loader.ts';
import type { Guard, Lacking } from '../guard/kinds.ts';
import { readableReason } from '../guard/readable-policy.ts';
import { GUARDS } from '../guard/table.ts';
import { RolegateError } from '../policy/errors.ts';
import { recordRefusal } from '../session/audited.ts';
import { aCall } from '../session/call.ts';
import { AccessDenied } from '../session/errors.ts';
import type { GatewayContext } from './context.ts';
import { AccessDeniedFailure } from './failures.ts';
import { checkNotLeft } from './sessions/become.ts';

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
    const resolve = guarded(guard, field, field.resolve ?? defaultFieldResolver);
    field.resolve = typeName === schema.getMutationType()?.name ? withOwnDecisions(resolve) : resolve;
  }
}

function objectType(schema: GraphQLSchema, name: string): GraphQLObjectType {
  const type = schema.getType(name);
  if (!isObjectType(type)) throw new Error(`there is no object type ${name}`);
  return type;
}

type Resolver = GraphQLFieldResolver<unknown, GatewayContext>;

function guarded(guard: Guard, field: GraphQLField<unknown, GatewayContext>, resolve: Resolver): Resolver {
  const { name } = field;
  return (parent, args, context, info) => {
    const { caller } = context;
    if (guard.open?.(parent) === true) return resolve(parent, args, context, info);
    if (caller.kind === 'anonymous' && guard.caller !== 'anybody') throw notSignedIn(name);
    if (caller.kind === 'operator' || guard.caller === 'anybody') return resolve(parent, args, context, info);
    if (guard.check === undefined) return resolve(parent, args, context, info);
    return guard.check(args, context, parent).then((lacking) => {
      if (lacking === null) return resolve(parent, args, context, info);
      if (lacking.refused !== undefined) return accessDenied(field, context, lacking.refused);
      if (guard.refusal === 'null') return null;
      throw forbidden(`\`${name}\` needs ${lacking.needs}, which you are not allowed`);
    });
  };
}

/** Decisions that were made before a mutation are not those after it: nothing of them is kept for what is asked next. */
function withOwnDecisions(resolve: Resolver): Resolver {
  return async (parent, args, context, info) => {
    checkNotLeft(context);
    forgetDecisions(context);
    try {
      return await resolve(parent, args, context, info);
    } finally {
      forgetDecisions(context);
    }
  };
}

/** Tells the audit trail, then the client: as a member of the mutation's result where that has AccessDenied. */
async function accessDenied(
  field: GraphQLField<unknown, GatewayContext>,
  context: GatewayContext,
  { attempted, denied: { answer, message } }: NonNullable<Lacking['refused']>,
): Promise<unknown> {
  const { caller, now, origin, directory } = context;
  const denied = new AccessDenied(answer === null ? message : await readableReason(context, answer), answer);
  await recordRefusal(directory.audit, aCall(caller, now, origin), attempted, denied);
  // as: the errors plugin keeps there which failures the field's result has
  const failures = (field.extensions['pothosErrors'] ?? []) as (new (...args: never[]) => Error)[];
  if (!failures.includes(AccessDeniedFailure)) throw denied;
  return wrapOrThrow(new AccessDeniedFailure(denied), failures);
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
