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

/** Words and signs of a document. Values belong into variables, which do not count. */
export const MAX_TOKENS = 4000;
/** Levels of fields, fragments unfolded. Introspection has a limit of graphql-js's own. */
export const MAX_DEPTH = 12;
/** Fields with an alias. Many checks are one field with a list, not many fields. */
export const MAX_ALIASES = 200;

function tooComplex(message: string, limit: number, nodes?: ASTNode): GraphQLError {
  return new GraphQLError(message, { nodes: nodes ?? null, extensions: { code: 'QUERY_TOO_COMPLEX', limit } });
}

function isIntrospection({ name }: FieldNode): boolean {
  return name.value === '__schema' || name.value === '__type';
}

/** Parses while counting: a document that is too long is refused before it takes up memory. */
export function parseBounded(source: string | Source, options?: ParseOptions): DocumentNode {
  try {
    return parse(source, { ...options, maxTokens: MAX_TOKENS });
  } catch (error) {
    if (!(error instanceof GraphQLError) || !error.message.includes(`more that ${MAX_TOKENS} tokens`)) throw error;
    throw tooComplex(`the document holds more than ${MAX_TOKENS} tokens; give values as variables`, MAX_TOKENS);
  }
}

/** A validation rule. It looks at the document alone, so that its verdict may be kept with it. */
export function MaxDepthRule(context: ValidationContext): ASTVisitor {
  const fragments = new Map<string, number>();
  const depthOfFragment = (name: string): number => {
    const known = fragments.get(name);
    if (known !== undefined) return known;
    // Fragments that contain themselves are another rule's fault to report.
    fragments.set(name, 0);
    const depth = depthOf(context.getFragment(name)?.selectionSet, depthOfFragment);
    fragments.set(name, depth);
    return depth;
  };
  return {
    OperationDefinition(operation) {
      const depth = depthOf(operation.selectionSet, depthOfFragment);
      if (depth <= MAX_DEPTH) return;
      const message = `the query is ${depth} levels deep; at most ${MAX_DEPTH} are answered`;
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

/** Fields that describe the schema: what tools ask has one. They cost much, and anybody may ask them. */
export const MAX_INTROSPECTIONS = 2;

/** A validation rule, of the document alone as well: at most `limit` fields that are `counted`. */
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
  `the document asks for the schema more than ${MAX_INTROSPECTIONS} times`,
);

export const MaxAliasesRule = atMost(
  MAX_ALIASES,
  ({ alias }) => alias !== undefined,
  `the document holds more than ${MAX_ALIASES} aliases; \`decisions\` takes many requests in one field`,
);

/**
 * The limits of what a document may be. What its execution may cost depends on variables and is checked there: see
 * cost.ts.
 */
export function useDocumentLimits(): Plugin {
  return {
    onParse: ({ setParseFn }) => setParseFn(parseBounded),
    onValidate: ({ addValidationRule }) => {
      addValidationRule(MaxDepthRule);
      addValidationRule(MaxAliasesRule);
      addValidationRule(MaxIntrospectionsRule);
    },
  };
}
