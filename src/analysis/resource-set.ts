import { splitArn } from '../policy/arn.ts';
import { ONE_STEP, type Steps } from '../policy/steps.ts';
import { readTemplate, type Template } from '../policy/variable.ts';
import { covers, intersectPatterns, overlap, patternText, type Token, templateText, tokensOf } from './wildcard.ts';

/** The set of resources that one pattern of a policy's Resource matches. */
export interface ResourceGlob {
  /** In the form of a policy of version 2012-10-17: `*`, or an ARN of six parts. */
  readonly text: string;
  /** The parts, those before the resource in lower case; null: everything, including requests without a resource. */
  readonly parts: readonly (readonly Token[])[] | null;
}

const PARTS = 6;
const LAST = PARTS - 1;

export const EVERYTHING: ResourceGlob = { text: '*', parts: null };

/** The glob of a text: `*`, or an ARN of six parts in which policy variables and wildcards have their meaning. */
export function resourceGlob(text: string): ResourceGlob {
  if (/^\*+$/.test(text)) return EVERYTHING;
  const parts = splitArn(text);
  const rest = readTemplate(parts[LAST] ?? '', { variables: true, wildcards: true });
  return globOfParts(parts.slice(0, LAST), rest);
}

/** The glob of the five parts before the resource, and of the resource itself. */
export function globOfParts(heads: readonly string[], rest: Template): ResourceGlob {
  const tokens = heads.map((head) => tokensOf(readTemplate(head, HEAD), true));
  const text = `${heads.join(':')}:${templateText(rest, true)}`;
  return { text, parts: [...tokens, tokensOf(rest, false)] };
}

const HEAD = { variables: false, wildcards: true };

export function globCovers(wide: ResourceGlob, narrow: ResourceGlob): boolean {
  if (wide.parts === null || wide.text === narrow.text) return true;
  if (narrow.parts === null) return false;
  const parts = narrow.parts;
  return wide.parts.every((part, i) => covers(part, parts[i] ?? []));
}

/** False: no resource is in both. */
export function globsOverlap(a: ResourceGlob, b: ResourceGlob): boolean {
  if (a.parts === null || b.parts === null) return true;
  const parts = b.parts;
  return a.parts.every((part, i) => overlap(part, parts[i] ?? []));
}

/** Globs that together match exactly the intersection; null: it takes too many of them. */
export function intersectGlobs(a: ResourceGlob, b: ResourceGlob): readonly ResourceGlob[] | null {
  if (globCovers(a, b)) return [b];
  if (globCovers(b, a)) return [a];
  if (a.parts === null || b.parts === null || !globsOverlap(a, b)) return [];
  let found: (readonly (readonly Token[])[])[] = [[]];
  for (let i = 0; i < PARTS; i += 1) {
    const both = intersectPatterns(a.parts[i] ?? [], b.parts[i] ?? []);
    if (both === null) return null;
    found = found.flatMap((front) => both.map((part) => [...front, part]));
    if (found.length > MAX_GLOBS) return null;
  }
  return found.map((parts) => ({ text: parts.map(patternText).join(':'), parts }));
}

const MAX_GLOBS = 64;

/** Whether every resource of union `narrow` is in one glob of union `wide`. False proves nothing. */
export function* listCovers(wide: readonly ResourceGlob[], narrow: readonly ResourceGlob[]): Steps<boolean> {
  let compared = 0;
  for (const glob of narrow) {
    if (!(yield* someGlob(wide, (other) => globCovers(other, glob)))) return false;
    compared += wide.length;
    if (compared > ONE_STEP) {
      yield compared;
      compared = 0;
    }
  }
  return true;
}

export function* listsOverlap(a: readonly ResourceGlob[], b: readonly ResourceGlob[]): Steps<boolean> {
  let compared = 0;
  for (const glob of a) {
    if (yield* someGlob(b, (other) => globsOverlap(glob, other))) return true;
    compared += b.length;
    if (compared > ONE_STEP) {
      yield compared;
      compared = 0;
    }
  }
  return false;
}

/** Whether `is` is true of some glob of a list, which may be long. */
export function* someGlob(globs: readonly ResourceGlob[], is: (glob: ResourceGlob) => boolean): Steps<boolean> {
  for (const [i, glob] of globs.entries()) {
    if (is(glob)) return true;
    if (i % ONE_STEP === ONE_STEP - 1) yield ONE_STEP;
  }
  return false;
}

/** The intersection of two unions, as one union; null: it takes more than `limit` globs. */
export function* intersectLists(
  a: readonly ResourceGlob[],
  b: readonly ResourceGlob[],
  limit: number,
): Steps<readonly ResourceGlob[] | null> {
  const found: ResourceGlob[] = [];
  let compared = 0;
  for (const glob of a) {
    for (const other of b) {
      compared += 1;
      if (compared % INTERSECTED === 0) yield INTERSECTED;
      const both = intersectGlobs(glob, other);
      if (both === null) return null;
      found.push(...both);
      if (found.length > limit * 4) return null;
    }
  }
  const few = yield* withoutCovered(found);
  return few.length > limit ? null : few;
}

/** Intersections of two globs in one step. */
const INTERSECTED = 8;

/** The same union without globs that another glob covers. The order stays the same. */
export function* withoutCovered(globs: readonly ResourceGlob[]): Steps<readonly ResourceGlob[]> {
  if (globs.length < 2) return globs;
  if (globs.includes(EVERYTHING)) return [EVERYTHING];
  if (globs.length > QUADRATIC) return [...new Map(globs.map((glob) => [glob.text, glob])).values()];
  const kept: ResourceGlob[] = [];
  let compared = 0;
  for (const glob of globs) {
    compared += kept.length;
    if (compared > ONE_STEP) {
      yield compared;
      compared = 0;
    }
    if (kept.some((other) => globCovers(other, glob))) continue;
    for (let i = kept.length - 1; i >= 0; i -= 1) if (globCovers(glob, kept[i] ?? EVERYTHING)) kept.splice(i, 1);
    kept.push(glob);
  }
  return kept;
}

const QUADRATIC = 200;

/** A part of an ARN if it holds no wildcard, otherwise null. `1`: partition, `2`: service, `4`: account. */
export function fixedPart(glob: ResourceGlob, part: 1 | 2 | 4): string | null {
  const tokens = glob.parts?.[part];
  if (tokens === undefined || tokens.some((token) => typeof token === 'string' || token < 0)) return null;
  return patternText(tokens);
}

/** The part of the glob in the partition; null: nothing. `*` stays: it also matches requests without a resource. */
export function withinPartition(glob: ResourceGlob, partition: string): ResourceGlob | null {
  const part = glob.parts?.[1];
  if (glob.parts === null || part === undefined) return glob;
  if (fixedPart(glob, 1) === partition) return glob;
  const wanted = tokensOf([partition], true);
  if (!covers(part, wanted)) return null;
  const parts = glob.parts.with(1, wanted);
  const [scheme = '', , ...behind] = splitArn(glob.text);
  return { text: [scheme, partition, ...behind].join(':'), parts };
}
