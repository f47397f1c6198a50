import {
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  specifiedRules,
  validate,
} from 'graphql';
import { DOCUMENT_RULES, isIntrospection, parseBounded } from '../graphql/limits.ts';

/** A valid document of one query that does not ask for the schema; null: it is something else. */
export function validQuery(schema: GraphQLSchema, text: string): DocumentNode | null {
  let document: DocumentNode;
  try {
    document = parseBounded(text);
  } catch {
    return null;
  }
  const operations = operationsOf(document);
  const [operation] = operations;
  if (operations.length !== 1 || operation?.operation !== OperationTypeNode.QUERY) return null;
  const selected = operation.selectionSet.selections;
  if (selected.some((selection) => selection.kind === Kind.FIELD && isIntrospection(selection))) return null;
  return validate(schema, document, RULES, { maxErrors: 1 }).length === 0 ? document : null;
}

const RULES = [...specifiedRules, ...DOCUMENT_RULES];

export function operationsOf({ definitions }: DocumentNode): readonly OperationDefinitionNode[] {
  return definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
}
