import { type ContextKey, type ContextReader, contextKey } from './context-key.ts';
import { ANY_ONE, ANY_RUN, type Piece, piecesOf } from './pattern.ts';

/** `${key}` or `${key, 'default'}` in a policy of version 2012-10-17. */
export interface Variable {
  readonly key: ContextKey;
  readonly fallback: string | null;
}

/** A parsed value of a policy: text, wildcards and policy variables in order. */
export type Template = readonly (Piece | Variable)[];

/** Whether `${…}` are variables in a document; `unknown`: its Version cannot be read. */
export type VariableReading = 'variables' | 'plain' | 'unknown';

export interface Reading {
  /** `${…}` are variables; false in documents of version 2008-10-17 and where AWS accepts none. */
  readonly variables: boolean;
  /** `*` and `?` are wildcards. */
  readonly wildcards: boolean;
}

/**
 * Reads a value. `${*}`, `${?}` and `${$}` are the characters themselves. A `${` that is never closed, or holds nothing,
 * is text. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function readTemplate(text: string, reading: Reading): Template {
  // Most values hold no variable: they are split at their wildcards, or stay whole.
  if (!reading.variables || !text.includes('${')) {
    if (reading.wildcards) return piecesOf(text);
    return text === '' ? [] : [text];
  }
  const pieces: (Piece | Variable)[] = [];
  let literal = '';
  const flush = (): void => {
    if (literal !== '') pieces.push(literal);
    literal = '';
  };
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i);
    const end = reading.variables && char === '$' && text.charAt(i + 1) === '{' ? text.indexOf('}', i + 2) : -1;
    const name = end > i + 2 ? text.slice(i + 2, end) : '';
    if (name !== '') {
      if (name === '*' || name === '?' || name === '$') {
        literal += name;
      } else {
        flush();
        pieces.push(readVariable(name));
      }
      i = end;
    } else if (reading.wildcards && (char === '*' || char === '?')) {
      flush();
      pieces.push(char === '*' ? ANY_RUN : ANY_ONE);
    } else {
      literal += char;
    }
  }
  flush();
  return pieces;
}

function readVariable(inside: string): Variable {
  const comma = inside.indexOf(',');
  if (comma < 0) return { key: contextKey(inside.trim()), fallback: null };
  const quoted = inside.slice(comma + 1).trim();
  const isQuoted = quoted.length >= 2 && quoted.startsWith("'") && quoted.endsWith("'");
  return { key: contextKey(inside.slice(0, comma).trim()), fallback: isQuoted ? quoted.slice(1, -1) : null };
}

export function isVariable(piece: Piece | Variable): piece is Variable {
  return typeof piece === 'object';
}

/** The pieces of a template without variables; null when it has some. */
export function fixedPieces(template: Template): readonly Piece[] | null {
  const pieces: Piece[] = [];
  for (const piece of template) {
    if (isVariable(piece)) return null;
    pieces.push(piece);
  }
  return pieces;
}

/**
 * The template with the request's values in place of its variables, as text: wildcards in a value are literal.
 * Null: a variable has no value and no default, or its key is multi-valued.
 */
export function resolveTemplate(template: Template, reader: ContextReader): readonly Piece[] | null {
  const pieces: Piece[] = [];
  for (const piece of template) {
    if (!isVariable(piece)) {
      pieces.push(piece);
      continue;
    }
    const value = reader.value(piece.key) ?? piece.fallback;
    if (typeof value !== 'string' || piece.key.multiValued) return null;
    pieces.push(value);
  }
  return pieces;
}

/** The keys that a template's variables read. */
export function templateKeys(template: Template): readonly ContextKey[] {
  return template.filter(isVariable).map((variable) => variable.key);
}
