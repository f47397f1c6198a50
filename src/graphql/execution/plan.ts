import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLAbstractType,
  type GraphQLField,
  type GraphQLFieldResolver,
  GraphQLIncludeDirective,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  GraphQLString,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  typeFromAST,
  visit,
} from 'graphql';
import { type CoerceVariables, compileVariables } from './coerce-variables.ts';
import { resolverOf } from './plain-resolvers.ts';
import { type ArgumentsOf, compileArguments } from './planned-arguments.ts';
import type { IsShared } from './repeated.ts';

/** What of an execution follows from a document alone: the fields of each object, their arguments, and the form of their values. */
export interface QueryPlan {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variables: CoerceVariables;
  /** The fields of the operation itself. Null: graphql-js has to execute it with these variables. */
  readonly fieldsFor: (variables: Variables) => readonly PlannedField[] | null;
}

/** After coercion. */
type Variables = Readonly<Record<string, unknown>>;

export interface PlannedField {
  /** Its name in the answer. */
  readonly key: string;
  /** Null: `__typename`. */
  readonly definition: GraphQLField<unknown, unknown> | null;
  /** Several, if the document names it several times: they are merged. */
  readonly nodes: Nodes;
  readonly parentType: GraphQLObjectType;
  readonly resolve: GraphQLFieldResolver<unknown, unknown>;
  readonly argumentsOf: ArgumentsOf;
  readonly form: ValueForm;
  /** The form, if it is that of a leaf, also of one that is never null. */
  readonly leaf: LeafForm | null;
}

type MakeReadAhead = (definitions: readonly PlannedField['definition'][]) => ObjectForm['readAhead'];

type Nodes = readonly [FieldNode, ...FieldNode[]];

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
  /** Reads what the fields need, for several such objects together; what it returns is waited for. Null: nothing is to be read. */
  readonly readAhead: ((values: readonly unknown[], context: unknown) => Promise<void> | null) | null;
  /** Null: no item is shared. */
  readonly isShared: IsShared | null;
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
 * The plan of a valid document of one query; null: graphql-js has to execute it. Null for documents with fields that describe the
 * schema, with directives that are not @skip and @include, and with more than MOST_FIELDS fields.
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
  const { selectionSet } = operation;
  const switches = switchesOf(document);
  const plan = (on: ReadonlySet<string>) => {
    try {
      return new Planner(schema, fragments, on).fieldsOf(root, [selectionSet]);
    } catch (error) {
      if (error === UNPLANNED) return null;
      throw error;
    }
  };
  if (switches === null) return null;
  const fieldsFor = fieldsBySwitches(switches, plan);
  return fieldsFor === null ? null : { schema, operation, fragments, variables, fieldsFor };
}

/** Fields of one plan. A document can name its fragments, and merge its fields, in ways that multiply. */
const MOST_FIELDS = 5_000;
/** Variables of directives: there is a plan for each combination of their values. */
const MOST_SWITCHES = 4;
/** Of these, that are kept. */
const MOST_PLANS = 4;

/** Names of the variables on which fields depend; null: too many, or something else depends on more. */
function switchesOf(document: DocumentNode): readonly string[] | null {
  const names = new Set<string>();
  let isPlannable = true;
  visit(document, {
    Directive(node) {
      const given = node.arguments?.[0]?.value;
      if (!SWITCHES.has(node.name.value) || given === undefined) isPlannable = false;
      else if (given.kind === Kind.VARIABLE) names.add(given.name.value);
    },
  });
  return isPlannable && names.size <= MOST_SWITCHES ? [...names] : null;
}

const SWITCHES: ReadonlySet<string> = new Set([GraphQLSkipDirective.name, GraphQLIncludeDirective.name]);

/** Each plan is made when it is first needed. Null: there is none. */
function fieldsBySwitches(
  names: readonly string[],
  plan: (on: ReadonlySet<string>) => readonly PlannedField[] | null,
): QueryPlan['fieldsFor'] | null {
  if (names.length === 0) {
    const fields = plan(new Set());
    return fields === null ? null : () => fields;
  }
  const known = new Map<number, readonly PlannedField[] | null>();
  return (variables) => {
    let values = 0;
    for (const [place, name] of names.entries()) {
      const value = variables[name];
      // graphql-js says what is wrong.
      if (typeof value !== 'boolean') return null;
      if (value) values |= 1 << place;
    }
    const before = known.get(values);
    if (before !== undefined) return before;
    const made = plan(new Set(names.filter((_, place) => (values & (1 << place)) !== 0)));
    if (known.size >= MOST_PLANS) known.clear();
    known.set(values, made);
    return made;
  };
}

const UNPLANNED = new Error('unplanned');

function unplanned(): never {
  throw UNPLANNED;
}

