import {
  type ASTNode,
  type ASTVisitor,
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  Kind,
  type ParseOptions,
  parse,
  type SelectionSetNode,
  type Source,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { checkDocumentSize } from './document-size.ts';

/** Tokens of a document. Values belong in variables, which do not count. */
export const MAX_TOKENS = 4000;
/** Levels of fields, with fragments expanded. Introspection has a separate limit in graphql-js. */
export const MAX_DEPTH = 12;
/** Changes of one list: they are one transaction, in which others who change the directory wait. */
export const MAX_CHANGES = 200;
/** Fields with an alias. To make many checks, use one field with a list instead of many fields. */
export const MAX_ALIASES = 200;

function tooComplex(message: string, limit: number, nodes?: ASTNode): GraphQLError {
  return new GraphQLError(message, { nodes: nodes ?? null, extensions: { code: 'QUERY_TOO_COMPLEX', limit } });
}

/** Whether a field asks for the schema. */
export function isIntrospection({ name }: FieldNode): boolean {
  return name.value === '__schema' || name.value === '__type';
}

/** Parses a document that takes no long time to validate, and throws GraphQLError for others. */
export function parseBounded(source: string | Source, options?: ParseOptions): DocumentNode {
  const document = parseCounted(source, options);
  checkDocumentSize(document);
  return document;
}

/** Parses and counts tokens: a document that is too long is refused before it takes up memory. */
export function parseCounted(source: string | Source, options?: ParseOptions): DocumentNode {
  try {
    return parse(source, { ...options, maxTokens: MAX_TOKENS });
  } catch (error) {
    if (!(error instanceof GraphQLError) || !error.message.includes(`more that ${MAX_TOKENS} tokens`)) throw error;
    throw tooComplex(`the document has more than ${MAX_TOKENS} tokens; pass values as variables`, MAX_TOKENS);
  }
}

/** A validation rule. It depends only on the document, so that its result can be cached with the document. */
export function MaxDepthRule(context: ValidationContext): ASTVisitor {
  const fragments = new Map<string, number>();
  const depthOfFragment = (name: string): number => {
    const known = fragments.get(name);
    if (known !== undefined) return known;
    // Another rule reports fragments that contain themselves.
    fragments.set(name, 0);
    const depth = depthOf(context.getFragment(name)?.selectionSet, depthOfFragment);
    fragments.set(name, depth);
    return depth;
  };
  return {
    OperationDefinition(operation) {
      const depth = depthOf(operation.selectionSet, depthOfFragment);
      if (depth <= MAX_DEPTH) return;
      const message = `the query is ${depth} levels deep; the limit is ${MAX_DEPTH}`;
      context.reportError(tooComplex(message, MAX_DEPTH, operation));
    },
  };
}

function depthOf(selections: SelectionSetNode | undefined, depthOfFragment: (name: string) => number): number {
  let deepest = 0;
  for (const selection of selections?.selections ?? []) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      deepest = Math.max(deepest, depthOfFragment(selection.name.value));
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      deepest = Math.max(deepest, depthOf(selection.selectionSet, depthOfFragment));
    } else if (!isIntrospection(selection)) {
      deepest = Math.max(deepest, 1 + depthOf(selection.selectionSet, depthOfFragment));
    }
  }
  return deepest;
}

/** Fields that describe the schema. Tools need one per document. They are expensive, and anybody may select them. */
export const MAX_INTROSPECTIONS = 2;

/** A validation rule that also depends only on the document: at most `limit` fields that are `counted`. */
function atMost(limit: number, counted: (field: FieldNode) => boolean, message: string): ValidationRule {
  return (context) => {
    let count = 0;
    return {
      Field(field) {
        if (!counted(field)) return;
        count += 1;
        if (count === limit + 1) context.reportError(tooComplex(message, limit, field));
      },
    };
  };
}

export const MaxIntrospectionsRule = atMost(
  MAX_INTROSPECTIONS,
  isIntrospection,
  `the document selects the schema more than ${MAX_INTROSPECTIONS} times`,
);

export const MaxAliasesRule = atMost(
  MAX_ALIASES,
  ({ alias }) => alias !== undefined,
  `the document has more than ${MAX_ALIASES} aliases; \`decisions\` takes many requests in one field`,
);

/** The rules for documents beside those of the specification. */
export const DOCUMENT_RULES: readonly ValidationRule[] = [MaxDepthRule, MaxAliasesRule, MaxIntrospectionsRule];

/**
 * The limits on documents. The cost of execution depends on variables and is checked then: see cost.ts.
 */
export function useDocumentLimits(): Plugin {
  return {
    onParse: ({ setParseFn }) => setParseFn(parseBounded),
    onValidate: ({ addValidationRule }) => {
      for (const rule of DOCUMENT_RULES) addValidationRule(rule);
    },
  };
}
