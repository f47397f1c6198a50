/** Lists, texts and wildcards of policy documents, for the naive evaluator. */
import type { Doc, Json } from './naive-request.ts';

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** A single value may stand for the list of it. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export const list = (value: Json | undefined): readonly Json[] =>
  value === undefined ? [] : isList(value) ? value : [value];

export const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

// as: whoever asks knows that it is one
export const object = (value: Json | undefined): Doc => (value ?? {}) as Doc;

const regexps = new Map<string, RegExp>();

/** `*` is any run of characters, `?` any one. */
export function glob(pattern: string, text: string): boolean {
  let regexp = regexps.get(pattern);
  if (regexp === undefined) {
    const source = Array.from(pattern, (c) =>
      c === '*' ? '[^]*' : c === '?' ? '[^]' : c.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&'),
    );
    regexp = new RegExp(`^${source.join('')}$`);
    regexps.set(pattern, regexp);
  }
  return regexp.test(text);
}

// Characters of values that were put in for variables must not work as wildcards.
const HIDE_STAR = '\u0001';
const HIDE_ONE = '\u0002';
export const hide = (text: string): string => text.replaceAll('*', HIDE_STAR).replaceAll('?', HIDE_ONE);

/** As `glob`, of a pattern in which values stand hidden. */
export const globHidden = (pattern: string, text: string): boolean => glob(pattern, hide(text));

/** Whether it is nothing but stars: every resource, and every ARN. */
export const isEverything = (text: string): boolean => /^\*+$/.test(text);

/** The parts of an ARN or of a pattern; the sixth keeps its colons. Fewer than six: it is a short one. */
export function partsOf(arn: string): readonly string[] {
  const parts = arn.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