class Planner {
  readonly #schema: GraphQLSchema;
  readonly #fragments: QueryPlan['fragments'];
  /** The variables that are true. */
  readonly #on: ReadonlySet<string>;
  /** Once for each object type: a fragment that is spread in many places is planned once. */
  readonly #known = new Map<string, Map<GraphQLObjectType, readonly PlannedField[]>>();
  readonly #numbers = new Map<SelectionSetNode, number>();
  #count = 0;

  constructor(schema: GraphQLSchema, fragments: QueryPlan['fragments'], on: ReadonlySet<string>) {
    this.#schema = schema;
    this.#fragments = fragments;
    this.#on = on;
  }

  /** The fields of an object, from the selections of all that are merged. Throws UNPLANNED. */
  fieldsOf(type: GraphQLObjectType, selections: readonly SelectionSetNode[]): readonly PlannedField[] {
    const key = selections.map((one) => this.#numberOf(one)).join(' ');
    const ofSelections = this.#known.get(key) ?? new Map<GraphQLObjectType, readonly PlannedField[]>();
    this.#known.set(key, ofSelections);
    const known = ofSelections.get(type);
    if (known !== undefined) return known;
    const nodes = new Map<string, [FieldNode, ...FieldNode[]]>();
    const spread = new Set<string>();
    for (const one of selections) this.#collect(type, one, nodes, spread);
    this.#count += nodes.size;
    if (this.#count > MOST_FIELDS) unplanned();
    const fields = Array.from(nodes, ([name, merged]) => this.#field(name, merged, type));
    ofSelections.set(type, fields);
    return fields;
  }

  #numberOf(selections: SelectionSetNode): number {
    const known = this.#numbers.get(selections) ?? this.#numbers.size;
    this.#numbers.set(selections, known);
    return known;
  }

  #collect(
    type: GraphQLObjectType,
    { selections }: SelectionSetNode,
    nodes: Map<string, [FieldNode, ...FieldNode[]]>,
    spread: Set<string>,
  ): void {
    for (const selection of selections) {
      if (!this.#isIncluded(selection)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value;
        // In the answer it would become the prototype.
        if (key === '__proto__') unplanned();
        const before = nodes.get(key);
        if (before === undefined) nodes.set(key, [selection]);
        else before.push(selection);
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

  #isIncluded({ directives = [] }: SelectionNode): boolean {
    return directives.every(({ name, arguments: given }) => {
      const value = given?.[0]?.value;
      const holds =
        value?.kind === Kind.VARIABLE ? this.#on.has(value.name.value) : value?.kind === Kind.BOOLEAN && value.value;
      return holds === (name.value === GraphQLIncludeDirective.name);
    });
  }

  #applies(condition: FragmentDefinitionNode['typeCondition'] | undefined, type: GraphQLObjectType): boolean {
    if (condition === undefined) return true;
    const named = typeFromAST(this.#schema, condition);
    return named === type || (isAbstractType(named) && this.#schema.isSubType(named, type));
  }

  #field(key: string, nodes: Nodes, parentType: GraphQLObjectType): PlannedField {
    // Those that are merged have the same name and arguments.
    const [node] = nodes;
    const name = node.name.value;
    const definition = name === '__typename' ? null : (parentType.getFields()[name] ?? unplanned());
    const form = definition === null ? NAME : this.#form(definition.type, nodes);
    return {
      key,
      definition,
      nodes,
      parentType,
      resolve: definition === null ? noValue : resolverOf(definition),
      argumentsOf: definition === null ? noArguments : compileArguments(definition, node),
      form,
      leaf: leafOf(form),
    };
  }

  #form(type: GraphQLOutputType, nodes: Nodes): ValueForm {
    if (isNonNullType(type)) return { kind: 'nonNull', of: this.#form(type.ofType, nodes) };
    if (isListType(type)) return { kind: 'list', of: this.#form(type.ofType, nodes) };
    if (isLeafType(type)) return { kind: 'leaf', type };
    if (isObjectType(type)) return this.#object(type, nodes);
    const types = this.#schema.getPossibleTypes(type);
    return { kind: 'abstract', type, objects: new Map(types.map((one) => [one.name, this.#object(one, nodes)])) };
  }

  #object(type: GraphQLObjectType, nodes: Nodes): ObjectForm {
    const selections = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    const fields = this.fieldsOf(type, selections);
    const isFlat =
      type.isTypeOf == null && fields.every(({ definition, leaf }) => definition === null || leaf !== null);
    // as: see rows-ahead.ts and repeated.ts
    const { readAhead, isShared = null } = type.extensions as {
      readonly readAhead?: MakeReadAhead;
      readonly isShared?: IsShared;
    };
    return {
      kind: 'object',
      type,
      fields,
      isFlat,
      readAhead: readAhead?.(fields.map(({ definition }) => definition)) ?? null,
      isShared,
    };
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
