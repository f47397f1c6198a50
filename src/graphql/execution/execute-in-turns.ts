import {
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLField,
  type GraphQLSchema,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Work } from '../../access/work.ts';
import { RolegateError } from '../../policy/errors.ts';
import { keepResolver, type Resolver, resolverOf } from './plain-resolvers.ts';
import { AS_MANY_AS_A_SEARCH, Turns } from './turns.ts';
import { failsLater, isPromise } from './values.ts';

/** By the context of an operation that graphql-js executes. */
const turnsOf = new WeakMap<object, Turns>();

/** Items of a list that graphql-js completes in one go. */
const AT_ONCE = 16;

/** graphql-js executes in one go. This lets others have their turn before a field, and before an item of a list, if that is due. */
export function takeTurns(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const resolve = resolverOf(field);
      keepResolver(field, resolve);
      field.resolve = inTurns(field, resolve);
    }
  }
}

function inTurns({ type }: GraphQLField<unknown, unknown>, resolve: Resolver): Resolver {
  const isList = isListType(isNonNullType(type) ? type.ofType : type);
  return (source, args, context, info) => {
    const turns = typeof context === 'object' && context !== null ? turnsOf.get(context) : undefined;
    if (turns === undefined) return resolve(source, args, context, info);
    if (turns.isDue(info.path.prev === undefined ? AS_MANY_AS_A_SEARCH : 1)) {
      const value = turns.next().then(() => resolve(source, args, context, info));
      return isList ? value.then((list) => itemByItem(list, turns)) : value;
    }
    const value: unknown = resolve(source, args, context, info);
    if (isPromise(value)) {
      turns.begun();
      return isList ? value.then((list) => itemByItem(list, turns)) : value;
    }
    return isList ? itemByItem(value, turns) : value;
  };
}

function itemByItem(list: unknown, turns: Turns): unknown {
  if (!Array.isArray(list) || list.length <= AT_ONCE) return list;
  return list.map((item: unknown) => {
    failsLater(item);
    return turns.next().then(() => item);
  });
}

/**
 * Executes an operation with graphql-js, in turns with other requests. Rejects with TIMED_OUT and CANCELLED; of other ends of
 * its work the result tells.
 */
export function executeInTurns(args: ExecutionArgs, work: Work): ExecutionResult | Promise<ExecutionResult> {
  const turns = new Turns(work);
  turnsOf.set(args.contextValue as object, turns); // as: every operation has a context of its own
  const result = execute(args);
  if (!isPromise(result)) return result;
  return turns.orEnd(result).catch(endOfWork);
}

/** The result of an operation whose work has ended. Throws what the whole request ends with. */
export function endOfWork(error: unknown): ExecutionResult {
  if (!(error instanceof RolegateError) || error.code === 'TIMED_OUT' || error.code === 'CANCELLED') throw error;
  return { errors: [new GraphQLError(error.message, { originalError: error })], data: null };
}
