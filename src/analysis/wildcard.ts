import { ANY_ONE, ANY_RUN, type Piece } from '../policy/pattern.ts';
import { isVariable, type Template, type Variable } from '../policy/variable.ts';

/**
 * One place of a pattern: the code of a character, a wildcard, or a policy variable as written. Patterns are compared
 * place by place, so that a result about two of them holds for every text that they could match.
 */
export type Token = number | string;

/** `*` */
export const RUN = -1;
/** `?` */
export const ONE = -2;

/** The places of a pattern. `fold`: it compares without case. */
export function tokensOf(template: Template, fold: boolean): readonly Token[] {
  const tokens: Token[] = [];
  for (const piece of template) {
    if (piece === ANY_RUN) {
      // Neighbouring stars are one star.
      if (tokens.at(-1) !== RUN) tokens.push(RUN);
    } else if (piece === ANY_ONE) tokens.push(ONE);
    else if (isVariable(piece)) tokens.push(variableText(piece));
    else for (let i = 0; i < piece.length; i += 1) tokens.push((fold ? piece.toLowerCase() : piece).charCodeAt(i));
  }
  return tokens;
}

/** The pattern in the form of a policy of version 2012-10-17. */
export function patternText(tokens: readonly Token[]): string {
  let text = '';
  for (const [i, token] of tokens.entries()) {
    if (typeof token === 'string') text += token;
    else if (token === RUN) text += '*';
    else if (token === ONE) text += '?';
    else text += escaped(String.fromCharCode(token), tokens[i + 1] === OPENING, true);
  }
  return text;
}

const OPENING = 123;
const ESCAPED_DOLLAR = `$\{$}`;

function escaped(char: string, beforeBrace: boolean, wildcards: boolean): string {
  if (wildcards && (char === '*' || char === '?')) return `\${${char}}`;
  return char === '$' && beforeBrace ? ESCAPED_DOLLAR : char;
}

/** Text, wildcards and variables in the form of a policy of version 2012-10-17. `wildcards`: `*` and `?` have a meaning. */
export function templateText(template: Template, wildcards: boolean): string {
  const joined: (Piece | Variable)[] = [];
  for (const piece of template) {
    const last = joined.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') joined[joined.length - 1] = last + piece;
    else joined.push(piece);
  }
  return joined.map((piece) => pieceText(piece, wildcards)).join('');
}

function pieceText(piece: Piece | Variable, wildcards: boolean): string {
  if (piece === ANY_RUN) return '*';
  if (piece === ANY_ONE) return '?';
  if (isVariable(piece)) return variableText(piece);
  let text = '';
  for (let i = 0; i < piece.length; i += 1) text += escaped(piece.charAt(i), piece.charAt(i + 1) === '{', wildcards);
  return text;
}

function variableText({ key, fallback }: Variable): string {
  return fallback === null ? `\${${key.written}}` : `\${${key.written}, '${fallback}'}`;
}

/** Steps after which two patterns are not compared any further: beyond those of the longest ARNs that AWS has. */
const MOST_STEPS = 4_000_000;

/** Whether `wide` matches every text that `narrow` matches. False does not prove the opposite. */
export function covers(wide: readonly Token[], narrow: readonly Token[]): boolean {
  let steps = 0;
  let w = 0;
  let n = 0;
  let star = -1;
  let resume = 0;
  // Matching backtracks only to the last star; the places of `narrow` are the characters.
  while (n < narrow.length) {
    steps += 1;
    if (steps > MOST_STEPS) return false;
    const token = wide[w];
    if (token === RUN) {
      star = w;
      resume = n;
      w += 1;
    } else if (token !== undefined && coversOne(token, narrow[n] ?? RUN)) {
      w += 1;
      n += 1;
    } else if (star >= 0) {
      resume += 1;
      n = resume;
      w = star + 1;
    } else {
      return false;
    }
  }
  while (wide[w] === RUN) w += 1;
  return w === wide.length;
}

function coversOne(wide: Token, narrow: Token): boolean {
  if (wide === ONE) return typeof narrow === 'number' && narrow !== RUN;
  return wide === narrow;
}

/** Whether some text could match both. True is not a proof: a policy variable may have any value. */
export function overlap(a: readonly Token[], b: readonly Token[]): boolean {
  if (a.length * b.length > MOST_STEPS) return true;
  // reachable[j]: the places of `a` read so far can match together with the first j of `b`.
  let reachable = new Uint8Array(b.length + 1);
  reachable[0] = 1;
  for (let j = 0; j < b.length && isRun(b[j]); j += 1) reachable[j + 1] = 1;
  for (const token of a) {
    const next = new Uint8Array(b.length + 1);
    let any = 0;
    for (let j = 0; j <= b.length; j += 1) {
      const fits = isRun(token) ? overlapRun(reachable, next, b, j) : overlapOne(reachable, next, b, j, token);
      if (fits) {
        next[j] = 1;
        any = 1;
      }
    }
    if (any === 0) return false;
    reachable = next;
  }
  return reachable[b.length] === 1;
}

