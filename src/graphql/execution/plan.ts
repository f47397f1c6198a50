import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLAbstractType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  GraphQLString,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  typeFromAST,
} from 'graphql';
import { type CoerceVariables, compileVariables } from './coerce-variables.ts';
import { resolverOf } from './plain-resolvers.ts';
import { type ArgumentsOf, compileArguments } from './planned-arguments.ts';

/** What of an execution follows from a document alone: the fields of each object, their arguments, and the form of their values. */
export interface QueryPlan {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variables: CoerceVariables;
  readonly fields: readonly PlannedField[];
}

export interface PlannedField {
  /** Its name in the answer. */
  readonly key: string;
  /** Null: `__typename`. */
  readonly definition: GraphQLField<unknown, unknown> | null;
  readonly nodes: readonly [FieldNode];
  readonly parentType: GraphQLObjectType;
  readonly resolve: GraphQLFieldResolver<unknown, unknown>;
  readonly argumentsOf: ArgumentsOf;
  readonly form: ValueForm;
  /** The form, if it is that of a leaf, also of one that is never null. */
  readonly leaf: LeafForm | null;
}

export interface LeafForm {
  readonly kind: 'leaf';
  readonly type: GraphQLLeafType;
}

export interface ObjectForm {
  readonly kind: 'object';
  readonly type: GraphQLObjectType;
  readonly fields: readonly PlannedField[];
  /** Whether all its fields are leaves, as of most objects in long lists. */
  readonly isFlat: boolean;
}

/** The form of a field's value. */
export type ValueForm =
  | { readonly kind: 'nonNull'; readonly of: ValueForm }
  | { readonly kind: 'list'; readonly of: ValueForm }
  | LeafForm
  | ObjectForm
  | {
      readonly kind: 'abstract';
      readonly type: GraphQLAbstractType;
      /** By the name of the object type. */
      readonly objects: ReadonlyMap<string, ObjectForm>;
    };

/**
 * The plan of a valid document of one query; null: graphql-js has to execute it. Null for documents with directives, whose
 * fields depend on variables, with fields that are merged, and with fields that describe the schema.
 */
export function planQuery(schema: GraphQLSchema, document: DocumentNode): QueryPlan | null {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  let operation: OperationDefinitionNode | null = null;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
    else if (definition.kind === Kind.OPERATION_DEFINITION) operation = definition;
  }
  const root = schema.getQueryType();
  if (operation === null || root == null) return null;
  const variables = compileVariables(schema, operation);
  if (variables === null) return null;
  try {
    const fields = new Planner(schema, fragments).fieldsOf(root, operation.selectionSet);
    return { schema, operation, fragments, variables, fields };
  } catch (error) {
    if (error === UNPLANNED) return null;
    throw error;
  }
}

const UNPLANNED = new Error('unplanned');

function unplanned(): never {
  throw UNPLANNED;
}

class Planner {
  readonly #schema: GraphQLSchema;
  readonly #fragments: QueryPlan['fragments'];
  /** Once for each object type: a fragment that is spread in many places is planned once. */
  readonly #known = new Map<SelectionSetNode, Map<GraphQLObjectType, readonly PlannedField[]>>();

  constructor(schema: GraphQLSchema, fragments: QueryPlan['fragments']) {
    this.#schema = schema;
    this.#fragments = fragments;
  }

  /** Throws UNPLANNED. */
  fieldsOf(type: GraphQLObjectType, selections: SelectionSetNode): readonly PlannedField[] {
    const ofSelections = this.#known.get(selections) ?? new Map<GraphQLObjectType, readonly PlannedField[]>();
    this.#known.set(selections, ofSelections);
    const known = ofSelections.get(type);
    if (known !== undefined) return known;
    const nodes = new Map<string, FieldNode>();
    this.#collect(type, selections, nodes, new Set());
    const fields = Array.from(nodes, ([key, node]) => this.#field(key, node, type));
    ofSelections.set(type, fields);
    return fields;
  }

  #collect(
    type: GraphQLObjectType,
    { selections }: SelectionSetNode,
    nodes: Map<string, FieldNode>,
    spread: Set<string>,
  ): void {
    for (const selection of selections) {
      if (selection.directives !== undefined && selection.directives.length > 0) unplanned();
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value;
        // In the answer it would become the prototype.
        if (nodes.has(key) || key === '__proto__') unplanned();
        nodes.set(key, selection);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (this.#applies(selection.typeCondition, type)) this.#collect(type, selection.selectionSet, nodes, spread);
      } else if (!spread.has(selection.name.value)) {
        spread.add(selection.name.value);
        const fragment = this.#fragments[selection.name.value];
        if (fragment !== undefined && this.#applies(fragment.typeCondition, type)) {
          this.#collect(type, fragment.selectionSet, nodes, spread);
        }
      }
    }
  }

  #applies(condition: FragmentDefinitionNode['typeCondition'] | undefined, type: GraphQLObjectType): boolean {
    if (condition === undefined) return true;
    const named = typeFromAST(this.#schema, condition);
    return named === type || (isAbstractType(named) && this.#schema.isSubType(named, type));
  }

  #field(key: string, node: FieldNode, parentType: GraphQLObjectType): PlannedField {
    const name = node.name.value;
    const definition = name === '__typename' ? null : (parentType.getFields()[name] ?? unplanned());
    const form = definition === null ? NAME : this.#form(definition.type, node);
    return {
      key,
      definition,
      nodes: [node],
      parentType,
      resolve: definition === null ? noValue : resolverOf(definition),
      argumentsOf: definition === null ? noArguments : compileArguments(definition, node),
      form,
      leaf: leafOf(form),
    };
  }

  #form(type: GraphQLOutputType, node: FieldNode): ValueForm {
    if (isNonNullType(type)) return { kind: 'nonNull', of: this.#form(type.ofType, node) };
    if (isListType(type)) return { kind: 'list', of: this.#form(type.ofType, node) };
    if (isLeafType(type)) return { kind: 'leaf', type };
    if (isObjectType(type)) return this.#object(type, node);
    const types = this.#schema.getPossibleTypes(type);
    return { kind: 'abstract', type, objects: new Map(types.map((one) => [one.name, this.#object(one, node)])) };
  }

  #object(type: GraphQLObjectType, { selectionSet }: FieldNode): ObjectForm {
    const fields = selectionSet === undefined ? [] : this.fieldsOf(type, selectionSet);
    const isFlat =
      type.isTypeOf == null && fields.every(({ definition, leaf }) => definition === null || leaf !== null);
    return { kind: 'object', type, fields, isFlat };
  }
}

/** Null: it is none. */
export function leafOf(form: ValueForm): LeafForm | null {
  if (form.kind === 'nonNull') return leafOf(form.of);
  return form.kind === 'leaf' ? form : null;
}

const noArguments: ArgumentsOf = () => ({});
const noValue = (): undefined => undefined;
const NAME: ValueForm = { kind: 'leaf', type: GraphQLString };
