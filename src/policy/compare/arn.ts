import { splitArn } from '../arn.ts';
import { arnFault } from '../arn-fault.ts';
import { ANY_ONE, ANY_RUN, Glob, type Piece, piecesOf } from '../pattern.ts';
import { fixedPieces, readTemplate, resolveTemplate } from '../variable.ts';
import { type Comparison, MATCH, NO_MATCH, WRONG_TYPE } from './comparison.ts';

const PARTS = 6;

/**
 * ArnEquals and ArnLike, which are the same: the six parts are compared one by one, each as a pattern with case; the
 * sixth keeps its colons. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function arnLike(values: readonly string[], variables: boolean): Comparison {
  const fixed: ArnGlob[] = [];
  const open = values
    .map((value) => readTemplate(value, { variables, wildcards: true }))
    .filter((template) => {
      const pieces = fixedPieces(template);
      if (pieces !== null) fixed.push(arnGlob(pieces));
      return pieces === null;
    });
  const allFixedAreArns = fixed.every((pattern) => pattern !== null);
  return (text, reader) => {
    const given = splitArn(text);
    if (given.length < PARTS) return WRONG_TYPE;
    for (const pattern of fixed) if (arnMatches(pattern, given)) return MATCH;
    let allAreArns = allFixedAreArns;
    for (const template of open) {
      const pieces = resolveTemplate(template, reader);
      if (pieces === null) continue;
      const pattern = arnGlob(pieces);
      if (arnMatches(pattern, given)) return MATCH;
      if (pattern === null) allAreArns = false;
    }
    return allAreArns ? NO_MATCH : WRONG_TYPE;
  };
}

/** Whether a value of a policy can match some ARN: six parts of the right form, or nothing but stars. */
export function isArnPattern(value: string): boolean {
  return arnGlob(piecesOf(value)) !== null && (/^\*+$/.test(value) || arnFault(value) === null);
}

/** Null: fewer than six parts, which no ARN matches. */
type ArnGlob = readonly Glob[] | null;

/** A bare `*` is any ARN. Colons that come out of a policy variable part the ARN as written ones do. */
function arnGlob(pieces: readonly Piece[]): ArnGlob {
  if (pieces.length > 0 && pieces.every((piece) => piece === ANY_RUN)) return [];
  const parts: Piece[][] = [[]];
  for (const piece of pieces) {
    if (piece === ANY_RUN || piece === ANY_ONE) {
      parts[parts.length - 1]?.push(piece);
      continue;
    }
    let from = 0;
    while (parts.length < PARTS) {
      const colon = piece.indexOf(':', from);
      if (colon < 0) break;
      parts[parts.length - 1]?.push(piece.slice(from, colon));
      parts.push([]);
      from = colon + 1;
    }
    parts[parts.length - 1]?.push(piece.slice(from));
  }
  return parts.length < PARTS ? null : parts.map((part) => new Glob(part));
}

function arnMatches(pattern: ArnGlob, given: readonly string[]): boolean {
  if (pattern === null) return false;
  for (let i = 0; i < pattern.length; i += 1) {
    if (pattern[i]?.matches(given[i] ?? '') !== true) return false;
  }
  return true;
}
