import { type ASTNode, type DocumentNode, type GraphQLError, Kind, type Source, visit } from 'graphql';
import { parseCounted } from './limits.ts';

/** The place of a faulty literal of a document. */
export interface LiteralPlace {
  /** Response names of the fields from the root down; null: the literal is in a fragment, which has no single path. */
  readonly path: readonly string[] | null;
  /** The argument, and the place in it: `requests[3].principal`. */
  readonly field: string;
}

/** graphql-js names what is missing, and points at the field or object that lacks it. */
const MISSING = / argument "(\w+)" of type .* is required/;
const MISSING_FIELD = /^Field "\w+\.(\w+)" of required type /;
/** Likewise what a field does not take. */
const UNKNOWN = /^Unknown argument "(\w+)"/;

/**
 * Where the literal stands that a validation error is about; null: the error is not about an argument's value. Errors of
 * validation have no path of their own: the document is read again up to their position.
 */
export function literalPlace(error: GraphQLError): LiteralPlace | null {
  const [node] = error.nodes ?? [];
  const at = node?.loc;
  if (node === undefined || at === undefined || error.source === undefined) return null;
  const found = ancestors(documentOf(error.source), at.start, at.end);
  const missing = MISSING.exec(error.message)?.[1] ?? MISSING_FIELD.exec(error.message)?.[1];
  const unknown = UNKNOWN.exec(error.message)?.[1];
  const field = [...placeIn(found), ...(missing === undefined ? [] : [missing])];
  const name =
    field.length === 0
      ? unknown
      : field.reduce((text, part) => (part.startsWith('[') ? text + part : `${text}.${part}`));
  return name === undefined ? null : { path: pathOf(found), field: name };
}

const documents = new WeakMap<Source, DocumentNode>();

/** A document can have a hundred errors. It may be one that is refused for its size. */
function documentOf(source: Source): DocumentNode {
  let document = documents.get(source);
  if (document === undefined) {
    document = parseCounted(source);
    documents.set(source, document);
  }
  return document;
}

/** The nodes that contain a position, from the outside in, each with its index if it is an item of a list literal. */
function ancestors(
  document: DocumentNode,
  start: number,
  end: number,
): readonly { node: ASTNode; index: number | null }[] {
  const found: { node: ASTNode; index: number | null }[] = [];
  visit(document, {
    enter(node, key, parent) {
      const { loc } = node;
      if (loc === undefined || loc.start > start || loc.end < end) return false;
      const isItem = Array.isArray(parent) && found.at(-1)?.node.kind === Kind.LIST;
      found.push({ node, index: isItem && typeof key === 'number' ? key : null });
      return undefined;
    },
  });
  return found;
}

function placeIn(found: ReturnType<typeof ancestors>): readonly string[] {
  const parts: string[] = [];
  for (const { node, index } of found) {
    if (index !== null) parts.push(`[${index}]`);
    if (node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD) parts.push(node.name.value);
    // An argument of a directive, or the default of a variable, belongs to no field.
    if (node.kind === Kind.DIRECTIVE || node.kind === Kind.VARIABLE_DEFINITION) return [];
  }
  return parts;
}

function pathOf(found: ReturnType<typeof ancestors>): readonly string[] | null {
  if (found.some(({ node }) => node.kind === Kind.FRAGMENT_DEFINITION)) return null;
  return found.flatMap(({ node }) => (node.kind === Kind.FIELD ? [(node.alias ?? node.name).value] : []));
}
