import {
  type ExecutionResult,
  GraphQLError,
  type GraphQLField,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { GatewayContext } from './context.ts';
import type { ErrorCode } from './errors.ts';

/** Greatest number of separate errors for each place of a query, however many list entries it has. */
export const MAX_ERRORS_AT_ONE_PLACE = 100;

/** A place of a query: the names in a path of its answer, without positions in lists. */
type Place = string;

/** By the context of an operation: number of failures at each place. */
const failures = new WeakMap<object, Map<Place, number>>();

/** Counts a failure. True: it is reported at its path; false: it is only included in the count. */
function isTold(context: object, place: Place): boolean {
  const counts = failures.get(context) ?? new Map<Place, number>();
  failures.set(context, counts);
  const count = (counts.get(place) ?? 0) + 1;
  counts.set(place, count);
  return count <= MAX_ERRORS_AT_ONE_PLACE;
}

/**
 * Limits the errors of fields that fail alone: from the 101st failure at one place of the query on, the field is null
 * without its own error. An error costs a tenth of a millisecond, and ten thousand of them help nobody.
 */
export function boundErrors(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.resolve !== undefined) field.resolve = bounded(field, field.resolve);
    }
  }
}

type Resolver = NonNullable<GraphQLField<unknown, GatewayContext>['resolve']>;

function bounded({ type }: GraphQLField<unknown, GatewayContext>, resolve: Resolver): Resolver {
  const list = isNonNullType(type) ? type.ofType : type;
  const hasItemsThatFail = isListType(list) && !isNonNullType(list.ofType);
  const failsAlone = !isNonNullType(type);
  if (!failsAlone && !hasItemsThatFail) return resolve;
  const failed = (error: unknown, context: object, info: GraphQLResolveInfo): null => {
    if (!failsAlone || isTold(context, placeOf(info.path))) throw error;
    return null;
  };
  const resolved = (value: unknown, context: object, info: GraphQLResolveInfo): unknown =>
    hasItemsThatFail && Array.isArray(value) ? withoutMore(value, context, info) : value;
  return (parent, args, context, info) => {
    try {
      const value = resolve(parent, args, context, info);
      if (!isPromise(value)) return resolved(value, context, info);
      return value.then(
        (one) => resolved(one, context, info),
        (error) => failed(error, context, info),
      );
    } catch (error) {
      return failed(error, context, info);
    }
  };
}

/** graphql-js reports an error in place of an entry at that place. */
function withoutMore(items: readonly unknown[], context: object, info: GraphQLResolveInfo): readonly unknown[] {
  if (!items.some((item) => item instanceof Error)) return items;
  const place = placeOf(info.path);
  return items.map((item) => (item instanceof Error && !isTold(context, place) ? null : item));
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value;
}

function placeOf(path: GraphQLResolveInfo['path']): Place {
  const names: string[] = [];
  for (let at: GraphQLResolveInfo['path'] | undefined = path; at !== undefined; at = at.prev) {
    if (typeof at.key === 'string') names.unshift(at.key);
  }
  return names.join('.');
}

/** Reports, without a path, how many more failed at each place: entries that are null already, and fields beneath them. */
export function useMoreErrors(): Plugin {
  return {
    onExecute: ({ args }) => ({
      onExecuteDone: ({ result, setResult }) => {
        if ('errors' in result) setResult(withMoreErrors(result, args.contextValue));
      },
    }),
  };
}

/** The result of an operation, with how many more failed at each place. */
export function withMoreErrors(result: ExecutionResult, context: object): ExecutionResult {
  return result.errors === undefined ? result : { ...result, errors: summed(result.errors, context) };
}

function summed(errors: NonNullable<ExecutionResult['errors']>, context: object): readonly GraphQLError[] {
  const more = new Map<Place, number>();
  for (const [place, count] of failures.get(context) ?? []) {
    if (count > MAX_ERRORS_AT_ONE_PLACE) more.set(place, count - MAX_ERRORS_AT_ONE_PLACE);
  }
  const told = new Map<Place, number>();
  const kept = errors.filter(({ path }) => {
    if (path === undefined) return true;
    const place = path.filter((key) => typeof key === 'string').join('.');
    const count = (told.get(place) ?? 0) + 1;
    told.set(place, count);
    if (count > MAX_ERRORS_AT_ONE_PLACE) more.set(place, (more.get(place) ?? 0) + 1);
    return count <= MAX_ERRORS_AT_ONE_PLACE;
  });
  return [...kept, ...Array.from(more, ([place, count]) => moreErrors(place, count))];
}

function moreErrors(place: Place, count: number): GraphQLError {
  const code: ErrorCode = 'MORE_ERRORS';
  return new GraphQLError(`\`${place}\`: ${count} more could not be answered; they are null, too`, {
    extensions: { code, count },
  });
}
