import { defaultFieldResolver, type GraphQLField, type GraphQLFieldResolver } from 'graphql';

export type Resolver = GraphQLFieldResolver<unknown, unknown>;

/** What fields do by themselves, where a resolver that takes turns stands in its place. */
const plain = new WeakMap<GraphQLField<unknown, unknown>, Resolver>();

/** What answers a field, without regard to turns: the planned execution sees to them itself. */
export function resolverOf(field: GraphQLField<unknown, unknown>): Resolver {
  return plain.get(field) ?? field.resolve ?? defaultFieldResolver;
}

/** The field's resolver is replaced after this. */
export function keepResolver(field: GraphQLField<unknown, unknown>, resolve: Resolver): void {
  plain.set(field, resolve);
}
