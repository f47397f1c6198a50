import { Glob } from '../pattern.ts';
import { fixedPieces, readTemplate, resolveTemplate } from '../variable.ts';
import { type Comparison, equalsAny, MATCH, NO_MATCH } from './comparison.ts';

/** StringEquals and, with `fold`, StringEqualsIgnoreCase: `*` is an ordinary character. */
export function stringEquals(values: readonly string[], variables: boolean, fold: boolean): Comparison {
  const templates = values.map((value) => readTemplate(value, { variables, wildcards: false }));
  const fixed: string[] = [];
  const open = templates.filter((template) => {
    const pieces = fixedPieces(template);
    if (pieces !== null) fixed.push(fold ? pieces.join('').toLowerCase() : pieces.join(''));
    return pieces === null;
  });
  const isFixed = equalsAny(fixed);
  return (given, reader) => {
    const value = fold ? given.toLowerCase() : given;
    if (isFixed(value)) return MATCH;
    for (const template of open) {
      const pieces = resolveTemplate(template, reader);
      if (pieces === null) continue;
      const text = pieces.join('');
      if ((fold ? text.toLowerCase() : text) === value) return MATCH;
    }
    return NO_MATCH;
  };
}

/** StringLike: `*` and `?` are wildcards, compared with case. */
export function stringLike(values: readonly string[], variables: boolean): Comparison {
  const templates = values.map((value) => readTemplate(value, { variables, wildcards: true }));
  const globs: Glob[] = [];
  const open = templates.filter((template) => {
    const pieces = fixedPieces(template);
    if (pieces !== null) globs.push(new Glob(pieces));
    return pieces === null;
  });
  return (given, reader) => {
    for (const glob of globs) if (glob.matches(given)) return MATCH;
    for (const template of open) {
      const pieces = resolveTemplate(template, reader);
      if (pieces !== null && new Glob(pieces).matches(given)) return MATCH;
    }
    return NO_MATCH;
  };
}
