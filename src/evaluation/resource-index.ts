import type { ResourceText } from '../policy/arn.ts';
import type { ResourcePattern } from '../policy/resource-pattern.ts';
import type { Rule } from './rule.ts';

/**
 * Finds, among many statements, those that can match the resource: by the text before the first wildcard of their patterns.
 * A look-up costs as many map accesses as there are different lengths of such texts, not as many as there are statements.
 */
export class ResourceIndex {
  private readonly byPrefix = new Map<string, Rule[]>();
  private readonly lengths: readonly number[];
  /** NotResource, everything, heads with wildcards, variables: always compared. */
  private readonly others: Rule[] = [];

  constructor(rules: readonly Rule[]) {
    const lengths = new Set<number>();
    for (const rule of rules) {
      const keys = prefixesOf(rule.statement);
      if (keys === null) this.others.push(rule);
      for (const { head, prefix } of keys ?? []) {
        lengths.add(prefix.length);
        const known = this.byPrefix.get(head + prefix);
        if (known === undefined) this.byPrefix.set(head + prefix, [rule]);
        else if (known[known.length - 1] !== rule) known.push(rule);
      }
    }
    this.lengths = [...lengths];
  }

  /**
   * Passes lists of rules that can match the resource to the callback until it returns true; returns whether it did. A rule with
   * several patterns can be in several lists.
   */
  some(resource: ResourceText, answer: (rules: readonly Rule[]) => boolean): boolean {
    if (this.others.length > 0 && answer(this.others)) return true;
    for (const length of this.lengths) {
      if (length > resource.rest.length) continue;
      const found = this.byPrefix.get(resource.head + resource.rest.slice(0, length));
      if (found !== undefined && answer(found)) return true;
    }
    return false;
  }
}

interface Prefix {
  readonly head: string;
  readonly prefix: string;
}

/** Null: the statement must be compared with every resource. */
function prefixesOf(statement: Rule['statement']): readonly Prefix[] | null {
  const resources = statement.resources;
  if (resources === null || resources.negated) return null;
  const prefixes: Prefix[] = [];
  for (const pattern of resources.patterns) {
    const prefix = prefixOf(pattern);
    if (prefix === null) return null;
    prefixes.push(prefix);
  }
  return prefixes;
}

function prefixOf(pattern: ResourcePattern): Prefix | null {
  if (pattern.everything || pattern.head === null) return null;
  const first = pattern.rest === null ? pattern.template?.[0] : pattern.rest.prefix;
  return { head: pattern.head, prefix: typeof first === 'string' ? first : '' };
}
