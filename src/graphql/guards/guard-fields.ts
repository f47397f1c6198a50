import { wrapOrThrow } from '@pothos/plugin-errors';
import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
} from 'graphql';
import type { RefusedOperation, Ruling } from '../../guard/ruling.ts';
import { AccessDenied, AuthenticationError } from '../../session/errors.ts';
import type { GatewayContext } from '../context.ts';
import { asFailure } from '../failures.ts';
import { fieldsOfInput, misread } from './argument-reader.ts';
import type { FieldGuard } from './field-guard.ts';
import { forbidden, notSignedIn } from './forbidden.ts';
import { GUARDS } from './table.ts';

const SUBSCRIPTION = 'Subscription';

type Field = GraphQLField<unknown, GatewayContext>;
type Resolver = GraphQLFieldResolver<unknown, GatewayContext>;

/**
 * Puts the guards in front of the resolvers. Throws if a root field has no guard, a guard has no field, or a guard reads a
 * value that the field does not get.
 */
export function guardFields(schema: GraphQLSchema, guards: Readonly<Record<string, FieldGuard>> = GUARDS): void {
  for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    for (const field of Object.values(root?.getFields() ?? {})) {
      if (guards[`${root?.name}.${field.name}`] === undefined)
        throw new Error(`${root?.name}.${field.name} has no guard`);
    }
  }
  for (const [name, guard] of Object.entries(guards)) {
    const [typeName = '', fieldName = ''] = name.split('.');
    const field = objectType(schema, typeName).getFields()[fieldName];
    if (field === undefined) throw new Error(`there is no field ${name} to guard`);
    checkReads(name, guard, field);
    // A subscription is guarded when it begins; what its events may say is decided with each of them. Other fields have a `subscribe`,
    // too, which nobody calls.
    if (typeName === SUBSCRIPTION) field.subscribe = guarded(guard, field, field.subscribe ?? defaultFieldResolver);
    else field.resolve = guarded(guard, field, field.resolve ?? defaultFieldResolver);
  }
}

function objectType(schema: GraphQLSchema, name: string): GraphQLObjectType {
  const type = schema.getType(name);
  if (!isObjectType(type)) throw new Error(`there is no object type ${name}`);
  return type;
}

function checkReads(name: string, guard: FieldGuard, { args }: Field): void {
  const given =
    guard.kind === 'operation' ? fieldsOfInput(args) : Object.fromEntries(args.map((arg) => [arg.name, arg]));
  const wrong = misread(guard.reads, given);
  if (wrong.length > 0) throw new Error(`the guard of ${name} reads ${wrong.join(', ')}, which it does not get`);
}

function guarded(guard: FieldGuard, field: Field, resolve: Resolver): Resolver {
  if (guard.kind === 'operation') return performing(guard, field, resolve);
  return (parent, args, context, info) => {
    const answered = (ruling: Ruling): unknown => {
      if (ruling.kind === 'allowed') return resolve(parent, args, context, info);
      if (ruling.kind === 'concealed') return null;
      throw ruling.kind === 'refused' ? forbidden(field.name, ruling) : notSignedIn(field.name);
    };
    const ruling = guard.rule(context, args, parent);
    return 'then' in ruling ? ruling.then(answered) : answered(ruling);
  };
}

function performing(guard: Extract<FieldGuard, { kind: 'operation' }>, field: Field, resolve: Resolver): Resolver {
  return async (parent, args, context, info) => {
    const performed = await guard.perform(context, args, () => resolve(parent, args, context, info));
    switch (performed.kind) {
      case 'done':
        return performed.value;
      case 'notSignedIn':
        throw notSignedIn(field.name);
      case 'sessionEnded':
        throw new AuthenticationError('ExpiredToken');
      case 'refused':
        return accessDenied(field, performed);
      default:
        return performed satisfies never;
    }
  };
}

/** A member of the mutation's result if it has one for this failure, otherwise an error. */
function accessDenied(field: Field, { denied, operatorsOnly }: RefusedOperation): unknown {
  const said = operatorsOnly ? new AccessDenied(`only the operator may perform \`${field.name}\``) : denied;
  // as: the errors plugin stores the failures of the field's result there
  const failures = (field.extensions['pothosErrors'] ?? []) as (new (...args: never[]) => Error)[];
  const failure = asFailure(said);
  if (!failures.some((Failure) => failure instanceof Failure)) throw said;
  return wrapOrThrow(failure, failures);
}
