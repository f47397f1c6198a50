import type { GraphQLSchema } from 'graphql';
import { RULES, type Rule } from './rules.ts';

/** By rule and element: why the element may be against the rule. */
export type Exceptions = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * What a schema has against the rules, each as one line, in the order of the rules. What is excepted is left out; an
 * exception of something that is not, or no longer, against its rule is a fault itself.
 */
export function lint(
  schema: GraphQLSchema,
  guarded: readonly string[],
  exceptions: Exceptions,
  rules: Readonly<Record<string, Rule>> = RULES,
): readonly string[] {
  const lines = Object.entries(rules).flatMap(([name, rule]) => {
    const excepted = exceptions[name] ?? {};
    const faults = rule(schema, guarded);
    const found = new Set(faults.map(({ at }) => at));
    return [
      ...faults.filter(({ at }) => excepted[at] === undefined).map(({ at, message }) => `${name}: ${at} ${message}`),
      ...Object.keys(excepted)
        .filter((at) => !found.has(at))
        .map((at) => `${name}: ${at} is excepted and needs no exception`),
    ];
  });
  const unknown = Object.keys(exceptions).filter((name) => rules[name] === undefined);
  return [...lines, ...unknown.map((name) => `${name}: there are exceptions of this rule, and no such rule`)];
}
