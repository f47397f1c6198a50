import type { GraphQLField, GraphQLResolveInfo } from 'graphql';
import type { PlannedField, QueryPlan } from './plan.ts';

type Path = GraphQLResolveInfo['path'];

/** Where an object is, if its path was not made yet. */
interface UnmadePath {
  readonly path: Path;
}

/**
 * What graphql-js tells a resolver of its place. Nearly all resolvers read none of it, so it is put together when it is read: for a long
 * list that is the larger part of what its execution leaves behind.
 */
export class PlannedInfo implements GraphQLResolveInfo {
  declare readonly variableValues: GraphQLResolveInfo['variableValues'];
  declare private readonly plan: QueryPlan;
  declare private readonly field: PlannedField;
  declare private readonly definition: GraphQLField<unknown, unknown>;
  declare private readonly above: Path | UnmadePath | undefined;
  declare private known: Path | null;

  /** `above`: the place of the object that has the field. */
  constructor(
    plan: QueryPlan,
    field: PlannedField,
    definition: GraphQLField<unknown, unknown>,
    variables: GraphQLResolveInfo['variableValues'],
    above: Path | UnmadePath | undefined,
  ) {
    this.variableValues = variables;
    this.plan = plan;
    this.field = field;
    this.definition = definition;
    this.above = above;
    this.known = null;
  }

  /** One object for each place: places that are null already are known by it. */
  get path(): Path {
    const { above } = this;
    const prev = above !== undefined && 'path' in above ? above.path : above;
    this.known ??= { prev, key: this.field.key, typename: this.field.parentType.name };
    return this.known;
  }

  /** From now on it tells of another object. */
  isMoved(): void {
    this.known = null;
  }

  get fieldName(): string {
    return this.definition.name;
  }

  get fieldNodes(): GraphQLResolveInfo['fieldNodes'] {
    return this.field.nodes;
  }

  get returnType(): GraphQLResolveInfo['returnType'] {
    return this.definition.type;
  }

  get parentType(): GraphQLResolveInfo['parentType'] {
    return this.field.parentType;
  }

  get schema(): GraphQLResolveInfo['schema'] {
    return this.plan.schema;
  }

  get fragments(): GraphQLResolveInfo['fragments'] {
    return this.plan.fragments;
  }

  get operation(): GraphQLResolveInfo['operation'] {
    return this.plan.operation;
  }

  get rootValue(): undefined {
    return undefined;
  }
}