type Row = Uint8Array<ArrayBuffer>;

function overlapRun(before: Row, row: Row, b: readonly Token[], j: number): boolean {
  // The run matches nothing, or one more place of `b`.
  return before[j] === 1 || (j > 0 && (row[j - 1] === 1 || (isRun(b[j - 1]) && before[j - 1] === 1)));
}

function overlapOne(before: Row, row: Row, b: readonly Token[], j: number, token: Token): boolean {
  if (j === 0) return false;
  const other = b[j - 1];
  // A run of `b` matches nothing, or this place of `a`.
  if (isRun(other)) return row[j - 1] === 1 || before[j] === 1 || before[j - 1] === 1;
  return before[j - 1] === 1 && (token === other || token === ONE || other === ONE);
}

function isRun(token: Token | undefined): boolean {
  return token === RUN || typeof token === 'string';
}

/** Greatest number of patterns in one intersection. */
const MAX_PATTERNS = 32;
/** Pairs of places of two patterns, and comparisons, after which their intersection is given up. */
const MAX_PLACES = 250_000;
const MAX_COMPARED = 200_000;

/**
 * Patterns that together match exactly the texts that both match; null: there are more than 32, they take too long to find, or
 * policy variables prevent it. `ab*` and `*bc` have two: `ab*bc` and `abc`.
 */
export function intersectPatterns(a: readonly Token[], b: readonly Token[]): readonly (readonly Token[])[] | null {
  if (covers(a, b)) return [b];
  if (covers(b, a)) return [a];
  if (!overlap(a, b)) return [];
  if (a.some(isVariableToken) || b.some(isVariableToken)) return null;
  return a.length * b.length > MAX_PLACES ? null : new Intersection(a, b).patterns();
}

function isVariableToken(token: Token): boolean {
  return typeof token === 'string';
}

class TooMany extends Error {}

class Intersection {
  readonly #a: readonly Token[];
  readonly #b: readonly Token[];
  readonly #known = new Map<number, readonly (readonly Token[])[]>();
  #compared = 0;

  constructor(a: readonly Token[], b: readonly Token[]) {
    this.#a = a;
    this.#b = b;
  }

  patterns(): readonly (readonly Token[])[] | null {
    try {
      return this.#from(0, 0);
    } catch (error) {
      if (error instanceof TooMany) return null;
      throw error;
    }
  }

  /** The intersection of the remainders of both from places i and j. */
  #from(i: number, j: number): readonly (readonly Token[])[] {
    const key = i * (this.#b.length + 1) + j;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const all = this.#compute(i, j);
    this.#compared += all.length * all.length;
    if (this.#compared > MAX_COMPARED) throw new TooMany();
    const found = distinct(all);
    if (found.length > MAX_PATTERNS) throw new TooMany();
    this.#known.set(key, found);
    return found;
  }

  #compute(i: number, j: number): readonly (readonly Token[])[] {
    const a = this.#a[i];
    const b = this.#b[j];
    if (a === undefined && b === undefined) return [[]];
    if (a === RUN && b === RUN) return prefixed(RUN, [...this.#from(i + 1, j), ...this.#from(i, j + 1)]);
    if (a === RUN) return [...this.#from(i + 1, j), ...(b === undefined ? [] : prefixed(b, this.#from(i, j + 1)))];
    if (b === RUN) return [...this.#from(i, j + 1), ...(a === undefined ? [] : prefixed(a, this.#from(i + 1, j)))];
    if (a === undefined || b === undefined) return [];
    if (a !== b && a !== ONE && b !== ONE) return [];
    return prefixed(a === ONE ? b : a, this.#from(i + 1, j + 1));
  }
}

function prefixed(token: Token, patterns: readonly (readonly Token[])[]): readonly (readonly Token[])[] {
  return patterns.map((pattern) => (token === RUN && pattern[0] === RUN ? pattern : [token, ...pattern]));
}

/** Removes patterns that another one covers. */
function distinct(patterns: readonly (readonly Token[])[]): readonly (readonly Token[])[] {
  const kept: (readonly Token[])[] = [];
  for (const pattern of patterns) {
    if (kept.some((other) => covers(other, pattern))) continue;
    for (let i = kept.length - 1; i >= 0; i -= 1) if (covers(pattern, kept[i] ?? [])) kept.splice(i, 1);
    kept.push(pattern);
  }
  return kept;
}
